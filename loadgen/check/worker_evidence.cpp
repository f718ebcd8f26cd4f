#include "loadgen/check/worker_evidence.hpp"

#include <chrono>

#include "loadgen/plan/sessions.hpp"

namespace hubbub {

std::optional<std::uint64_t> WorkerEvidence::planned_back(DeviceIndex device, std::size_t phase,
                                                          std::uint64_t intended_us) const {
    const SessionTable& sessions = *plan.sessions;
    if (sessions.empty() || phase >= phase_starts.size() || !phase_starts[phase]) return std::nullopt;
    const auto begins = sessions.phase_begins(static_cast<std::uint32_t>(phase));
    if (!begins || intended_us < *phase_starts[phase]) return std::nullopt;
    const Duration at = *begins + std::chrono::microseconds{intended_us - *phase_starts[phase]};
    // Past the load's end nobody is away by plan, but who was comes back as he came: not all at once.
    const Duration last = sessions.load_ends() - std::chrono::microseconds{1};
    const Absence* const absence = sessions.absence_at(device, std::min(at, last));
    if (absence == nullptr) return std::nullopt;
    // The phase in which it comes back; the last one that began, when that is later than any.
    std::uint64_t back = intended_us;
    for (std::size_t p = phase; p < phase_starts.size(); ++p) {
        const auto from = sessions.phase_begins(static_cast<std::uint32_t>(p));
        if (!from || !phase_starts[p] || *from > absence->opens) continue;
        back = *phase_starts[p] + static_cast<std::uint64_t>(to_micros(absence->opens - *from));
    }
    // At the end of the load all come back, but not all at once: as they came.
    if (absence->opens == sessions.load_ends())
        back += static_cast<std::uint64_t>(to_micros(plan.open_offset(device).value_or(Duration{})));
    if (intended_us >= back) return std::nullopt;
    return back;
}

}  // namespace hubbub
