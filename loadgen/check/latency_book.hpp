// Latencies of one worker by class, phase and second of the intended time; phases that are not measured leave
// no trace here. Owned by one worker's checker; the judge adds the books up.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/histogram.hpp"
#include "loadgen/scenario/scenario.hpp"

namespace hubbub {

/// A histogram that few values fill: (bucket, count) pairs, rising. About 8 bytes a bucket in use.
class SparseHistogram {
  public:
    void record(std::int64_t micros);
    void add_to(Histogram& out) const;

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.buckets_);
    }

  private:
    std::vector<std::pair<std::uint16_t, std::uint32_t>> buckets_;
};

/// One kind of latency, taken apart.
class LatencySeries {
  public:
    static constexpr std::size_t classes = 3;

    explicit LatencySeries(std::size_t phases) : phases_(phases), cells_(classes * phases) {}
    void record(ConversationClass kind, std::size_t phase, std::uint64_t intended_us, std::uint64_t at_us);
    [[nodiscard]] const Histogram& cell(std::size_t kind, std::size_t phase) const {
        return cells_[kind * phases_ + phase];
    }
    [[nodiscard]] std::size_t phases() const { return phases_; }
    [[nodiscard]] const std::vector<SparseHistogram>& seconds() const { return seconds_; }

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.phases_, self.cells_, self.seconds_);
    }

    static LatencySeries blank() { return LatencySeries(0); }

  private:
    std::size_t phases_;
    std::vector<Histogram> cells_;
    std::vector<SparseHistogram> seconds_;  ///< index: second of the intended time since the run's epoch
};

/// What a worker's own eyes measure; by LatencyBook and in the report under these names.
enum class Latency : std::uint8_t { ack, delivery, catch_up, receipt, typing, presence, page };
inline constexpr std::array<std::string_view, 7> latency_names = {"ack",    "delivery", "catch_up", "receipt",
                                                                  "typing", "presence", "page"};

class LatencyBook {
  public:
    explicit LatencyBook(const Scenario& scenario);

    /// Phase `phase` begins: intended times from here on belong to it.
    void begin_phase(std::uint32_t phase, std::uint64_t start_us);
    /// A send of this worker's own in `phase`; tells the phase's time when begin_phase() was not called.
    void learn_phase(std::uint32_t phase, std::uint64_t intended_us);

    void delivered(ConversationClass kind, std::uint64_t intended_us, std::uint64_t at_us);
    /// To a device that was planned offline until `back_us`.
    void caught_up(ConversationClass kind, std::uint64_t intended_us, std::uint64_t back_us,
                   std::uint64_t at_us);
    void acked(ConversationClass kind, std::uint32_t phase, std::uint64_t intended_us, std::uint64_t at_us);
    /// Any other kind: from `since_us` to `at_us`, in the phase of `since_us`.
    void note(Latency what, ConversationClass kind, std::uint64_t since_us, std::uint64_t at_us);

    /// The same once more for the cohort of who sends (ack) or receives (delivery); measured phases together,
    /// so that a cohort costs two histograms. Other kinds are not kept by cohort.
    void note_cohort(Latency what, std::size_t cohort, std::uint64_t since_us, std::uint64_t at_us);
    static constexpr std::size_t kinds_by_cohort = 2;  ///< Latency::ack, Latency::delivery
    [[nodiscard]] const Histogram& of_cohort(Latency what, std::size_t cohort) const {
        return cohorts_[cohort * kinds_by_cohort + static_cast<std::size_t>(what)];
    }
    [[nodiscard]] std::size_t cohorts() const { return cohorts_.size() / kinds_by_cohort; }

    /// The phase of a time, when it is measured.
    [[nodiscard]] std::optional<std::size_t> measured_phase(std::uint64_t at_us) const;
    [[nodiscard]] const LatencySeries& of(Latency what) const {
        return series_[static_cast<std::size_t>(what)];
    }
    /// The phase that an intended time belongs to.
    [[nodiscard]] std::size_t phase_at(std::uint64_t intended_us) const;
    /// Every delivery so far, measured or not: for the live screen.
    [[nodiscard]] const Histogram& delivery_so_far() const { return delivery_so_far_; }

    /// For another process (base/archive.hpp): what the judge reads.
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.begun_, self.series_, self.cohorts_, self.delivery_so_far_);
    }

  private:
    struct Begun {
        using PlainBytes = void;
        std::uint64_t start_us;
        std::uint32_t phase;
        bool told;  ///< by begin_phase; else learned, and only an upper bound
    };
    std::vector<bool> measured_;
    std::vector<Begun> begun_;           ///< rising by phase
    std::vector<LatencySeries> series_;  ///< index: Latency
    std::vector<Histogram> cohorts_;     ///< by cohort and kind; none in a scenario without cohorts
    Histogram delivery_so_far_;
};

}  // namespace hubbub
