#pragma once
/// What Node 20 writes, reads and refuses: v8_vectors.json, made with its own expressions. `tagged` is what
/// tests/peers/js_tagged.js says of the value.

#include "bytes_as_text.hpp"

#include <parlance/js.hpp>
#include <parlance/message.hpp>

#include <fstream>
#include <iterator>

namespace parlance::js {

struct vector {
    std::string what; ///< the note and the expression
    std::string expression;
    std::string kind; ///< "v8" or "channel", the dialect; "decode": Node reads and does not write it; "reject"
    std::string data;
    std::string tagged;
    bool we_write_it_otherwise = false; ///< equal in value; Node has several ways
    bool loses = false;                 ///< what Node reads is not what it wrote

    dialect as() const { return kind == "channel" ? dialect::channel : dialect::v8; }
};

inline std::vector<vector> vectors() {
    std::ifstream file(PARLANCE_PEERS "/../js/v8_vectors.json");
    auto const all = parse_json(std::string(std::istreambuf_iterator<char>(file), {}));
    std::vector<vector> out;
    for (auto const& row : all.as_array()) {
        auto const& o = row.as_object();
        auto const text = [&](char const* name) {
            auto const* member = o.if_contains(name);
            return member ? std::string(member->as_string()) : std::string();
        };
        out.push_back({text("note") + ": " + text("js"), text("js"), text("kind"), from_hex(text("hex")),
                       text("tagged"), o.contains("other"), o.contains("loses")});
    }
    return out;
}

} // namespace parlance::js
