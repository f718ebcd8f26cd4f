#include "loadgen/client/fault_timeline.hpp"

#include <algorithm>

#include "chaos/faults/registry.hpp"
#include "loadgen/plan/fault_choice.hpp"

namespace hubbub {
namespace {

bool on_frames(const LinkFault& fault) {
    return fault.kind->make(fault.values, {})->takes_whole_messages();
}

bool of_links(const FaultDeed& deed) {
    return deed.reset || !deed.links.empty();
}

bool any_on_frames(const Plan& plan) {
    return std::any_of(plan.scenario->faults.begin(), plan.scenario->faults.end(), [](const TimedFault& f) {
        return std::any_of(f.deed.links.begin(), f.deed.links.end(), on_frames);
    });
}

/// It may go on while what is owed is fetched: everything arrives, only later.
bool harmless_at_the_drain(const FaultKind& kind) {
    return &kind == &latency_fault || &kind == &bandwidth_fault || &kind == &slicer_fault ||
           &kind == &slow_close_fault || &kind == &accept_delay_fault;
}

DeviceIndex device_of(std::uint64_t connection) {
    return DeviceIndex{static_cast<std::uint32_t>(connection)};
}

std::string name_of(std::string_view of, std::size_t index, const LinkFault& fault, FaultStream stream) {
    return std::string(of) + "." + std::to_string(index) + "." + std::string(fault.kind->name) + "." +
           std::string(name(stream));
}

std::vector<FaultStream> streams_of(const LinkFault& fault) {
    std::vector<FaultStream> out;
    if (fault.upstream) out.push_back(FaultStream::upstream);
    if (fault.downstream) out.push_back(FaultStream::downstream);
    return out;
}

}  // namespace

bool FaultTimeline::wanted(const Plan& plan) {
    const auto& cohorts = plan.scenario->population.cohorts;
    const auto& faults = plan.scenario->faults;
    return std::any_of(cohorts.begin(), cohorts.end(),
                       [](const Cohort& c) { return !c.network.links.empty(); }) ||
           std::any_of(faults.begin(), faults.end(), [](const TimedFault& f) { return of_links(f.deed); });
}

FaultTimeline::FaultTimeline(const Plan& plan, Slice slice, Links& carrier, LinkOwner& core, Time epoch)
    : plan_(plan),
      epoch_(epoch),
      set_(mix64(plan.seed, 0x6661756c7473ULL)),
      links_(carrier, core, set_,
             {.first_client = slice.first_device, .start = epoch, .follow_frames = any_on_frames(plan)}),
      faults_(plan.scenario->faults.size()),
      networks_(plan.scenario->population.cohorts.size()) {
    networks(epoch);
}

void FaultTimeline::networks(Time now) {
    for (std::size_t c = 0; c < networks_.size(); ++c) {
        const auto only = [this, c](std::uint64_t connection, std::uint32_t) {
            return in_cohort(plan_, c, device_of(connection));
        };
        const auto& links = plan_.scenario->population.cohorts[c].network.links;
        for (std::size_t i = 0; i < links.size(); ++i)
            for (const FaultStream stream : streams_of(links[i])) {
                LinkFault one = links[i];
                one.upstream = stream == FaultStream::upstream;
                one.downstream = !one.upstream;
                place(networks_[c], name_of("network" + std::to_string(c), i, one, stream), one, only, now);
            }
    }
}

void FaultTimeline::begin_phase(std::uint32_t phase, Time start) {
    const std::string& name = plan_.scenario->phases[phase].name;
    for (std::uint32_t f = 0; f < faults_.size(); ++f) {
        const TimedFault& fault = plan_.scenario->faults[f];
        if (fault.phase == name && of_links(fault.deed) && !healed_) begins_.emplace(start + fault.offset, f);
    }
}

void FaultTimeline::turn(Time now) {
    while (!begins_.empty() && begins_.begin()->first <= now) {
        const std::uint32_t fault = begins_.begin()->second;
        begins_.erase(begins_.begin());
        begin(fault, now);
    }
    while (!cuts_.empty() && cuts_.begin()->first <= now) {
        const auto [fault, link] = cuts_.begin()->second;
        cuts_.erase(cuts_.begin());
        if (!links_.reset(link, now)) continue;
        ++faults_[fault].marks.fired;
        ++faults_[fault].marks.affected;
    }
    while (!ends_.empty() && ends_.begin()->first <= now) {
        const std::uint32_t fault = ends_.begin()->second;
        ends_.erase(ends_.begin());
        end(fault, now);
    }
    links_.turn(now);
}

Time FaultTimeline::next_deadline() const {
    Time next = links_.next_deadline();
    for (const Order* order : {&begins_, &ends_})
        if (!order->empty()) next = std::min(next, order->begin()->first);
    return cuts_.empty() ? next : std::min(next, cuts_.begin()->first);
}

void FaultTimeline::begin(std::uint32_t f, Time now) {
    const TimedFault& fault = plan_.scenario->faults[f];
    faults_[f].marks.started_us = micros(now);
    const Duration length = lasts(fault);
    if (length > Duration::zero()) ends_.emplace(now + length, f);
    if (fault.deed.reset) return begin_reset(f, now);
    for (std::size_t i = 0; i < fault.deed.links.size(); ++i)
        for (const FaultStream stream : streams_of(fault.deed.links[i])) {
            LinkFault one = fault.deed.links[i];
            one.upstream = stream == FaultStream::upstream;
            one.downstream = !one.upstream;
            place(faults_[f], name_of("fault" + std::to_string(f), i, one, stream), one, chosen(f), now);
        }
}

void FaultTimeline::begin_reset(std::uint32_t f, Time now) {
    const TimedFault& fault = plan_.scenario->faults[f];
    const auto only = chosen(f);
    for (const FaultyLinks::Standing& link : links_.standing()) {
        if (!only(link.number, link.endpoint)) continue;
        const double share = turn_of(plan_, f, device_of(link.number));
        const Duration wait(static_cast<Duration::rep>(share * static_cast<double>(fault.over.count())));
        cuts_.emplace(now + wait, std::pair(f, link.link));
    }
    if (fault.offline == Duration::zero()) return;
    // Counts for itself: what a reset did is what it cut.
    Own unreachable;
    place(unreachable, "offline" + std::to_string(f), {&connect_refused_fault, {}, false, true}, only, now);
    faults_[f].placed = unreachable.placed;
}

void FaultTimeline::end(std::uint32_t f, Time now) {
    Own& own = faults_[f];
    own.marks.ended_us = micros(now);
    for (const std::string& name : std::exchange(own.placed, {})) remove(own, name, now);
}

void FaultTimeline::heal(Time now) {
    healed_ = true;
    begins_.clear();
    cuts_.clear();
    ends_.clear();
    for (std::uint32_t f = 0; f < faults_.size(); ++f)
        if (faults_[f].marks.started_us != 0 && faults_[f].marks.ended_us == 0) end(f, now);
    for (Own& network : networks_)
        for (const std::string& name : std::vector(network.placed)) {
            if (harmless_at_the_drain(*set_.find(name)->spec.kind)) continue;
            std::erase(network.placed, name);
            remove(network, name, now);
        }
}

void FaultTimeline::place(Own& own, const std::string& name, const LinkFault& fault,
                          std::function<bool(std::uint64_t, std::uint32_t)> only, Time now) {
    const PlacedFault& placed =
        set_.add({.name = name,
                  .kind = fault.kind,
                  .stream = fault.upstream ? FaultStream::upstream : FaultStream::downstream,
                  .toxicity = 1,
                  .values = fault.values,
                  .only = std::move(only)},
                 now);
    own.placed.push_back(name);
    links_.placed(placed, now);
}

void FaultTimeline::remove(Own& own, const std::string& name, Time now) {
    const PlacedFault* const placed = set_.find(name);
    links_.leaving(*placed, now);
    if (!name.starts_with("offline")) {
        own.marks.fired += placed->tally.bites.get();
        own.marks.affected = std::max(own.marks.affected, placed->tally.connections.get());
    }
    set_.remove(name);
}

FaultMarks FaultTimeline::marks_of(const Own& own) const {
    FaultMarks out = own.marks;
    for (const auto& placed : set_.all()) {
        const std::string& name = placed->spec.name;
        if (name.starts_with("offline") ||
            std::find(own.placed.begin(), own.placed.end(), name) == own.placed.end())
            continue;
        out.fired += placed->tally.bites.get();
        out.affected = std::max(out.affected, placed->tally.connections.get());
    }
    return out;
}

void FaultTimeline::add_to(FaultEvidence& evidence) const {
    evidence.faults.resize(faults_.size());
    evidence.networks.resize(networks_.size());
    for (std::size_t f = 0; f < faults_.size(); ++f) evidence.faults[f] += marks_of(faults_[f]);
    for (std::size_t c = 0; c < networks_.size(); ++c) evidence.networks[c] += marks_of(networks_[c]);
}

std::function<bool(std::uint64_t, std::uint32_t)> FaultTimeline::chosen(std::uint32_t f) const {
    return [this, f](std::uint64_t connection, std::uint32_t endpoint) {
        const FaultSelect& select = plan_.scenario->faults[f].select;
        if (select.endpoint && *select.endpoint != endpoint) return false;
        return selects(plan_, f, device_of(connection));
    };
}

std::uint64_t FaultTimeline::micros(Time now) const {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now - epoch_).count(), 1));
}

}  // namespace hubbub
