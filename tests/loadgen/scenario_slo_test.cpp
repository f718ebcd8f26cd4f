#include <gmock/gmock.h>

#include "loadgen/scenario/slo.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;

Slo parsed(std::string_view text) {
    auto slo = parse_slo(text);
    if (!slo.has_value()) {
        ADD_FAILURE() << slo.error().message;
        return {};
    }
    return slo.value();
}

std::string refusal(std::string_view text) {
    const auto slo = parse_slo(text);
    return slo.has_value() ? "accepted" : slo.error().message;
}

TEST(Slo, ReadsALatencyWithALabel) {
    const Slo slo = parsed("delivery_last.p99{class=channel} < 500ms");
    EXPECT_EQ(slo.text, "delivery_last.p99{class=channel} < 500ms");
    EXPECT_EQ(slo.metric, "delivery_last");
    EXPECT_EQ(slo.figure, "p99");
    EXPECT_EQ(slo.labels, (std::map<std::string, std::string>{{"class", "channel"}}));
    EXPECT_EQ(slo.op, "<");
    EXPECT_EQ(slo.bound, 0.5);
}

TEST(Slo, TakesTheUnitOfItsFigure) {
    EXPECT_DOUBLE_EQ(parsed("connect.errors < 0.1%").bound, 0.001);
    EXPECT_EQ(parsed("lost == 0").bound, 0);
    EXPECT_EQ(parsed("delivered >= 50k").bound, 50'000);
    EXPECT_EQ(parsed("ack.count > 100").bound, 100);
    EXPECT_EQ(parsed("ack.max<=2s").bound, 2);
    EXPECT_EQ(parsed(" ack . p50 { phase = steady } <= 1ms ").labels.at("phase"), "steady");
}

TEST(Slo, TakesPresenceAsACounterAndAsALatencyWithItsKind) {
    EXPECT_EQ(parsed("presence == 0").figure, "");
    EXPECT_EQ(parsed("presence.p99{kind=silent} < 17s").labels.at("kind"), "silent");
    EXPECT_EQ(parsed("presence.p99{phase=steady} < 17s").bound, 17);
}

TEST(Slo, SaysWhatItExpected) {
    EXPECT_THAT(refusal("delivry.p99 < 1s"),
                HasSubstr("unknown metric 'delivry' (did you mean 'delivery'?)"));
    EXPECT_THAT(refusal("delivery_median.p99 < 1s"), HasSubstr("`delivery_median` is not built in this version"));
    EXPECT_THAT(refusal("presence.p99{kind=sudden} < 17s"),
                HasSubstr("unknown kind 'sudden': expected graceful, away or silent"));
    EXPECT_THAT(refusal("presence.p99{class=group} < 17s"), HasSubstr("presence has no classes"));
    EXPECT_THAT(refusal("ack.p99{kind=away} < 17s"), HasSubstr("only presence has kinds"));
    EXPECT_THAT(refusal("delivery < 1s"), HasSubstr("expected a figure after delivery"));
    EXPECT_THAT(refusal("delivery.p98 < 1s"), HasSubstr("unknown figure 'p98' (did you mean 'p90'?)"));
    EXPECT_THAT(refusal("lost.p99 < 1"), HasSubstr("the counter lost takes no figure"));
    EXPECT_THAT(refusal("ack.errors < 1%"), HasSubstr("only connect has errors"));
    EXPECT_THAT(refusal("ack.p99{region=a} < 1s"), HasSubstr("unknown label 'region'"));
    EXPECT_THAT(refusal("ack.p99{class=chanel} < 1s"), HasSubstr("unknown class 'chanel'"));
    EXPECT_THAT(refusal("ack.p99{class=group,phase=a} < 1s"), HasSubstr("one label at a time"));
    EXPECT_THAT(refusal("ack.p99{class=group < 1s"), HasSubstr("expected }"));
    EXPECT_THAT(refusal("connect.p99{class=group} < 1s"), HasSubstr("connect takes no labels"));
    EXPECT_THAT(refusal("ack.p99 ~ 1s"), HasSubstr("expected <, <=, >, >= or =="));
    EXPECT_THAT(refusal("ack.p99 < 500"), HasSubstr("expected a duration such as 500ms, not '500'"));
    EXPECT_THAT(refusal("lost == 0%"), HasSubstr("expected a count"));
    EXPECT_THAT(refusal("connect.errors < 1"), HasSubstr("expected a share"));
    EXPECT_THAT(refusal(""), HasSubstr("unknown metric ''"));
}

}  // namespace
}  // namespace hubbub
