// Writes so many bytes to standard output, 64 KiB at once: writes BYTES
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

int main(int, char** argv) {
    static char block[65536];
    std::memset(block, 'x', sizeof block);
    for (auto left = std::strtoull(argv[1], nullptr, 10); left > 0;) {
        auto const wrote = ::write(1, block, std::min<unsigned long long>(left, sizeof block));
        if (wrote <= 0) return 1;
        left -= static_cast<unsigned long long>(wrote);
    }
    return 0;
}
