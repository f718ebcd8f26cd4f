// The history reads at the end of a run that are this worker's: which are to do, and which may go on now.
// Owned by one worker core; its thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/ids.hpp"

namespace hubbub {

/// Paging one conversation's log by one reader.
struct AuditJob {
    ConversationIndex conversation;
    std::uint32_t client = 0;  ///< the reader, as local index
    Sequence next = 0;         ///< first entry not read yet
    std::uint32_t refusals = 0;
    bool open = true;  ///< neither audited nor failed
};

class AuditQueue {
  public:
    /// Conversations that one device, and one worker, read at a time: pages are up to 128 KiB each.
    static constexpr std::uint32_t per_client_max = 8;
    static constexpr std::uint32_t per_worker_max = 64;

    void add(ConversationIndex conversation, std::uint32_t client, Sequence from);
    /// The next job whose reader is live and has room, now under way; nothing when all wait or the worker's
    /// share is used up.
    template <class Live>
    std::optional<std::uint32_t> take(Live&& live) {
        while (under_way_ < per_worker_max && !ready_.empty()) {
            const std::uint32_t job = ready_.front();
            ready_.pop_front();
            Reader& reader = readers_[jobs_[job].client];
            if (!live(jobs_[job].client) || reader.under_way >= per_client_max) {
                reader.parked.push_back(job);
                continue;
            }
            ++reader.under_way;
            ++under_way_;
            return job;
        }
        return std::nullopt;
    }
    /// A job under way is over (audited or failed).
    void finish(std::uint32_t job);
    /// A job under way was cut off or refused: it waits until wake() of its reader.
    void park(std::uint32_t job);
    /// The reader is live (again): its jobs may be taken.
    void wake(std::uint32_t client);
    /// Ends every job of this reader that is not under way, or of all readers; returns their conversations.
    std::vector<ConversationIndex> fail(std::uint32_t client);
    std::vector<ConversationIndex> fail_all();

    [[nodiscard]] AuditJob& job(std::uint32_t index) { return jobs_[index]; }
    [[nodiscard]] std::uint32_t pending() const { return pending_; }

  private:
    struct Reader {
        std::uint32_t under_way = 0;
        std::deque<std::uint32_t> parked;
    };
    void release(std::uint32_t job);
    void close(std::uint32_t job, std::vector<ConversationIndex>& closed);

    std::vector<AuditJob> jobs_;
    std::deque<std::uint32_t> ready_;
    std::map<std::uint32_t, Reader> readers_;  // ordered: the order of asking is the same in every run
    std::uint32_t under_way_ = 0, pending_ = 0;
};

}  // namespace hubbub
