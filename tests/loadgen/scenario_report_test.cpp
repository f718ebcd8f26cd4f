// The keys of `report`: where figures go.
#include <gmock/gmock.h>

#include "scenario_text.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

std::string with_prometheus(const std::string& keys) {
    return test::valid_text() + "report: {prometheus: {" + keys + "}}\n";
}

TEST(ScenarioReport, TellsAnEndpointAPushgatewayOrBoth) {
    const auto both = load_scenario_text(
        with_prometheus(
            "listen: '127.0.0.1:9464', linger: 20s, push: 'http://gateway:9091/base', job: nightly, "
            "instance: 'a/b c'"),
        "x.yaml", {});
    ASSERT_TRUE(both.has_value()) << both.error().message;
    EXPECT_EQ(both->prometheus.listen, "127.0.0.1:9464");
    EXPECT_EQ(both->prometheus.linger, 20s);
    EXPECT_EQ(both->prometheus.push, "http://gateway:9091/base");
    EXPECT_EQ(both->prometheus.job, "nightly");
    EXPECT_EQ(both->prometheus.instance, "a/b c");
    const auto push = load_scenario_text(with_prometheus("push: 'http://[::1]:9091'"), "x.yaml", {});
    ASSERT_TRUE(push.has_value()) << push.error().message;
    EXPECT_EQ(push->prometheus.listen, "");
    EXPECT_EQ(push->prometheus.linger, 0s);
    EXPECT_EQ(push->prometheus.job, "hubbub");
    EXPECT_EQ(push->prometheus.instance, "");
}

TEST(ScenarioReport, TakesAnUnsetVariableForNoPushgateway) {
    const auto none = load_scenario_text(with_prometheus("push: '${PUSHGATEWAY:-}'"), "x.yaml", {});
    ASSERT_TRUE(none.has_value()) << none.error().message;
    EXPECT_EQ(none->prometheus.push, "");
}

TEST(ScenarioReport, RefusesWhatIsNoPushgateway) {
    for (const std::string url : {"https://gateway:9091", "gateway:9091", "http://", "http:///metrics",
                                  "http://user:secret@gateway", "http://a b", "http://gateway/?x=1"})
        EXPECT_THAT(test::errors_of(with_prometheus("push: '" + url + "'")),
                    HasSubstr("report.prometheus.push: '" + url + "': expected a Pushgateway such as"));
}

TEST(ScenarioReport, RefusesWhatWouldDoNothing) {
    EXPECT_THAT(test::errors_of(test::valid_text() + "report: {prometheus: {}}\n"),
                HasSubstr("report.prometheus: needs listen, push or both"));
    EXPECT_THAT(test::errors_of(with_prometheus("push: 'http://g', linger: 5s")),
                HasSubstr("report.prometheus.linger: is of no use without report.prometheus.listen"));
    EXPECT_THAT(test::errors_of(with_prometheus("listen: '127.0.0.1:1', job: x")),
                HasSubstr("report.prometheus.job: is of no use without report.prometheus.push"));
    EXPECT_THAT(test::errors_of(with_prometheus("push: 'http://g', job: ''")),
                HasSubstr("a Pushgateway takes no empty job"));
}

}  // namespace
}  // namespace hubbub
