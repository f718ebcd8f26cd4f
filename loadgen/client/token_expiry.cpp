#include "loadgen/client/token_expiry.hpp"

#include <algorithm>

#include "loadgen/plan/fault_choice.hpp"
#include "protocol/error_code.hpp"

namespace hubbub {
namespace {

/// A token counts whole seconds: one that is made in the last of them could be over when it arrives.
constexpr Duration shortest = std::chrono::seconds{1};
/// The last sessions have theirs so long before it ends: an answer may be slow.
constexpr Duration handed_in_before = std::chrono::seconds{2};
/// A target that has not ended a session by then does not look at how long tokens live.
constexpr Duration patience = std::chrono::seconds{5};

/// Whether this close code may say that a token is over: that of the protocol, or one that only a backend of
/// somebody else's can explain.
bool may_mean_expired(std::uint16_t code) {
    for (const ErrorTraits& row : error_table)
        if (row.close_code == code) return row.code == ErrorCode::expired;
    return true;
}

}  // namespace

TokenExpiry::TokenExpiry(const Plan& plan, Time epoch, std::shared_ptr<const TokenMint> mint)
    : plan_(plan), epoch_(epoch), mint_(std::move(mint)) {
    const auto& faults = plan.scenario->faults;
    for (std::uint32_t f = 0; mint_ && f < faults.size(); ++f)
        if (faults[f].deed.expire_tokens) faults_.push_back({f, never, never, {}});
}

void TokenExpiry::begin_phase(std::uint32_t phase, Time start, Time now) {
    for (Expiry& each : faults_) {
        const TimedFault& fault = plan_.scenario->faults[each.fault];
        if (fault.phase != plan_.scenario->phases[phase].name) continue;
        each.ends = mint_->end_from(start + fault.offset, now);
        each.begins = std::max(start, each.ends - mint_->lifetime());
    }
}

void TokenExpiry::turn(Time now) {
    for (Expiry& each : faults_) {
        if (each.ends > now || each.marks.started_us != 0 || healed_ <= each.ends) continue;
        each.marks.started_us = each.marks.ended_us = micros(each.ends);
    }
}

void TokenExpiry::heal(Time now) {
    healed_ = std::min(healed_, now);
}

const TokenExpiry::Expiry* TokenExpiry::ends_by(DeviceIndex device, Time made) const {
    const Expiry* first = nullptr;
    for (const Expiry& each : faults_) {
        const bool made_for_it = each.ends != never && each.begins <= made && made + shortest <= each.ends;
        if (!made_for_it || made >= healed_ || (first != nullptr && first->ends <= each.ends)) continue;
        if (selects(plan_, each.fault, device)) first = &each;
    }
    return first;
}

std::string TokenExpiry::token(DeviceIndex device, Time now) const {
    if (!mint_) return {};
    const std::string user = plan_.user_name(plan_.user_of(device));
    const Expiry* const expiry = ends_by(device, now);
    return expiry == nullptr ? mint_->mint(user, now) : mint_->mint_until(user, now, expiry->ends);
}

Time TokenExpiry::renewal(DeviceIndex device, Time made) const {
    if (!mint_) return never;
    if (const Expiry* const expiry = ends_by(device, made))
        return healed_ < expiry->ends ? healed_ : expiry->ends + patience;
    // Half-way through its life: the other half is for a slow answer.
    Time next = made + mint_->lifetime() / 2;
    for (const Expiry& each : faults_) {
        if (each.ends == never || made >= each.begins || healed_ != never) continue;
        const Duration room = each.ends - handed_in_before - each.begins;
        if (room < Duration::zero() || !selects(plan_, each.fault, device)) continue;
        // One after the other: signing and checking all of them at once would be a storm of its own.
        const double turn = turn_of(plan_, each.fault, device);
        next = std::min(
            next,
            each.begins + Duration(static_cast<Duration::rep>(turn * static_cast<double>(room.count()))));
    }
    return next;
}

void TokenExpiry::ended(DeviceIndex device, Time made, std::uint16_t code, Time now) {
    turn(now);
    const Expiry* const by = ends_by(device, made);
    if (by == nullptr || !may_mean_expired(code)) return;
    FaultMarks& marks = faults_[static_cast<std::size_t>(by - faults_.data())].marks;
    // By the target's clock it may have ended before it did by this one.
    if (marks.started_us == 0) marks.started_us = marks.ended_us = micros(now);
    ++marks.fired;
    ++marks.affected;
}

void TokenExpiry::add_to(FaultEvidence& evidence) const {
    evidence.faults.resize(plan_.scenario->faults.size());
    for (const Expiry& each : faults_) evidence.faults[each.fault] += each.marks;
}

std::uint64_t TokenExpiry::micros(Time now) const {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now - epoch_).count(), 1));
}

}  // namespace hubbub
