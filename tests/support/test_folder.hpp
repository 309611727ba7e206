#pragma once
/// A folder that goes with the test.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace parlance {

class test_folder {
public:
    test_folder() {
        std::string name = std::filesystem::temp_directory_path() / "parlance-test-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
        path_ = name;
    }
    test_folder(test_folder const&) = delete;
    test_folder& operator=(test_folder const&) = delete;
    ~test_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::string path() const { return path_; }
    std::string path(std::string_view name) const { return path_ / name; }
    /// A file in it with this text; says where it is.
    std::string file(std::string_view name, std::string_view text, bool executable = false) const {
        auto const path = path_ / name;
        std::ofstream(path, std::ios::binary) << text;
        if (executable) std::filesystem::permissions(path, std::filesystem::perms(0755));
        return path;
    }

private:
    std::filesystem::path path_;
};

} // namespace parlance
