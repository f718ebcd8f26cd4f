// The table, third part: the phases of a run and the streams of messages in them.
#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

Phase& phase(Draft& draft) {
    return draft.scenario.phases.back();
}

SendStream& add_stream(Draft& draft, const Value& value) {
    phase(draft).streams.emplace_back().place = place_of(value);
    return phase(draft).streams.back();
}

void set_rates(SendStream& stream, const Value& value) {
    stream.rate = value.rates.from;
    stream.rate_to = value.rates.ramp ? value.rates.to : 0;
    if (value.rates.ramp) stream.law = ArrivalLaw::ramp;
}

// Comes after the rates: a ramp stays a ramp, with the gaps asked for.
void set_arrivals(SendStream& stream, const Value& value) {
    const bool poisson = value.text == "poisson";
    stream.poisson_ramp = poisson;  // of every shape whose law is set
    if (stream.law != ArrivalLaw::ramp) stream.law = poisson ? ArrivalLaw::poisson : ArrivalLaw::constant;
}

/// Messages or sessions a second: far above what a machine can do, far below what 64-bit nanoseconds can tell
/// apart.
constexpr double rate_max = 1e8;

const Key table[] = {
    {.path = "load",
     .type = list,
     .need = Need::required,
     .doc = "The phases in order: one that connects, those that load, one that drains.",
     .low = 2,
     .high = 64},
    {.path = "load[]",
     .type = map,
     .doc = "A phase: with `ramp` it connects, with `for` it loads, with `settle` it drains.",
     .set = [](Draft& d, const Value& v) { d.scenario.phases.emplace_back().place = place_of(v); }},
    {.path = "load[].phase",
     .type = name,
     .need = Need::required,
     .doc = "Its name.",
     .set = [](Draft& d, const Value& v) { phase(d).name = v.text; }},
    {.path = "load[].ramp",
     .type = rate,
     .doc = "Connecting: sessions opened per second.",
     .set =
         [](Draft& d, const Value& v) {
             phase(d).kind = PhaseKind::connect;
             phase(d).connect_rate = v.number;
         },
     .low = 0.001,
     .high = rate_max},
    {.path = "load[].until",
     .type = choice,
     .need = Need::optional,
     .doc = "Connecting: until all online users are there.",
     .words = "population"},
    {.path = "load[].settle",
     .type = duration,
     .doc = "Draining: how long messages under way may take to arrive.",
     .set =
         [](Draft& d, const Value& v) {
             phase(d).kind = PhaseKind::drain;
             phase(d).length = v.span;
         }},
    {.path = "load[].max_duration",
     .type = duration,
     .need = Need::fallback,
     .fallback = "5m",
     .doc = "Hard end of a phase that connects or drains.",
     .set = [](Draft& d, const Value& v) { phase(d).max_duration = v.span; },
     .low = 0.001},
    {.path = "load[].for",
     .type = duration,
     .doc = "Loading: its length.",
     .set =
         [](Draft& d, const Value& v) {
             phase(d).kind = PhaseKind::load;
             phase(d).length = v.span;
         },
     .low = 0.001},
    {.path = "load[].measure",
     .type = flag,
     .need = Need::fallback,
     .fallback = "true",
     .doc = "Loading: whether it counts in latencies and rates; the checks never pause.",
     .set = [](Draft& d, const Value& v) { phase(d).measure = v.flag; }},
    {.path = "load[].messages",
     .type = rates,
     .doc = "Loading: messages of all users together; the behaviors' weights share them out.",
     .set = [](Draft& d, const Value& v) { set_rates(add_stream(d, v), v); },
     .high = rate_max},
    {.path = "load[].arrivals",
     .type = choice,
     .need = Need::fallback,
     .fallback = "poisson",
     .doc = "Evenly spaced, or with exponential gaps as independent users make them.",
     .set =
         [](Draft& d, const Value& v) {
             if (!phase(d).streams.empty()) set_arrivals(phase(d).streams.back(), v);
         },
     .words = "constant|poisson"},
    {.path = "load[].streams",
     .type = list,
     .doc = "Loading: several streams beside each other, instead of `messages`.",
     .low = 1,
     .high = 16},
    {.path = "load[].streams[]",
     .type = map,
     .doc = "One stream: `messages`, or a `burst` at a moment.",
     .set = [](Draft& d, const Value& v) { add_stream(d, v); }},
    {.path = "load[].streams[].behavior",
     .type = name,
     .doc = "Whose messages. Without it: all behaviors that send, by weight.",
     .set = [](Draft& d, const Value& v) { phase(d).streams.back().behavior = v.text; }},
    {.path = "load[].streams[].messages",
     .type = rates,
     .doc = "Messages of this stream.",
     .set = [](Draft& d, const Value& v) { set_rates(phase(d).streams.back(), v); },
     .high = rate_max},
    {.path = "load[].streams[].arrivals",
     .type = choice,
     .need = Need::fallback,
     .fallback = "poisson",
     .doc = "As above.",
     .set = [](Draft& d, const Value& v) { set_arrivals(phase(d).streams.back(), v); },
     .words = "constant|poisson"},
    {.path = "load[].streams[].burst",
     .type = count,
     .doc = "This many messages at one moment.",
     .set =
         [](Draft& d, const Value& v) {
             phase(d).streams.back().law = ArrivalLaw::burst;
             phase(d).streams.back().burst = u32(v);
         },
     .low = 1,
     .high = 1e6},
    {.path = "load[].streams[].at",
     .type = duration,
     .doc = "The burst's moment, from the start of the phase.",
     .set = [](Draft& d, const Value& v) { phase(d).streams.back().at = v.span; }},
};

}  // namespace

KeyPart load_keys() {
    return {table};
}

}  // namespace hubbub
