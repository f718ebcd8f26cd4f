#include "loadgen/client/storm_watch.hpp"

#include "loadgen/plan/fault_choice.hpp"

namespace hubbub {
namespace {

/// A connection that a fault broke is lost when somebody notices.
constexpr Duration noticed_within = std::chrono::seconds{2};

}  // namespace

StormWatch::StormWatch(const Plan& plan, Slice slice, Time epoch)
    : plan_(plan), first_device_(slice.first_device), epoch_(epoch), faults_(plan.scenario->faults.size()) {
    evidence_.faults.resize(faults_.size());
    if (!faults_.empty()) clients_.resize(slice.last_device - slice.first_device);
}

void StormWatch::begin_phase(std::uint32_t phase, Time start) {
    for (std::size_t f = 0; f < faults_.size(); ++f) {
        const TimedFault& fault = plan_.scenario->faults[f];
        if (fault.phase != plan_.scenario->phases[phase].name) continue;
        faults_[f].begins = start + fault.offset;
        const Duration length = lasts(fault);
        if (length > Duration::zero()) faults_[f].ends = faults_[f].begins + length + noticed_within;
    }
}

void StormWatch::dialed(Time now) {
    if (clients_.empty() || now < epoch_) return;
    const auto bin =
        static_cast<std::size_t>((now - epoch_) / std::chrono::microseconds{FaultEvidence::bin_us});
    if (bin >= evidence_.dials.size()) evidence_.dials.resize(bin + 1);
    ++evidence_.dials[bin];
}

/// The fault that began last, of those that the device meets.
std::uint16_t StormWatch::blame(DeviceIndex device, Time now) const {
    std::uint16_t found = nothing;
    for (std::uint16_t f = 0; f < faults_.size(); ++f) {
        if (now < faults_[f].begins || now > faults_[f].ends) continue;
        if (found != nothing && faults_[f].begins < faults_[found].begins) continue;
        if (selects(plan_, f, device)) found = f;
    }
    return found;
}

void StormWatch::lost(DeviceIndex device, Time now) {
    if (clients_.empty()) return;
    Client& client = clients_[device.value - first_device_];
    client = {blame(device, now), false};
    if (client.fault != nothing) ++evidence_.faults[client.fault].lost;
}

void StormWatch::back(DeviceIndex device, Time lost_at, std::uint32_t attempts, Time now) {
    if (clients_.empty()) return;
    Client& client = clients_[device.value - first_device_];
    if (client.live) return;
    client.live = true;
    if (client.fault == nothing) return;
    FaultMarks& marks = evidence_.faults[client.fault];
    marks.reconnect.record(now - lost_at);
    marks.back.record(now - faults_[client.fault].begins);
    marks.attempts += attempts;
}

void StormWatch::caught_up(DeviceIndex device, Time now) {
    if (clients_.empty()) return;
    Client& client = clients_[device.value - first_device_];
    if (!client.live || client.fault == nothing) return;
    evidence_.faults[client.fault].caught_up.record(now - faults_[client.fault].begins);
    client.fault = nothing;
}

}  // namespace hubbub
