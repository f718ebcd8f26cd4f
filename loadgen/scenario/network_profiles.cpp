// The table of networks. Delays are one way, so a round trip takes twice as much more. Where a source gives a
// round trip, half of it stands here.
#include "loadgen/scenario/network_profiles.hpp"

#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

LinkFault both_ways(const FaultKind& kind, std::vector<std::int64_t> values) {
    return {&kind, std::move(values), true, true};
}
LinkFault up(const FaultKind& kind, std::vector<std::int64_t> values) {
    return {&kind, std::move(values), true, false};
}
LinkFault down(const FaultKind& kind, std::vector<std::int64_t> values) {
    return {&kind, std::move(values), false, true};
}
/// Milliseconds, drawn lognormally: real networks have long tails.
LinkFault delay(std::int64_t median, std::int64_t jitter) {
    return both_ways(latency_fault, {median, jitter, 2});
}

std::vector<NetworkProfile> make_profiles() {
    std::vector<NetworkProfile> out;
    // "Regular 3G" and "Slow 3G" of WebPageTest and Lighthouse: 300 ms and 400 ms of round trip, 1.6 Mbit/s
    // down, 768 kbit/s up; 400 kbit/s both ways.
    out.push_back({"3g",
                   "300 ms of round trip with a long tail, 1.6 Mbit/s down, 768 kbit/s up",
                   {delay(150, 40), down(bandwidth_fault, {200}), up(bandwidth_fault, {96})}});
    out.push_back({"slow-3g",
                   "400 ms of round trip with a long tail, 400 kbit/s both ways",
                   {delay(200, 80), both_ways(bandwidth_fault, {50})}});
    // "LTE" of WebPageTest: 70 ms of round trip, 12 Mbit/s each way; its mobile "4G": 170 ms, 9 Mbit/s.
    out.push_back({"4g",
                   "70 ms of round trip with a tail, 12 Mbit/s both ways",
                   {delay(35, 15), both_ways(bandwidth_fault, {1'500})}});
    // "EDGE" of WebPageTest: 840 ms of round trip, 240 kbit/s down, 200 kbit/s up.
    out.push_back({"edge",
                   "840 ms of round trip, 240 kbit/s down, 200 kbit/s up",
                   {delay(420, 150), down(bandwidth_fault, {30}), up(bandwidth_fault, {25})}});
    // Round trips of a good radio; a handover between access points without fast roaming takes up to a second
    // (IEEE 802.11r was made against that), and the address survives it. Every 20 s: somebody who walks.
    out.push_back(
        {"wifi-roaming",
         "10 ms of round trip; every 20 s the radio changes its access point: nothing passes for 0.7 s",
         {delay(5, 3), both_ways(flapping_fault, {20'000, 700, 0})}});
    // Between two stations there is nothing, and the address changes: connections do not survive. 15 s of
    // tunnel after 45 s of reception, so that a run of a minute meets it.
    out.push_back({"subway",
                   "70 ms of round trip; after 45 s of reception 15 s of tunnel, which cuts the connection",
                   {delay(35, 15), down(flapping_fault, {45'000, 15'000, 1})}});
    // A geostationary satellite is 35,786 km away: 4 times that at the speed of light is 477 ms.
    out.push_back({"satellite",
                   "600 ms of round trip, 20 Mbit/s down, 3 Mbit/s up",
                   {delay(300, 20), down(bandwidth_fault, {2'500}), up(bandwidth_fault, {375})}});
    return out;
}

}  // namespace

std::span<const NetworkProfile> network_profiles() {
    static const std::vector<NetworkProfile> all = make_profiles();
    return all;
}

const NetworkProfile* find_network_profile(std::string_view name) {
    for (const NetworkProfile& profile : network_profiles())
        if (profile.name == name) return &profile;
    return nullptr;
}

}  // namespace hubbub
