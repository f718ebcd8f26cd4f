// Any chat that speaks JSON over WebSocket, by a mapping file (docs/ADAPTERS.md): templates for what is said,
// patterns and pointers for what is heard.
#include <unordered_map>

#include "base/random.hpp"
#include "loadgen/adapters/adapter.hpp"
#include "loadgen/adapters/json_mapping.hpp"

namespace hubbub {
namespace {

struct HashOfText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

/// The id that stands for a room's name in this run. FNV-1a twice: names are ours or the backend's, not an
/// enemy's.
ConversationId id_of(std::string_view room) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : room) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return {mix64(hash, room.size()), mix64(hash, 1) | 1};
}

class JsonWsAdapter final : public Adapter {
  public:
    explicit JsonWsAdapter(JsonMapping mapping) : map_(std::move(mapping)) {}

    [[nodiscard]] std::string_view name() const override { return "json-ws"; }
    [[nodiscard]] BackendAbilities abilities() const override { return map_.shows; }
    [[nodiscard]] std::string_view subprotocol() const override { return map_.subprotocol; }
    [[nodiscard]] bool binary() const override { return false; }
    [[nodiscard]] Duration grace() const override { return map_.join.say ? map_.grace : Duration{}; }
    [[nodiscard]] Welcome welcome() const override {
        const auto every = std::chrono::duration_cast<std::chrono::milliseconds>(map_.beat_every);
        return {{}, static_cast<std::uint32_t>(every.count()), 0, 0};
    }
    [[nodiscard]] std::vector<ReadyConversation> existing(const Plan& plan, std::uint32_t run) const override;
    [[nodiscard]] std::string name_of(const ConversationId& id) const override {
        const auto known = created_.find(id);
        return known == created_.end() ? std::string() : known->second;
    }
    void know(std::span<const ReadyConversation> conversations) override;

    Spoken encode(const ClientMessage& message, const Speaker& speaker, Payloads& out) override {
        return std::visit([&](const auto& one) { return say(one, speaker, out); }, message);
    }
    Result<const ServerMessage*, DecodeError> decode(std::string_view payload,
                                                     const Speaker& speaker) override;

  private:
    struct Room {
        std::string name;
        ConversationId id;
    };

    Spoken say(const Hello& hello, const Speaker& speaker, Payloads& out);
    Spoken say(const Resume& resume, const Speaker& speaker, Payloads& out);
    Spoken say(const Send& send, const Speaker& speaker, Payloads& out);
    Spoken say(const Create& create, const Speaker& speaker, Payloads& out);
    /// Whatever else a client says: this dialect has no such word.
    template <class Other>
    Spoken say(const Other&, const Speaker&, Payloads&) {
        return Spoken::nothing;
    }
    Spoken say(const ReadHistory& read, const Speaker& speaker, Payloads& out);
    Spoken say(const Beat&, const Speaker& speaker, Payloads& out);
    /// Who and where, for a template.
    VariableValues values(const Speaker& speaker, const ConversationId* conversation);

    Result<const ServerMessage*, DecodeError> heard(ServerMessage message) {
        heard_ = std::move(message);
        return &heard_;
    }
    Result<const ServerMessage*, DecodeError> joined(simdjson::dom::element in, const Speaker& speaker);
    Result<const ServerMessage*, DecodeError> created(simdjson::dom::element in);
    Result<const ServerMessage*, DecodeError> answered(const JsonHeard& how, simdjson::dom::element in,
                                                       bool rejected);
    Result<const ServerMessage*, DecodeError> page(simdjson::dom::element in);
    Result<Entry, DecodeError> entry(const JsonHeard& how, simdjson::dom::element in) const;
    /// Nothing for a room of nobody's: its id is not one of ours either.
    [[nodiscard]] ConversationId room_id(std::string_view name) const;

    const JsonMapping map_;
    simdjson::dom::parser parser_;
    ServerMessage heard_;
    std::vector<Room> rooms_;  ///< by ConversationIndex
    std::unordered_map<ConversationId, std::uint32_t> index_of_;
    std::unordered_map<std::string, std::uint32_t, HashOfText, std::equal_to<>> by_name_;
    std::unordered_map<ConversationId, std::string> created_;  ///< setup only
    std::string user_, device_, ref_;
};

DecodeError wrong(std::string what) {
    return {ErrorCode::bad_message, std::move(what)};
}

std::vector<ReadyConversation> JsonWsAdapter::existing(const Plan& plan, std::uint32_t run) const {
    std::vector<ReadyConversation> out;
    if (!map_.room_name) return out;
    VariableValues values;
    values.run = run;
    for (std::size_t c = 0; c < plan.conversations.size(); ++c) {
        values.conversation = c;
        values.kind = hubbub::name(plan.conversations[c].kind);
        std::string room;
        map_.room_name->append(values, room);
        out.push_back({id_of(room), 0, 0, room});
    }
    return out;
}

