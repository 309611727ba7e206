#include "cli/tap_cutter.hpp"

namespace parlance::cli {
namespace {

piece piece_of(piece_kind kind, std::string_view text, std::string_view reason = {}) {
    return {kind, text, text.size(), reason};
}

} // namespace

void tap_cutter::came(std::size_t bytes, std::vector<piece>& pieces) {
    in_.filled(bytes);
    while (!broken_) {
        auto const step = cutter_.next(in_.bytes());
        if (!add(step, pieces) && step.state == wire::cut_state::need_more) return;
    }
    if (auto const rest = in_.bytes(); !rest.empty()) pieces.push_back(piece_of(piece_kind::raw, rest));
    in_.consume(in_.bytes().size());
}

void tap_cutter::ended(std::vector<piece>& pieces) {
    while (!broken_) {
        auto step = cutter_.next(in_.bytes());
        auto const was_last = step.state == wire::cut_state::need_more;
        add(step, pieces);
        if (was_last) add(step = cutter_.finish(in_.bytes()), pieces);
        if (step.state == wire::cut_state::need_more || step.state == wire::cut_state::ended_inside) return;
    }
}

/// What a step of the cutter means. False where it is nothing to see.
bool tap_cutter::add(wire::cut const& step, std::vector<piece>& pieces) {
    auto const all = in_.bytes();
    in_.consume(step.consumed);
    switch (step.state) {
    case wire::cut_state::skip:
    case wire::cut_state::need_more: return false;
    case wire::cut_state::whole:
        if (cutter_.kind() != framing::content_length && cutter_.kind() != framing::length_prefix &&
            wire::skip_space(step.message) == step.message.size())
            return true;
        pieces.push_back(piece_of(piece_kind::whole, step.message));
        return true;
    case wire::cut_state::stray: pieces.push_back(piece_of(piece_kind::stray, step.message, step.reason)); return true;
    case wire::cut_state::ended_inside: pieces.push_back(piece_of(piece_kind::half, step.message)); return true;
    case wire::cut_state::too_large:
    case wire::cut_state::bad: break;
    }
    broken_ = cutter_.is_fatal(step.state);
    if (broken_) in_.consume(all.size() - step.consumed);
    auto const text = broken_ ? all : all.substr(0, step.consumed);
    if (step.state == wire::cut_state::bad)
        pieces.push_back(piece_of(piece_kind::broken, text, step.reason));
    else
        pieces.push_back({piece_kind::too_large, {}, text.size(), {}});
    return true;
}

} // namespace parlance::cli
