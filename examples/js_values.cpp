#include <parlance/parlance.hpp>

#include <iostream>

using namespace parlance;

int main() {
    js::object order;
    order["id"] = js::bigint::parse("9007199254740993");
    order["at"] = js::date::parse_iso("2026-01-02T03:04:05.678Z");
    order["tags"] = js::set{{"new", "gift"}};
    order["photo"] = js::bytes::buffer(std::string("png"));
    order["amounts"] = js::value_from(std::vector<double>{1.5, 2});
    order["self"] = js::reference{0}; // the first object of the message: a cycle
    js::value const sent = order;

    auto const wire = js::v8_encode(sent, js::dialect::v8); // the bytes of Node's v8.serialize
    auto const back = js::v8_decode(wire, js::dialect::v8);
    std::cout << wire.size() << " bytes, " << (back == sent ? "equal" : "different") << '\n'
              << js::to_tagged_json(back) << '\n';

    auto const amounts = js::value_to<std::vector<double>>(*back.find("amounts"));
    std::cout << amounts[0] + amounts[1] << '\n';
    std::chrono::system_clock::time_point const at = back.find("at")->as<js::date>().to_time_point();
    std::string const& png = back.find("photo")->as<js::bytes>().data;
    std::cout << at.time_since_epoch() / std::chrono::hours(24) << " days, " << png << '\n';
    for (js::value const& tag : back.find("tags")->as<js::set>().items) std::cout << tag.as<std::string>() << '\n';

    js::object plain{{"at", *back.find("at")}, {"tags", *back.find("tags")}};
    std::vector<js::loss> losses;
    std::cout << *js::to_json(plain, &losses) << '\n';
    for (auto const& [path, what] : losses) std::cout << path << ": " << what << '\n';
}
