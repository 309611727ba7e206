#include "queue/store_url.hpp"

namespace parlance {
namespace {

constexpr std::string_view redis_schemes[] = {"redis:", "rediss:", "redis+sentinel:", "redis+cluster:", "redis+unix:"};

[[noreturn]] void refuse(std::string_view url, std::string reason, std::string mend) {
    throw failure(errc::invalid_argument,
                  {.input = "store " + std::string(url), .reason = std::move(reason), .mend = std::move(mend)});
}

durability parse_durability(std::string_view url, std::string_view word) {
    for (auto mode : {durability::durable, durability::relaxed, durability::fast})
        if (word == name_of(mode)) return mode;
    refuse(url, "unknown durability '" + std::string(word) + "'", "durable, relaxed or fast");
}

void read_parameters(std::string_view url, std::string_view text, store_address& address) {
    while (!text.empty()) {
        auto const parameter = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), parameter.size() + 1));
        auto const equals = parameter.find('=');
        if (parameter.substr(0, equals) != "durability" || equals == parameter.npos)
            refuse(url, "unknown parameter '" + std::string(parameter) + "'", "a directory takes ?durability=… only");
        address.durability = parse_durability(url, parameter.substr(equals + 1));
    }
}

} // namespace

std::string_view name_of(durability mode) noexcept {
    switch (mode) { // no default: the compiler names the one that is missing
    case durability::durable: return "durable";
    case durability::relaxed: return "relaxed";
    case durability::fast: return "fast";
    }
    return "unknown";
}

store_address parse_store_url(std::string_view url) {
    for (auto scheme : redis_schemes)
        if (url.starts_with(scheme))
            throw failure(errc::not_supported, {.input = "store " + std::string(url),
                                                .reason = "Redis stores are not in this version",
                                                .mend = "give a directory: ./queues or lmdb:DIR"});
    auto const scheme = url.substr(0, std::min(url.find("://"), url.size()));
    if (scheme != url && scheme != "lmdb" && scheme.find_first_of("/.") == scheme.npos)
        refuse(url, "there are no stores of this kind", "./queues or lmdb:DIR");
    auto rest = url.starts_with("lmdb:") ? url.substr(5) : url;
    store_address address;
    auto const question = rest.find('?');
    address.directory = rest.substr(0, question);
    if (question != rest.npos) read_parameters(url, rest.substr(question + 1), address);
    if (address.directory.empty()) refuse(url, "no directory", "./queues or lmdb:DIR");
    return address;
}

} // namespace parlance
