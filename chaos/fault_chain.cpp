#include "chaos/fault_chain.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace hubbub {
namespace {

/// What an idle direction may keep of its memory: thousands of connections are idle most of the time.
constexpr std::size_t idle_bytes_kept = 4'096;

}  // namespace

void FaultChain::Pieces::pop() {
    ++taken_;
    if (taken_ < list_.size() - taken_) return;
    list_.erase(list_.begin(), list_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
}

void FaultChain::Pieces::clear() {
    list_.clear();
    taken_ = 0;
}

void FaultChain::add(FaultId id, std::unique_ptr<Fault> fault, Random random, FaultTally& tally) {
    HUBBUB_ASSERT(!find(id), "a fault stands in a chain once");
    stages_.push_back({.id = id, .fault = std::move(fault), .random = random, .tally = &tally});
}

void FaultChain::replace(FaultId id, std::unique_ptr<Fault> fault, Time now) {
    Stage* const stage = find(id);
    HUBBUB_ASSERT(stage, "replaces a fault that is not there");
    stage->fault = std::move(fault);
    stage->ask_at = Time::min();
    stage->last_leave = std::min(stage->last_leave, now);
    for (Piece& piece : stage->leaving.all()) piece.at = std::min(piece.at, now);
}

void FaultChain::remove(FaultId id, Time now) {
    Stage* const stage = find(id);
    HUBBUB_ASSERT(stage, "removes a fault that is not there");
    const auto at = static_cast<std::size_t>(stage - stages_.data());
    for (Piece& piece : stage->leaving.all()) piece.at = std::min(piece.at, now);
    stage->last_leave = std::min(stage->last_leave, now);
    while (!stage->waiting.empty()) {
        const Piece piece = stage->waiting.front();
        stage->waiting.pop();
        stage->waiting_bytes -= piece.size;
        leave(*stage, {now, piece.size, piece.own_read, piece.ending});
    }
    let_go(at, now);
    stages_.erase(stages_.begin() + static_cast<std::ptrdiff_t>(at));
}

bool FaultChain::has(FaultId id) const {
    return std::any_of(stages_.begin(), stages_.end(), [&](const Stage& stage) { return stage.id == id; });
}

FaultChain::Stage* FaultChain::find(FaultId id) {
    const auto found =
        std::find_if(stages_.begin(), stages_.end(), [&](const Stage& s) { return s.id == id; });
    return found == stages_.end() ? nullptr : &*found;
}

void FaultChain::write(std::string_view bytes, Time now) {
    if (ended_ || bytes.empty()) return;
    forget_what_was_taken();
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    arrive(0, {now, static_cast<std::uint32_t>(bytes.size()), false, Ending::none});
}

void FaultChain::end(Ending how, Time now) {
    if (ended_) return;
    ended_ = true;
    arrive(0, {now, 0, true, how});
}

std::size_t FaultChain::window(std::size_t window) const {
    std::size_t needs = 0;
    for (const Stage& stage : stages_) {
        window = std::min(window, stage.fault->window());
        needs = std::max(needs, stage.fault->needs());
    }
    return std::max(window, needs);
}

std::size_t FaultChain::room(std::size_t most) const {
    const std::size_t bytes = window(most);
    return bytes > bytes_inside() ? bytes - bytes_inside() : 0;
}

FaultChain::Out FaultChain::front(Time now) {
    advance(now);
    if (out_.empty()) return {};
    const Piece& piece = out_.front();
    return {{bytes_.data() + taken_, piece.size}, piece.ending};
}

void FaultChain::consume(std::size_t bytes) {
    HUBBUB_ASSERT(!out_.empty() && bytes <= out_.front().size, "consumes what did not come out");
    Piece& piece = out_.front();
    piece.size -= static_cast<std::uint32_t>(bytes);
    taken_ += bytes;
    if (piece.size > 0) return;
    if (piece.ending != Ending::none) over_ = true;
    out_.pop();
    forget_what_was_taken();
}

Time FaultChain::next_deadline() const {
    Time next = never;
    for (const Stage& stage : stages_) {
        if (!stage.leaving.empty()) next = std::min(next, stage.leaving.front().at);
        if (!stage.waiting.empty()) next = std::min(next, stage.ask_at);
        if (!stage.sealed) next = std::min(next, stage.fault->deadline());
    }
    return next;
}

FaultTally* FaultChain::silencer(Time now) const {
    for (const Stage& stage : stages_)
        if (stage.fault->silences(now)) return stage.tally;
    return nullptr;
}

// Each stage feeds the next, so one pass settles everything that is due.
void FaultChain::advance(Time now) {
    for (std::size_t stage = 0; stage < stages_.size(); ++stage) run(stage, now);
}

void FaultChain::run(std::size_t at, Time now) {
    for (;;) {
        Stage& stage = stages_[at];
        if (!stage.sealed && stage.fault->deadline() <= now) {
            const FaultVerdict verdict = stage.fault->tick(now);
            stage.tally->bites.add(verdict.bites);
            const bool ends = verdict.act == FaultVerdict::Act::end;
            HUBBUB_ASSERT(ends || stage.fault->deadline() > now, "a tick must move its deadline");
            if (!ends) continue;
            seal(at, verdict.ending, now);
        }
        if (stage.waiting.empty() || stage.ask_at > now) break;
        ask(at, now);
    }
    let_go(at, now);
}

void FaultChain::let_go(std::size_t at, Time now) {
    Stage& stage = stages_[at];
    while (!stage.leaving.empty() && stage.leaving.front().at <= now) {
        const Piece piece = stage.leaving.front();
        stage.leaving.pop();
        stage.leaving_bytes -= piece.size;
        arrive(at + 1, piece);
    }
}

void FaultChain::ask(std::size_t at, Time now) {
    Stage& stage = stages_[at];
    const Piece& piece = stage.waiting.front();
    char* const bytes = bytes_.data() + waiting_at(at);
    const bool end_behind = stage.waiting.back().ending != Ending::none;
    const Chunk chunk{{bytes, piece.size}, {bytes, stage.waiting_bytes}, piece.at, piece.ending, end_behind};
    const bool ending = piece.ending != Ending::none;
    const FaultVerdict verdict = ending ? stage.fault->judge_end(chunk, now, stage.random)
                                        : stage.fault->judge(chunk, now, stage.random);
    stage.tally->bites.add(verdict.bites);
    if (verdict.act == FaultVerdict::Act::hold) {
        HUBBUB_ASSERT(verdict.at > now, "holds until a time that has passed");
        stage.ask_at = verdict.at;
        return;
    }
    if (verdict.act == FaultVerdict::Act::end) return seal(at, verdict.ending, now);
    HUBBUB_ASSERT(ending ? verdict.bytes == 0 : verdict.bytes > 0 && verdict.bytes <= stage.waiting_bytes,
                  "a verdict on bytes that do not wait");
    switch (verdict.act) {
        case FaultVerdict::Act::pass:
            return pass(at, verdict, ending);
        case FaultVerdict::Act::copy:
            return copy(at, verdict);
        default:
            if (ending) return stage.waiting.pop();
            return swallow(at, verdict.bytes);
    }
}

void FaultChain::pass(std::size_t at, const FaultVerdict& verdict, bool ending) {
    Stage& stage = stages_[at];
    if (ending) {
        const Piece piece = stage.waiting.front();
        stage.waiting.pop();
        return leave(stage, {verdict.at, 0, true, piece.ending});
    }
    const bool own_read = take(stage, verdict.bytes) || verdict.own_read;
    leave(stage, {verdict.at, static_cast<std::uint32_t>(verdict.bytes), own_read, Ending::none});
}

void FaultChain::copy(std::size_t at, const FaultVerdict& verdict) {
    const auto from = static_cast<std::ptrdiff_t>(waiting_at(at));
    const std::vector<char> twin(bytes_.begin() + from,
                                 bytes_.begin() + from + static_cast<std::ptrdiff_t>(verdict.bytes));
    bytes_.insert(bytes_.begin() + from, twin.begin(), twin.end());
    leave(stages_[at],
          {verdict.at, static_cast<std::uint32_t>(verdict.bytes), verdict.own_read, Ending::none});
}

void FaultChain::swallow(std::size_t at, std::size_t bytes) {
    const auto from = bytes_.begin() + static_cast<std::ptrdiff_t>(waiting_at(at));
    bytes_.erase(from, from + static_cast<std::ptrdiff_t>(bytes));
    take(stages_[at], bytes);
    stages_[at].tally->swallowed_bytes.add(bytes);
    torn_ = torn_ || !stages_[at].fault->takes_whole_messages();
}

void FaultChain::seal(std::size_t at, Ending how, Time now) {
    Stage& stage = stages_[at];
    if (stage.waiting_bytes > 0) swallow(at, stage.waiting_bytes);
    stage.waiting.clear();
    stage.sealed = true;
    leave(stage, {now, 0, true, how});
}

/// Takes bytes off the waiting pieces. Whether the first of them began a read of its own.
bool FaultChain::take(Stage& stage, std::size_t bytes) {
    stage.waiting_bytes -= bytes;
    const bool own_read = stage.waiting.front().own_read;
    while (bytes > 0) {
        Piece& piece = stage.waiting.front();
        const std::size_t part = std::min<std::size_t>(bytes, piece.size);
        bytes -= part;
        piece.size -= static_cast<std::uint32_t>(part);
        piece.own_read = false;
        if (piece.size == 0) stage.waiting.pop();
    }
    return own_read;
}

/// Order is kept whatever the delays: nothing leaves before what went ahead of it.
void FaultChain::leave(Stage& stage, const Piece& piece) {
    Piece next = piece;
    next.at = std::max(piece.at, stage.last_leave);
    stage.last_leave = next.at;
    stage.leaving_bytes += next.size;
    if (!stage.leaving.empty() && !next.own_read && next.at == stage.leaving.back().at &&
        stage.leaving.back().ending == Ending::none) {
        stage.leaving.back().size += next.size;
        return;
    }
    stage.leaving.push(next);
}

/// The piece's bytes stand at their place in the buffer already.
void FaultChain::arrive(std::size_t at, const Piece& piece) {
    if (at == stages_.size()) return come_out(piece);
    Stage& stage = stages_[at];
    stage.waiting.push(piece);
    stage.waiting_bytes += piece.size;
    stage.ask_at = Time::min();
    if (!stage.sealed) return;
    if (stage.waiting_bytes > 0) swallow(at, stage.waiting_bytes);
    stage.waiting.clear();
}

void FaultChain::come_out(const Piece& piece) {
    const bool behind_an_end = over_ || (!out_.empty() && out_.back().ending != Ending::none);
    if (behind_an_end) {  // the fault that ended the direction was taken away since
        std::size_t behind = 0;
        for (const Stage& stage : stages_) behind += stage.waiting_bytes + stage.leaving_bytes;
        const auto from = bytes_.end() - static_cast<std::ptrdiff_t>(behind + piece.size);
        bytes_.erase(from, from + piece.size);
        return;
    }
    if (!out_.empty() && !piece.own_read)
        out_.back().size += piece.size;
    else
        out_.push(piece);
}

std::size_t FaultChain::waiting_at(std::size_t at) const {
    std::size_t behind = 0;
    for (std::size_t i = 0; i < at; ++i) behind += stages_[i].waiting_bytes + stages_[i].leaving_bytes;
    return bytes_.size() - behind - stages_[at].waiting_bytes;
}

void FaultChain::forget_what_was_taken() {
    if (taken_ < bytes_.size() - taken_) return;
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    if (bytes_.empty() && bytes_.capacity() > idle_bytes_kept) std::vector<char>().swap(bytes_);
}

}  // namespace hubbub
