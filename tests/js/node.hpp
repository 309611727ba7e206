#pragma once
/// A program of tests/peers, run by the real Node.

#include "support/test_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace parlance::js {

/// What it prints, faults among it.
inline std::string printed_by_node(std::string const& peer, std::string const& arguments, std::string_view input = {}) {
    test_folder const folder;
    auto const in = folder.file("in", input), out = folder.path("out");
    auto const command = "node '" PARLANCE_PEERS "/" + peer + "' " + arguments + " <" + in + " >" + out + " 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::ifstream from(out, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
}

} // namespace parlance::js
