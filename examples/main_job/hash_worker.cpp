// A worker in C++: a line in for each file, a line out for each answer.
//     parlance work files --mode lines --text -- hash_worker RESULTS
#include <parlance/parlance.hpp>

#include <openssl/evp.h>

#include <boost/json/serialize.hpp>

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <iostream>

using namespace parlance;

struct hashed {
    std::string sha256;
    std::size_t lines = 0;
};

hashed hash(std::string const& path) {
    unique_fd const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) throw_errno(errno, {.input = path});
    std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> const digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
    hashed result;
    std::array<char, 65536> chunk;
    for (ssize_t got = 0; (got = ::read(file.get(), chunk.data(), chunk.size())) != 0;) {
        if (got < 0) throw_errno(errno, {.input = path});
        auto const bytes = static_cast<std::size_t>(got);
        EVP_DigestUpdate(digest.get(), chunk.data(), bytes);
        result.lines += static_cast<std::size_t>(std::count(chunk.data(), chunk.data() + bytes, '\n'));
    }
    std::array<unsigned char, 32> sum{};
    EVP_DigestFinal_ex(digest.get(), sum.data(), nullptr);
    for (auto const byte : sum) {
        std::array<char, 3> hex{};
        std::snprintf(hex.data(), hex.size(), "%02x", byte);
        result.sha256 += hex.data();
    }
    return result;
}

/// One line of the results, in one write, so that workers may share the file.
void keep(unique_fd const& results, std::string const& path, hashed const& found) {
    json::object const line{{"file", path}, {"sha256", found.sha256}, {"lines", found.lines}, {"by", "c++"}};
    auto const text = json::serialize(line) + "\n";
    if (::write(results.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw_errno(errno, {.input = "results"});
}

json::value answer(json::object const& job, unique_fd const& results) {
    try {
        std::string const path(job.at("message").as_string());
        keep(results, path, hash(path));
        return {{"id", job.at("id")}, {"ok", true}};
    } catch (std::exception const& fault) {
        return {{"id", job.at("id")}, {"ok", false}, {"error", fault.what()}};
    }
}

asio::awaitable<void> work(unique_fd results) {
    stream ours(reopened(STDIN_FILENO, O_RDONLY), reopened(STDOUT_FILENO, O_WRONLY));
    channel talk(std::move(ours), framing::lines, {.name = "parlance work"});
    while (auto job = co_await talk.receive()) {
        message said(answer(job->json().as_object(), results));
        co_await talk.send(std::move(said));
    }
    co_await talk.close();
}

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: hash_worker RESULTS\n";
        return 2;
    }
    try {
        unique_fd results(::open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
        if (!results) throw_errno(errno, {.input = argv[1]});
        run(work(std::move(results)));
    } catch (std::exception const& fault) {
        std::cerr << "hash_worker: " << fault.what() << '\n';
        return 1;
    }
}
