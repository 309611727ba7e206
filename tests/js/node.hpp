#pragma once
/// A program of tests/peers, run by the real Node.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace parlance::js {

/// What it prints, faults among it.
inline std::string printed_by_node(std::string const& peer, std::string const& arguments, std::string_view input = {}) {
    std::string place = std::filesystem::temp_directory_path() / "parlance-js-XXXXXX";
    if (::mkdtemp(place.data()) == nullptr) throw std::runtime_error("mkdtemp");
    std::ofstream(place + "/in", std::ios::binary) << input;
    auto const command =
        "node '" PARLANCE_PEERS "/" + peer + "' " + arguments + " <" + place + "/in >" + place + "/out 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::ifstream out(place + "/out", std::ios::binary);
    std::string printed(std::istreambuf_iterator<char>(out), {});
    std::filesystem::remove_all(place);
    return printed;
}

} // namespace parlance::js
