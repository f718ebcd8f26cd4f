// The table, a part: streams that spike, swing, or play a trace.
#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

SendStream& stream(Draft& draft) {
    return draft.scenario.phases.back().streams.back();
}

constexpr double rate_max = 1e8;

const Key table[] = {
    {.path = "load[].streams[].spike",
     .type = map,
     .doc = "Beside `messages`: for a while the rate is another one.",
     .set = [](Draft& d, const Value&) { stream(d).law = ArrivalLaw::spike; }},
    {.path = "load[].streams[].spike.to",
     .type = rate,
     .need = Need::required,
     .doc = "The rate within the spike.",
     .set = [](Draft& d, const Value& v) { stream(d).shape.spike.rate = v.number; },
     .low = 0.001,
     .high = rate_max},
    {.path = "load[].streams[].spike.at",
     .type = duration,
     .need = Need::required,
     .doc = "Its begin, from the start of the phase.",
     .set = [](Draft& d, const Value& v) { stream(d).shape.spike.at = v.span; }},
    {.path = "load[].streams[].spike.for",
     .type = duration,
     .need = Need::required,
     .doc = "Its length.",
     .set = [](Draft& d, const Value& v) { stream(d).shape.spike.length = v.span; },
     .low = 0.001},
    {.path = "load[].streams[].sine",
     .type = map,
     .doc = "Instead of `messages`: the rate swings, as days and nights do.",
     .set = [](Draft& d, const Value&) { stream(d).law = ArrivalLaw::sine; }},
    {.path = "load[].streams[].sine.low",
     .type = rate,
     .need = Need::required,
     .doc = "The lowest rate; the phase begins half way up.",
     .set = [](Draft& d, const Value& v) { stream(d).shape.sine.low = v.number; },
     .high = rate_max},
    {.path = "load[].streams[].sine.high",
     .type = rate,
     .need = Need::required,
     .doc = "The highest rate.",
     .set = [](Draft& d, const Value& v) { stream(d).shape.sine.high = v.number; },
     .low = 0.001,
     .high = rate_max},
    {.path = "load[].streams[].sine.period",
     .type = duration,
     .need = Need::required,
     .doc = "From one high to the next.",
     .set = [](Draft& d, const Value& v) { stream(d).shape.sine.period = v.span; },
     .low = 0.001},
    {.path = "load[].streams[].replay",
     .type = text,
     .doc =
         "Instead of `messages`: a CSV file beside the scenario, `at,user,conversation` and perhaps `bytes`.",
     .set =
         [](Draft& d, const Value& v) {
             stream(d).law = ArrivalLaw::replay;
             stream(d).shape.trace_file = v.text;
         }},
};

void check_stream(DraftView& draft, const Phase& phase, const SendStream& one, const std::string& path) {
    const auto given = [&](const char* key) { return draft.given(path + key); };
    if (given(".spike") && !given(".messages"))
        draft.refuse(path + ".spike", path + ".spike: messages say the rate outside of it");
    if (given(".spike") && one.rate_to > 0) draft.refuse(path + ".spike", path + ".spike: not with a ramp");
    if (given(".spike") && one.shape.spike.at + one.shape.spike.length > phase.length)
        draft.refuse(path + ".spike", path + ".spike: the phase is over before its end");
    if (given(".sine") && one.shape.sine.high < one.shape.sine.low)
        draft.refuse(path + ".sine", path + ".sine: high is below low");
    if (given(".replay") && given(".arrivals"))
        draft.refuse(path + ".arrivals", path + ".arrivals: a trace says when");
    const std::string& file = one.shape.trace_file;
    if (given(".replay") && (file.empty() || file.front() == '/' || file.find("..") != std::string::npos))
        draft.refuse(path + ".replay",
                     path + ".replay: expected a relative path inside the scenario's folder");
}

void check_shapes(DraftView& draft) {
    const auto& phases = draft.scenario.phases;
    for (std::size_t i = 0; i < phases.size(); ++i) {
        const std::string path = "load." + std::to_string(i);
        if (!draft.given(path + ".streams")) continue;
        const std::size_t own = draft.given(path + ".messages") ? 1 : 0;
        for (std::size_t j = own; j < phases[i].streams.size(); ++j)
            check_stream(draft, phases[i], phases[i].streams[j],
                         path + ".streams." + std::to_string(j - own));
    }
}

}  // namespace

KeyPart shape_keys() {
    return {table, check_shapes};
}

}  // namespace hubbub
