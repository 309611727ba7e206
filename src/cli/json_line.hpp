#pragma once
/// One JSON object on one line, in the order it is written; values that are JSON already go in as they are.

#include <parlance/asio.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace parlance::cli {

/// Builds `{"key":value,...}`. Text that is not UTF-8 has U+FFFD in place of what is wrong with it.
class json_line {
public:
    json_line& text(std::string_view key, std::string_view value);
    json_line& number(std::string_view key, std::int64_t value);
    json_line& number(std::string_view key, std::uint64_t value);
    json_line& yes_no(std::string_view key, bool value);
    json_line& null(std::string_view key);
    json_line& value(std::string_view key, json::value const& value);
    /// `spelled` is valid JSON and keeps its spelling; only line breaks, which JSON has between tokens alone, become
    /// spaces.
    json_line& json(std::string_view key, std::string_view spelled);
    std::string str() const { return line_ + "}"; }

private:
    void key(std::string_view name);
    std::string line_ = "{";
};

/// Valid JSON on one line: its line breaks, which can only stand between tokens, become spaces.
std::string on_one_line(std::string_view json);
/// `text` with U+FFFD for each part that is not UTF-8.
std::string valid_utf8(std::string_view text);

} // namespace parlance::cli