void JsonWsAdapter::know(std::span<const ReadyConversation> conversations) {
    rooms_.clear();
    index_of_.clear();
    by_name_.clear();
    for (const ReadyConversation& one : conversations) {
        const auto index = static_cast<std::uint32_t>(rooms_.size());
        rooms_.push_back({one.name, one.id});
        index_of_[one.id] = index;
        by_name_[one.name] = index;
    }
}

// ---- saying

VariableValues JsonWsAdapter::values(const Speaker& speaker, const ConversationId* conversation) {
    VariableValues out;
    user_ = speaker.session.empty() ? speaker.plan.user_name(speaker.plan.user_of(speaker.device))
                                    : std::string(speaker.session);
    device_ = speaker.session.empty() ? speaker.plan.device_name(speaker.device, speaker.run) : "d0";
    out.user = user_;
    out.device = device_;
    out.run = speaker.run;
    if (conversation == nullptr) return out;
    const std::uint32_t index = index_of_.at(*conversation);
    out.conversation = index;
    out.room = rooms_[index].name;
    out.kind = hubbub::name(speaker.plan.conversations[index].kind);
    return out;
}

Spoken JsonWsAdapter::say(const Hello&, const Speaker& speaker, Payloads& out) {
    if (map_.open.say) map_.open.say->append(values(speaker, nullptr), out.bytes);
    return map_.open.answer ? Spoken::said : Spoken::granted;
}

Spoken JsonWsAdapter::say(const Resume& resume, const Speaker& speaker, Payloads& out) {
    if (!map_.join.say) return Spoken::granted;
    for (const Position& position : resume.positions) {
        VariableValues all = values(speaker, &position.conversation);
        all.after = position.sequence;
        // Also a first join goes on from somewhere: who comes late is owed what was said before.
        (map_.resume.say ? map_.resume.say : map_.join.say)->append(all, out.bytes);
        out.ends.push_back(static_cast<std::uint32_t>(out.bytes.size()));
    }
    speaker.memory += resume.positions.size();  // joins that are not answered yet
    return map_.join.answer ? Spoken::said : Spoken::granted;
}

Spoken JsonWsAdapter::say(const Send& send, const Speaker& speaker, Payloads& out) {
    VariableValues all = values(speaker, &send.conversation);
    ref_ = std::to_string(all.conversation) + "." + std::to_string(send.number);
    all.ref = ref_;
    all.number = send.number;
    all.body = send.body;
    map_.send.say->append(all, out.bytes);
    return Spoken::said;
}

Spoken JsonWsAdapter::say(const Create& create, const Speaker& speaker, Payloads& out) {
    VariableValues all = values(speaker, nullptr);
    all.request = create.id;
    all.key = create.key;
    all.kind = hubbub::name(create.kind);
    all.members = create.members;
    map_.create.say->append(all, out.bytes);
    return Spoken::said;
}

Spoken JsonWsAdapter::say(const ReadHistory& read, const Speaker& speaker, Payloads& out) {
    if (!map_.history.say) return Spoken::nothing;
    VariableValues all = values(speaker, &read.conversation);
    all.request = read.id;
    all.from = read.from;
    all.after = read.from - 1;
    all.limit = read.limit;
    all.to = read.from + read.limit - 1;
    map_.history.say->append(all, out.bytes);
    return Spoken::said;
}

Spoken JsonWsAdapter::say(const Beat&, const Speaker& speaker, Payloads& out) {
    if (!map_.beat.say) return Spoken::nothing;
    map_.beat.say->append(values(speaker, nullptr), out.bytes);
    return Spoken::said;
}

// ---- hearing

ConversationId JsonWsAdapter::room_id(std::string_view name) const {
    const auto known = by_name_.find(name);
    return known == by_name_.end() ? id_of(name) : rooms_[known->second].id;
}

Result<const ServerMessage*, DecodeError> JsonWsAdapter::decode(std::string_view payload,
                                                                const Speaker& speaker) {
    simdjson::dom::element in;
    if (const auto error = parser_.parse(payload.data(), payload.size()).get(in))
        return wrong("not JSON: " + std::string(simdjson::error_message(error)));
    if (map_.receive.matches(in)) {
        auto one = entry(map_.receive, in);
        if (!one) return one.error();
        return heard(std::move(*one));
    }
    if (map_.acknowledge && map_.acknowledge->matches(in)) return answered(*map_.acknowledge, in, false);
    for (const JsonHeard& reject : map_.reject)
        if (reject.matches(in)) return answered(reject, in, true);
    if (map_.history.answer && map_.history.answer->matches(in)) return page(in);
    if (map_.join.answer && map_.join.answer->matches(in)) return joined(in, speaker);
    if (map_.open.answer && map_.open.answer->matches(in)) return heard(welcome());
    if (map_.create.answer && map_.create.answer->matches(in)) return created(in);
    return static_cast<const ServerMessage*>(nullptr);
}

