// One backend's dialect: the six verbs (open, join, send, acknowledge, receive, resume) to frames and back,
// without IO. One adapter object a worker; its thread only. A new backend is a new file in this folder and
// nothing else (docs/ADAPTERS.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "loadgen/plan/abilities.hpp"
#include "loadgen/plan/plan.hpp"
#include "protocol/codec.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

/// A conversation as setup left it.
struct ReadyConversation {
    ConversationId id;
    Epoch epoch = 0;
    Sequence head = 0;
    std::string name = {};  ///< the backend's own word for it, where that is no ConversationId

    /// Between processes (base/archive.hpp).
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.id, self.epoch, self.head, self.name);
    }
};

/// Which client speaks or hears, and what the adapter remembers of its link.
struct Speaker {
    const Plan& plan;
    std::uint32_t run;  ///< RunKey::run
    DeviceIndex device;
    std::string_view session;  ///< setup's own sessions have a name and no device; else empty
    std::uint64_t& memory;     ///< the adapter's own, as long as the link; 0 when it opens
};

/// What one saying amounts to: WebSocket messages behind each other.
struct Payloads {
    std::string bytes;
    std::vector<std::uint32_t> ends;  ///< where each ends, rising; empty: all bytes are one
    void clear() {
        bytes.clear();
        ends.clear();
    }
};

enum class Spoken : std::uint8_t {
    said,
    nothing,  ///< this backend has no such word
    granted,  ///< the backend gives no answer to it: counts as done after grace()
};

class Adapter {
  public:
    virtual ~Adapter() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual BackendAbilities abilities() const = 0;
    /// WebSocket subprotocol to ask for; empty: none.
    [[nodiscard]] virtual std::string_view subprotocol() const = 0;
    [[nodiscard]] virtual bool binary() const = 0;
    /// Appends what the client says, as one or several payloads.
    virtual Spoken encode(const ClientMessage& message, const Speaker& speaker, Payloads& out) = 0;
    /// What the backend said, in the toolkit's words; null: nothing that concerns us. Lives until the next
    /// call or until `payload` dies. Entries must follow from `payload` alone: equal ones are decoded once.
    virtual Result<const ServerMessage*, DecodeError> decode(std::string_view payload,
                                                             const Speaker& speaker) = 0;

    // ---- for backends that answer less than hubbub does
    /// The welcome of a backend that sends none.
    [[nodiscard]] virtual Welcome welcome() const { return {}; }
    /// How long joins without an answer take to become effective.
    [[nodiscard]] virtual Duration grace() const { return {}; }
    /// Conversations that need no setup, because they come to be when they are joined; empty: create them.
    [[nodiscard]] virtual std::vector<ReadyConversation> existing(const Plan&, std::uint32_t /*run*/) const {
        return {};
    }
    /// The backend's own word for what it created; empty where the id says it all.
    [[nodiscard]] virtual std::string name_of(const ConversationId&) const { return {}; }
    /// Before the load: all conversations of the run, by ConversationIndex.
    virtual void know(std::span<const ReadyConversation>) {}
};

/// The known adapters by name; null for an unknown one, or one that needs a mapping.
std::unique_ptr<Adapter> make_adapter(std::string_view name);
/// The adapter of a scenario's target; the error says, with its place, what is wrong with its mapping.
Result<std::unique_ptr<Adapter>> make_adapter(const Target& target);
std::vector<std::string_view> adapter_names();

}  // namespace hubbub
