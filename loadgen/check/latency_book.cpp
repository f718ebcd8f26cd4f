#include "loadgen/check/latency_book.hpp"

#include <algorithm>

namespace hubbub {
namespace {

std::int64_t span(std::uint64_t from_us, std::uint64_t to_us) {
    return to_us > from_us ? static_cast<std::int64_t>(to_us - from_us) : 0;
}

}  // namespace

void SparseHistogram::record(std::int64_t micros) {
    const auto index = static_cast<std::uint16_t>(Histogram::index_of(micros));
    const auto place = std::lower_bound(buckets_.begin(), buckets_.end(), index,
                                        [](const auto& bucket, std::uint16_t i) { return bucket.first < i; });
    if (place != buckets_.end() && place->first == index)
        ++place->second;
    else
        buckets_.insert(place, {index, 1});
}

void SparseHistogram::add_to(Histogram& out) const {
    for (const auto& [index, count] : buckets_) out.record(Histogram::lowest_equivalent(index), count);
}

void LatencySeries::record(ConversationClass kind, std::size_t phase, std::uint64_t intended_us,
                           std::uint64_t at_us) {
    const std::int64_t latency = span(intended_us, at_us);
    cells_[static_cast<std::size_t>(kind) * phases_ + phase].record(latency);
    const std::size_t second = intended_us / 1'000'000;
    if (second >= seconds_.size()) seconds_.resize(second + 1);
    seconds_[second].record(latency);
}

LatencyBook::LatencyBook(const Scenario& scenario)
    : series_(latency_names.size(), LatencySeries(std::max<std::size_t>(scenario.phases.size(), 1))),
      cohorts_(scenario.population.cohorts.size() * kinds_by_cohort) {
    for (const Phase& phase : scenario.phases) measured_.push_back(phase.measure);
    if (measured_.empty()) measured_.push_back(true);
}

void LatencyBook::begin_phase(std::uint32_t phase, std::uint64_t start_us) {
    std::erase_if(begun_, [phase](const Begun& begun) { return begun.phase == phase; });
    const auto place = std::find_if(begun_.begin(), begun_.end(),
                                    [phase](const Begun& begun) { return begun.phase > phase; });
    begun_.insert(place, {start_us, phase, true});
}

void LatencyBook::learn_phase(std::uint32_t phase, std::uint64_t intended_us) {
    const auto known = std::find_if(begun_.begin(), begun_.end(),
                                    [phase](const Begun& begun) { return begun.phase == phase; });
    if (known == begun_.end()) {
        begin_phase(phase, intended_us);
        std::find_if(begun_.begin(), begun_.end(), [phase](const Begun& begun) {
            return begun.phase == phase;
        })->told = false;
    } else if (!known->told) {
        known->start_us = std::min(known->start_us, intended_us);
    }
}

std::size_t LatencyBook::phase_at(std::uint64_t intended_us) const {
    for (auto begun = begun_.rbegin(); begun != begun_.rend(); ++begun)
        if (begun->start_us <= intended_us) return begun->phase;
    return begun_.empty() ? 0 : begun_.front().phase;
}

std::optional<std::size_t> LatencyBook::measured_phase(std::uint64_t at_us) const {
    const std::size_t phase = phase_at(at_us);
    return measured_[phase] ? std::optional(phase) : std::nullopt;
}

void LatencyBook::delivered(ConversationClass kind, std::uint64_t intended_us, std::uint64_t at_us) {
    delivery_so_far_.record(span(intended_us, at_us));
    note(Latency::delivery, kind, intended_us, at_us);
}

void LatencyBook::caught_up(ConversationClass kind, std::uint64_t intended_us, std::uint64_t back_us,
                            std::uint64_t at_us) {
    // In the phase of the message, however late its reader comes.
    const std::size_t phase = phase_at(intended_us);
    if (measured_[phase])
        series_[static_cast<std::size_t>(Latency::catch_up)].record(kind, phase, back_us, at_us);
}

void LatencyBook::acked(ConversationClass kind, std::uint32_t phase, std::uint64_t intended_us,
                        std::uint64_t at_us) {
    if (measured_[phase])
        series_[static_cast<std::size_t>(Latency::ack)].record(kind, phase, intended_us, at_us);
}

void LatencyBook::note_cohort(Latency what, std::size_t cohort, std::uint64_t since_us, std::uint64_t at_us) {
    if (measured_[phase_at(since_us)])
        cohorts_[cohort * kinds_by_cohort + static_cast<std::size_t>(what)].record(span(since_us, at_us));
}

void LatencyBook::note(Latency what, ConversationClass kind, std::uint64_t since_us, std::uint64_t at_us) {
    const std::size_t phase = phase_at(since_us);
    if (measured_[phase]) series_[static_cast<std::size_t>(what)].record(kind, phase, since_us, at_us);
}

}  // namespace hubbub