Result<Entry, DecodeError> JsonWsAdapter::entry(const JsonHeard& how, simdjson::dom::element in) const {
    Entry out;
    if (how.room) {
        const auto room = how.room->text(in);
        if (!room) return wrong("a message without its room at " + how.room->written());
        out.conversation = room_id(*room);
    }
    const auto body = how.body->text(in);
    if (!body) return wrong("a message without its body at " + how.body->written());
    out.body = *body;
    if (how.sender) {
        const auto sender = how.sender->text(in);
        if (!sender) return wrong("a message without its sender at " + how.sender->written());
        out.user = *sender;
    }
    if (!map_.shows.sequence) return out;
    const auto sequence = how.sequence->number(in);
    if (!sequence) return wrong("a message without its sequence number at " + how.sequence->written());
    out.sequence = *sequence;
    return out;
}

Result<const ServerMessage*, DecodeError> JsonWsAdapter::joined(simdjson::dom::element in,
                                                                const Speaker& speaker) {
    const auto room = map_.join.answer->room->text(in);
    if (!room) return wrong("an answer to a join without its room at " + map_.join.answer->room->written());
    if (speaker.memory == 0)
        return static_cast<const ServerMessage*>(nullptr);  // news of somebody else's join
    Resumed out;
    out.pending = static_cast<std::uint32_t>(--speaker.memory);
    ResumedPosition position{room_id(*room), 0, 0, 0,
                             map_.resume_paged ? ResumeStatus::too_old : ResumeStatus::ok};
    if (map_.join.answer->head) {
        const auto head = map_.join.answer->head->number(in);
        if (!head)
            return wrong("an answer to a join without its head at " + map_.join.answer->head->written());
        position.from = 1;  // the client knows from where; that there is a head is what this says
        position.head = *head;
    }
    out.positions.push_back(position);
    return heard(std::move(out));
}

Result<const ServerMessage*, DecodeError> JsonWsAdapter::created(simdjson::dom::element in) {
    const auto room = map_.create.answer->room->text(in);
    const auto request = map_.create.answer->request->number(in);
    if (!room || !request) return wrong("an answer to a create without its room or request");
    Created out;
    out.id = *request;
    out.conversation = id_of(*room);
    created_[out.conversation] = *room;
    return heard(out);
}

Result<const ServerMessage*, DecodeError> JsonWsAdapter::answered(const JsonHeard& how,
                                                                  simdjson::dom::element in, bool rejected) {
    ConversationId conversation;
    WireNumber number = 0;
    if (how.ref) {
        // "<conversation>.<n>", as {ref} said it.
        const auto ref = how.ref->text(in);
        const std::size_t dot = ref ? ref->find('.') : std::string_view::npos;
        if (dot == std::string_view::npos || dot == 0)
            return wrong("an answer to a send without its {ref} at " + how.ref->written());
        const std::uint64_t index = std::strtoull(std::string(ref->substr(0, dot)).c_str(), nullptr, 10);
        number = std::strtoull(std::string(ref->substr(dot + 1)).c_str(), nullptr, 10);
        if (index >= rooms_.size()) return wrong("an answer to a send that was never made");
        conversation = rooms_[index].id;
    } else {
        const auto room = how.room->text(in);
        if (!room) return wrong("an answer to a send without its room at " + how.room->written());
        conversation = room_id(*room);
        if (how.number) number = how.number->number(in).value_or(0);
    }
    if (rejected) {
        const ErrorCode code = how.definite ? ErrorCode::forbidden : ErrorCode::unknown_outcome;
        return heard(Rejected{code, 0, conversation, number, 0});
    }
    Ack out{conversation, number, 0};
    if (how.sequence && map_.shows.sequence) {
        const auto sequence = how.sequence->number(in);
        if (!sequence)
            return wrong("an acknowledgement without its sequence number at " + how.sequence->written());
        out.sequence = *sequence;
    }
    return heard(out);
}

Result<const ServerMessage*, DecodeError> JsonWsAdapter::page(simdjson::dom::element in) {
    const JsonHeard& how = *map_.history.answer;
    HistoryPage out;
    const auto request = how.request->number(in);
    const auto entries = how.entries->find(in);
    simdjson::dom::array array;
    if (!request || !entries || entries->get(array) != simdjson::SUCCESS)
        return wrong("a page of history without its request or its entries");
    out.id = *request;
    for (const simdjson::dom::element element : array) {
        JsonHeard of_entry = how;
        auto one = entry(of_entry, element);
        if (!one) return one.error();
        out.entries.push_back(*one);
    }
    if (how.head)
        out.head = how.head->number(in).value_or(0);
    else if (!out.entries.empty())
        out.head = out.entries.back().sequence + 1;  // an empty page will end it
    return heard(std::move(out));
}

}  // namespace

Result<std::unique_ptr<Adapter>> make_json_ws_adapter(const Target& target) {
    auto mapping = load_json_mapping(target.mapping_text, target.mapping);
    if (!mapping) return mapping.error();
    return std::unique_ptr<Adapter>(std::make_unique<JsonWsAdapter>(std::move(*mapping)));
}

}  // namespace hubbub
