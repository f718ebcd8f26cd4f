#include "loadgen/plan/wire_figures.hpp"

#include <memory>
#include <string>

#include "protocol/codec.hpp"

namespace hubbub {
namespace {

/// RFC 6455, 5.2: two bytes and two of extended length, which most messages with a body need; and four of
/// mask in a client's frame.
constexpr double server_header = 4, client_header = 8;

template <class Message>
double bytes_of(Codec& codec, const Message& message) {
    std::string out;
    codec.encode(message, out);
    return static_cast<double>(out.size());
}

}  // namespace

WireSizes wire_sizes(std::string_view adapter) {
    std::unique_ptr<Codec> codec;
    if (adapter == "hubbub") codec = make_json_codec();
    if (adapter == "hubbub-bin") codec = make_binary_codec();
    if (!codec) return {};
    // Numbers and names of a middling length.
    const ConversationId conversation{UINT64_MAX, UINT64_MAX};
    Entry entry;
    entry.conversation = conversation;
    entry.sequence = 1000;
    entry.user = "u10000";
    entry.device = "d0";
    entry.number = 100;
    WireSizes out;
    out.send = client_header + bytes_of(*codec, ClientMessage(Send{conversation, 100, ""}));
    out.receipt = client_header + bytes_of(*codec, ClientMessage(Receipt{conversation, 1000, 1000}));
    out.beat = client_header - 2 + bytes_of(*codec, ClientMessage(Beat{}));
    out.ack = server_header + bytes_of(*codec, ServerMessage(Ack{conversation, 100, 1000}));
    out.delivery = server_header + bytes_of(*codec, ServerMessage(entry));
    ReceiptNotice notice;
    notice.conversation = conversation;
    notice.user = "u10000";
    notice.delivered = notice.read = 1000;
    out.receipt_told = server_header + bytes_of(*codec, ServerMessage(notice));
    return out;
}

}  // namespace hubbub
