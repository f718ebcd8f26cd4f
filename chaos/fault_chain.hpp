// One direction of a connection through a row of faults: bytes go in, what the faults leave of them comes out
// when it is due. Owned by a proxied or simulated link; its thread only. Bounded by its user, who asks
// room().
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "chaos/fault.hpp"

namespace hubbub {

class FaultChain {
  public:
    using FaultId = std::uint64_t;

    // ---- the row. A change is felt by the bytes that wait, too.
    /// At the end of the row. The tally must outlive the chain or the fault's removal.
    void add(FaultId id, std::unique_ptr<Fault> fault, Random random, FaultTally& tally);
    /// The new machine begins anew; what the old one had sent on its way arrives now.
    void replace(FaultId id, std::unique_ptr<Fault> fault, Time now);
    /// What it held goes on to the next.
    void remove(FaultId id, Time now);
    [[nodiscard]] bool has(FaultId id) const;

    // ---- bytes
    /// Puts bytes in; ignored behind an end.
    void write(std::string_view bytes, Time now);
    /// The source has ended.
    void end(Ending how, Time now);
    /// The most bytes that may be inside: `window`, or what a fault allows.
    [[nodiscard]] std::size_t window(std::size_t window) const;
    /// The most bytes that write() should be given now.
    [[nodiscard]] std::size_t room(std::size_t window) const;

    /// What has come out and was not consumed: bytes of one read, or an ending, or nothing yet.
    struct Out {
        std::span<char> bytes;
        Ending ending = Ending::none;
        [[nodiscard]] bool nothing() const { return bytes.empty() && ending == Ending::none; }
    };
    /// Valid until the next call of anything but a const member.
    Out front(Time now);
    /// That many of the bytes that front() gave; of an ending 0.
    void consume(std::size_t bytes);
    /// When front() may have more without further input; `never`: not.
    [[nodiscard]] Time next_deadline() const;

    [[nodiscard]] std::size_t bytes_inside() const { return bytes_.size() - taken_; }
    /// Bytes may go past it: no faults, nothing inside, no end.
    [[nodiscard]] bool transparent() const { return stages_.empty() && out_.empty() && !ended_; }
    /// The tally of the fault that silences both directions; null: none does.
    [[nodiscard]] FaultTally* silencer(Time now) const;
    /// Bytes are gone out of the middle of the stream: without its fault it could not be understood.
    [[nodiscard]] bool torn() const { return torn_; }
    /// An ending has been consumed.
    [[nodiscard]] bool over() const { return over_; }

  private:
    struct Piece {
        Time at;
        std::uint32_t size;
        bool own_read;
        Ending ending;
    };
    /// First in, first out; keeps its memory.
    class Pieces {
      public:
        [[nodiscard]] bool empty() const { return taken_ == list_.size(); }
        [[nodiscard]] Piece& front() { return list_[taken_]; }
        [[nodiscard]] const Piece& front() const { return list_[taken_]; }
        [[nodiscard]] Piece& back() { return list_.back(); }
        [[nodiscard]] std::span<Piece> all() { return {list_.data() + taken_, list_.size() - taken_}; }
        void push(const Piece& piece) { list_.push_back(piece); }
        void pop();
        void clear();

      private:
        std::vector<Piece> list_;
        std::size_t taken_ = 0;
    };
    /// In the buffer: what leaves, then what waits. Bytes of later stages stand before it, of earlier ones
    /// behind.
    struct Stage {
        FaultId id;
        std::unique_ptr<Fault> fault;
        Random random;
        FaultTally* tally;
        Pieces waiting{}, leaving{};
        std::size_t waiting_bytes = 0, leaving_bytes = 0;
        Time last_leave = Time::min();
        Time ask_at = Time::min();
        bool sealed = false;  ///< the fault ended the direction: what comes is swallowed
    };

    Stage* find(FaultId id);
    [[nodiscard]] std::size_t waiting_at(std::size_t stage) const;
    void advance(Time now);
    void run(std::size_t stage, Time now);
    void ask(std::size_t stage, Time now);
    void pass(std::size_t stage, const FaultVerdict& verdict, bool ending);
    void copy(std::size_t stage, const FaultVerdict& verdict);
    void swallow(std::size_t stage, std::size_t bytes);
    void seal(std::size_t stage, Ending how, Time now);
    bool take(Stage& stage, std::size_t bytes);
    void leave(Stage& stage, const Piece& piece);
    void arrive(std::size_t stage, const Piece& piece);
    void let_go(std::size_t stage, Time now);
    void come_out(const Piece& piece);
    void forget_what_was_taken();

    std::vector<Stage> stages_;
    std::vector<char> bytes_;
    std::size_t taken_ = 0;
    Pieces out_;
    bool ended_ = false, over_ = false, torn_ = false;
};

}  // namespace hubbub
