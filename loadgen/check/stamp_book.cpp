#include "loadgen/check/stamp_book.hpp"

#include "base/random.hpp"

namespace hubbub {

StampBook::StampBook(const Plan& plan, const Slice& slice)
    : plan_(plan),
      slice_(slice),
      devices_(plan.conversations.size()),
      begin_(plan.conversations.size() + 1),
      streams_(slice.last_stream - slice.first_stream),
      rank_(streams_.size()),
      live_since_(slice.last_device - slice.first_device, UINT64_MAX) {
    for (std::uint32_t stream = 0; stream < plan.stream_conversation.size(); ++stream)
        if (plan.online(plan.stream_device[stream])) ++devices_[plan.stream_conversation[stream].value];
    for (std::uint32_t stream = slice.first_stream; stream < slice.last_stream; ++stream)
        rank_[stream - slice.first_stream] = begin_[plan.stream_conversation[stream].value + 1]++;
    for (std::size_t c = 1; c < begin_.size(); ++c) begin_[c] += begin_[c - 1];
    for (std::uint32_t stream = slice.first_stream; stream < slice.last_stream; ++stream)
        streams_[begin_[plan.stream_conversation[stream].value] + rank_[stream - slice.first_stream]] =
            stream;
}

void StampBook::went_live(DeviceIndex device, std::uint64_t at_us) {
    live_since_[device.value - slice_.first_device] = at_us;
}

StampBook::Sight StampBook::received(StreamIndex stream, const Stamp& stamp, std::uint64_t at_us) {
    const MessageName name{stamp.conversation.value, stamp.device.value, stamp.k};
    const bool own = stamp.device == plan_.stream_device[stream.value];
    StampedMessage& known = message(name);
    const std::uint32_t rank = rank_[stream.value - slice_.first_stream];
    std::uint64_t& word = words_[known.bits + rank / 64];
    const std::uint64_t bit = std::uint64_t{1} << rank % 64;
    // What was sent before the session began may be history that the backend shows to whoever joins.
    const bool judged =
        there_since(plan_.stream_device[stream.value], stamp.intended_us + std::uint64_t{stamp.lag_us});
    Sight sight;
    if ((word & bit) != 0) {
        sight.duplicate = judged;
        return sight;
    }
    word |= bit;
    if (own) return sight;
    sight.first = true;
    ++known.count;
    if (known.first.get() == Micros40::none || at_us < known.first.get()) known.first.set(at_us);
    if (known.last.get() == Micros40::none || at_us > known.last.get()) known.last.set(at_us);
    if (!judged || !watched(stream, name.conversation)) return sight;
    std::uint32_t& last = last_k_[std::uint64_t{stream.value} << 32 | name.device];
    sight.reordered = name.k < last;
    if (!sight.reordered) last = name.k;
    return sight;
}

bool StampBook::odd(std::uint32_t conversation, std::uint64_t content_hash, EntryClass kind,
                    const RawEvidence& about) {
    const OddContent content{conversation, content_hash};
    const auto known = odd_.find(content);
    if (known != odd_.end()) {
        // The earliest case is kept, whoever comes first.
        if (about < known->second.second) known->second.second = about;
        return false;
    }
    if (odd_.size() < odd_contents_max) odd_.emplace(content, std::pair{kind, about});
    return true;
}

const StampedMessage* StampBook::find(const MessageName& name) const {
    const auto known = index_.find(name);
    return known == index_.end() ? nullptr : &messages_[known->second];
}

std::span<const std::uint32_t> StampBook::streams_of(std::uint32_t conversation) const {
    return std::span(streams_).subspan(begin_[conversation], begin_[conversation + 1] - begin_[conversation]);
}

bool StampBook::holds(const StampedMessage* message, std::uint32_t stream) const {
    if (message == nullptr) return false;
    const std::uint32_t rank = rank_[stream - slice_.first_stream];
    return (words_[message->bits + rank / 64] >> rank % 64 & 1) != 0;
}

StampedMessage& StampBook::message(const MessageName& name) {
    const auto [known, is_new] = index_.try_emplace(name, static_cast<std::uint32_t>(messages_.size()));
    if (!is_new) return messages_[known->second];
    StampedMessage& made = messages_.emplace_back();
    made.name = name;
    made.bits = static_cast<std::uint32_t>(words_.size());
    words_.resize(words_.size() + (streams_of(name.conversation).size() + 63) / 64);
    return made;
}

bool StampBook::watched(StreamIndex stream, std::uint32_t conversation) const {
    const std::uint32_t devices = devices_[conversation];
    return devices <= ordered_receivers_max ||
           mix64(plan_.seed, 0x6f72646572ULL, stream.value) % devices < ordered_receivers_max;
}

}  // namespace hubbub
