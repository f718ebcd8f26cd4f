// One direction of a faulty link in virtual time: bytes go in, the same bytes come out later and in other
// pieces. Owned by a simulated or proxied link; its thread only. Unbounded: the link above it states how much
// may be inside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "chaos/fault_set.hpp"
#include "chaos/link_model.hpp"

namespace hubbub {

class Pipe {
  public:
    /// The same model, seed, writes and reads give the same pieces at the same times.
    Pipe(const LinkModel& model, Random random);

    /// What is put in from now on passes this direction of the connection's faults before it comes on the
    /// line. They must outlive the pipe.
    void run_through(ConnectionFaults& faults, FaultStream stream);

    /// Puts bytes in at `now`. Ignored after finish() or cut(), as a socket would lose them.
    void write(std::string_view bytes, Time now);
    /// Half-close: the end of the stream travels behind the bytes.
    void finish(Time now);
    /// Reset: what is inside is lost, an end too, and nothing comes out any more. Returns the bytes lost.
    std::size_t cut();

    /// When pop_due() has something next; `never` when nothing is inside.
    [[nodiscard]] Time next_deadline() const;
    /// One read, as of a socket: what has arrived up to the next slice. An empty one is the end of the stream
    /// and comes once, last. Nothing: no byte is due. The span may be modified; it is valid until the next
    /// call of anything but a const member. Call until it returns nothing.
    std::optional<std::span<char>> pop_due(Time now);

    /// How a fault has ended the connection (`close` or `reset`): its carrier ends it then. `none`: not.
    [[nodiscard]] Ending ending() const { return ending_; }

    [[nodiscard]] std::size_t bytes_inside() const {
        return bytes_.size() - bytes_taken_ + (faults_ ? faults_->chain(stream_).bytes_inside() : 0);
    }
    /// No further bytes can be put in.
    [[nodiscard]] bool finished() const { return finished_; }

  private:
    struct Piece {
        Time due;
        std::size_t size;    // 0: the end of the stream
        bool starts_a_read;  // else it may be read together with the piece before it
    };

    void lay(std::string_view bytes, bool starts_a_read, Time now);
    void take_from_faults(Time now);
    void put(std::size_t size, bool starts_a_read, Time now);
    std::size_t next_slice(std::size_t size);
    Time arrival(std::size_t size, Time now);
    void forget_what_was_taken();

    LinkModel model_;
    Random random_;
    std::vector<char> bytes_;
    std::vector<Piece> pieces_;
    std::size_t bytes_taken_ = 0;
    std::size_t pieces_taken_ = 0;
    Time sender_free_{};  // when the line has sent what was put in before
    bool finished_ = false;
    ConnectionFaults* faults_ = nullptr;
    FaultStream stream_{};
    Ending ending_ = Ending::none;
    Time ending_at_ = never;
};

}  // namespace hubbub
