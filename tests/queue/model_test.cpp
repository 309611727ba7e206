// Random operations, on the store and on the model, must have the same answers.
#include "queue/model/model.hpp"
#include "queue/scratch.hpp"

#include <random>

namespace parlance {
namespace {

using namespace testing;

struct claim_in_hand {
    std::string id;
    std::uint32_t rc;
};

/// One store and one model, driven together.
class comparison {
public:
    explicit comparison(std::uint64_t seed) : random_(seed), limit_(static_cast<std::uint32_t>(random_() % 4)) {
        model_.limit = limit_;
        queue_ = store_.queue("jobs", {.max_receives = limit_});
    }

    void step() {
        store_.clock.advance(std::chrono::milliseconds(1 + random_() % 40));
        switch (random_() % 12) {
        case 0:
        case 1:
        case 2: return send();
        case 3:
        case 4:
        case 5: return receive();
        case 6:
        case 7: return ack();
        case 8:
        case 9: return nack();
        case 10: return extend();
        default: return rare();
        }
    }

    void compare() {
        model_.sweep(now());
        auto const info = run(queue_->info());
        ASSERT_EQ(info.msgs, model_.messages.size());
        ASSERT_EQ(info.hiddenmsgs, model_.hidden(now()));
        ASSERT_EQ(info.totalsent, model_.sent);
        ASSERT_EQ(info.totalrecv, model_.received);
        ASSERT_EQ(info.acked, model_.acked);
        ASSERT_EQ(info.dead, model_.died);
        auto const dead = run(queue_->dead());
        ASSERT_EQ(dead.size(), model_.dead.size());
        std::map<std::string, model::letter> letters;
        for (auto const& one : model_.dead) letters.emplace(one.body.id, one);
        for (auto const& one : dead) {
            ASSERT_TRUE(letters.contains(one.id.text()));
            auto const& letter = letters.at(one.id.text());
            ASSERT_EQ(one.text, letter.body.text);
            ASSERT_EQ(one.attempts, letter.attempts);
            ASSERT_EQ(one.crashes, letter.crashes);
        }
    }

private:
    std::uint64_t now() const { return store_.clock.wall_micros / 1000; }

    void send() {
        auto const text = std::string(random_() % 20 == 0 ? 3000 : random_() % 50, 'x') + std::to_string(++number_);
        auto const delay = random_() % 3 == 0 ? random_() % 300 : 0;
        auto const id = run(queue_->send(text, {.delay = std::chrono::milliseconds(delay)}));
        model_.send(id.text(), text, now(), delay);
    }

    void receive() {
        auto const count = 1 + random_() % 4;
        auto const vt = random_() % 400;
        auto const got = run(queue_->receive_some({.count = count, .vt = std::chrono::milliseconds(vt)}));
        auto const expected = model_.receive(count, now(), vt);
        ASSERT_EQ(got.size(), expected.size());
        for (std::size_t i = 0; i < got.size(); ++i) {
            ASSERT_EQ(got[i].id().text(), expected[i].id);
            ASSERT_EQ(got[i].text(), expected[i].text);
            ASSERT_EQ(got[i].rc(), expected[i].rc);
            ASSERT_EQ(got[i].attempt(), expected[i].attempts());
            ASSERT_EQ(got[i].crashes(), expected[i].crashes);
            hands_.push_back({expected[i].id, expected[i].rc});
        }
    }

    /// A claim of now or of long ago.
    std::optional<claim_in_hand> some_claim() {
        if (hands_.empty()) return std::nullopt;
        auto const at = random_() % 4 == 0 ? random_() % hands_.size()
                                           : hands_.size() - 1 - random_() % std::min<std::size_t>(hands_.size(), 4);
        return hands_[at];
    }
    std::string receipt(claim_in_hand const& claim) { return claim.id + "-" + std::to_string(claim.rc); }

    template <class Call> model::answer answer_of(Call call) {
        try {
            return run(call()) ? model::answer::done : model::answer::gone;
        } catch (failure const& fault) {
            EXPECT_EQ(fault.code(), errc::lease_lost) << fault.what();
            return model::answer::lost;
        }
    }

    void ack() {
        auto const claim = some_claim();
        if (!claim) return;
        ASSERT_EQ(answer_of([&] { return queue_->ack(message_id(claim->id), receipt(*claim)); }),
                  model_.ack(claim->id, claim->rc));
    }

    void nack() {
        auto const claim = some_claim();
        if (!claim) return;
        nack_options how;
        auto const delay = random_() % 2 == 0 ? 0 : random_() % 200;
        how.delay = std::chrono::milliseconds(delay);
        how.charge = random_() % 4 != 0;
        how.crashed = random_() % 3 == 0;
        how.dead = random_() % 15 == 0;
        ASSERT_EQ(answer_of([&] { return queue_->nack(message_id(claim->id), receipt(*claim), how); }),
                  model_.nack(claim->id, claim->rc, now(), delay, how.charge, how.crashed, how.dead));
    }

    void extend() {
        auto const claim = some_claim();
        if (!claim) return;
        auto const vt = random_() % 300;
        ASSERT_EQ(answer_of([&] {
                      return queue_->extend(message_id(claim->id), std::chrono::milliseconds(vt), receipt(*claim));
                  }),
                  model_.extend(claim->id, claim->rc, now(), vt));
    }

    void rare() {
        model_.sweep(now());
        run(queue_->info()); // sweeps too
        auto const what = random_() % 30;
        if (what == 0) {
            ASSERT_EQ(run(queue_->purge()), model_.purge());
        } else if (what < 6) {
            ASSERT_EQ(run(queue_->redrive()), model_.redrive(now()));
        } else if (what < 10) {
            queue_.reset();
            store_.open(); // the last user was gone: closed, and opened again
            queue_ = store_.queue("jobs");
        }
    }

    hand_store store_;
    std::mt19937_64 random_;
    std::uint32_t limit_;
    model::queue model_;
    std::optional<queue> queue_;
    std::vector<claim_in_hand> hands_;
    int number_ = 0;
};

void compare_many(std::uint64_t seeds, int steps) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        comparison both(seed);
        for (int i = 0; i < steps; ++i) {
            SCOPED_TRACE("step " + std::to_string(i));
            both.step();
            if (i % 20 == 0) both.compare();
            if (::testing::Test::HasFatalFailure()) return;
        }
    }
}

TEST(the_store, does_what_the_model_does) { compare_many(12, 500); }
TEST(long_the_store, does_what_the_model_does) { compare_many(200, 1500); }

} // namespace
} // namespace parlance
