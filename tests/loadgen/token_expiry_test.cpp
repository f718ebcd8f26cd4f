// Tokens that end at a moment of the scenario: who gets which, when they are renewed, and what counts.
#include "loadgen/client/token_expiry.hpp"

#include <gtest/gtest.h>

#include "plan_fixture.hpp"
#include "tests/support/plain_tokens.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t expired = 3008, going_away = 3004;

struct Expiring : testing::Test {
    static std::shared_ptr<const Plan> plan_with(double sample) {
        Scenario scenario = test::small_scenario();
        scenario.faults.resize(1);
        scenario.faults[0].phase = scenario.phases[1].name;
        scenario.faults[0].offset = 6s;
        scenario.faults[0].deed.expire_tokens = true;
        scenario.faults[0].select.sample = sample;
        return test::plan_of(scenario);
    }
    static Time at(Duration since) { return Time{} + since; }
    void begin() { expiry.begin_phase(1, at(100'300ms), at(100'250ms)); }
    FaultMarks marks() {
        FaultEvidence evidence;
        expiry.add_to(evidence);
        return evidence.faults.at(0);
    }

    std::shared_ptr<const Plan> plan = plan_with(1);
    std::shared_ptr<const WallClock> clock = std::make_shared<CountedWallClock>(5'000);
    std::shared_ptr<const TokenMint> mint = std::make_shared<test::PlainMint>(clock, 1h);
    TokenExpiry expiry{*plan, Time{}, mint};
    DeviceIndex device{0};
    /// 6 s into a phase that begins at 100.3 s, on a whole second of the day.
    const Time moment = at(107s);
};

TEST_F(Expiring, SessionsAreHandedATokenInTimeThatEndsAtTheMoment) {
    const Time old = at(50s);
    EXPECT_EQ(expiry.renewal(device, old), old + 30min) << "before the phase the moment is not known";
    begin();
    const Time handed_in = expiry.renewal(device, old);
    EXPECT_GE(handed_in, at(100'300ms));
    EXPECT_LE(handed_in, moment - 2s);
    EXPECT_EQ(expiry.token(device, handed_in), "u0 5107");
    EXPECT_GT(expiry.renewal(device, handed_in), moment) << "and is not renewed before it ends";
}

TEST_F(Expiring, WhoeverComesMeanwhileEndsThenTooAndWhoeverComesLateLives) {
    begin();
    EXPECT_EQ(expiry.token(device, at(105s)), "u0 5107");
    EXPECT_EQ(expiry.token(device, moment - 900ms), "u0 8706") << "it could be over when it arrives";
    EXPECT_EQ(expiry.token(device, moment), "u0 8707");
    EXPECT_EQ(expiry.renewal(device, moment), moment + 30min);
}

TEST_F(Expiring, WhoIsNotChosenLivesOn) {
    plan = plan_with(0.5);
    TokenExpiry half{*plan, Time{}, mint};
    half.begin_phase(1, at(100'300ms), at(100'250ms));
    std::uint32_t chosen = 0;
    for (std::uint32_t d = 0; d < plan->devices; ++d) {
        const std::string token = half.token(DeviceIndex{d}, at(103s));
        const bool ends = token.ends_with(" 5107");
        EXPECT_TRUE(ends || token.ends_with(" 8703")) << token;
        EXPECT_EQ(half.renewal(DeviceIndex{d}, at(50s)) < moment, ends);
        chosen += ends ? 1 : 0;
    }
    EXPECT_GT(chosen, 0U);
    EXPECT_LT(chosen, plan->devices);
}

TEST_F(Expiring, TokensThatLiveShorterThanThatAreShortenedInTheirLastPartAlone) {
    mint = std::make_shared<test::PlainMint>(clock, 4s);
    TokenExpiry brief{*plan, Time{}, mint};
    brief.begin_phase(1, at(100'300ms), at(100'250ms));
    EXPECT_EQ(brief.token(device, at(102s)), "u0 5106");
    EXPECT_EQ(brief.token(device, at(104s)), "u0 5107");
}

TEST_F(Expiring, CountsSessionsThatTheTargetEndedBecauseOfIt) {
    begin();
    expiry.turn(moment + 10ms);
    EXPECT_EQ(marks().started_us, 107'000'000U);
    EXPECT_EQ(marks().fired, 0U);
    expiry.ended(device, at(104s), going_away, moment + 10ms);
    expiry.ended(device, at(50s), expired, moment + 10ms);  // lived by a token that nobody shortened
    EXPECT_EQ(marks().fired, 0U);
    expiry.ended(device, at(104s), expired, moment + 10ms);
    EXPECT_EQ(marks().fired, 1U);
    EXPECT_EQ(marks().affected, 1U);
}

TEST_F(Expiring, AtTheDrainTheyAreRenewedAtOnce) {
    begin();
    expiry.heal(at(105s));
    EXPECT_EQ(expiry.renewal(device, at(104s)), at(105s));
    EXPECT_EQ(expiry.token(device, at(105s)), "u0 8705");
    EXPECT_EQ(expiry.renewal(device, at(105s)), at(105s) + 30min);
    expiry.turn(moment);
    EXPECT_EQ(marks().started_us, 0U) << "it never began";
}

TEST(TokenExpiry, WithoutAMintThereIsNothingToEnd) {
    const auto plan = Expiring::plan_with(1);
    TokenExpiry none{*plan, Time{}, nullptr};
    none.begin_phase(1, Time{} + 1s, Time{});
    EXPECT_FALSE(none.wanted());
    EXPECT_EQ(none.token(DeviceIndex{0}, Time{} + 2s), "");
    EXPECT_EQ(none.renewal(DeviceIndex{0}, Time{} + 2s), never);
}

}  // namespace
}  // namespace hubbub
