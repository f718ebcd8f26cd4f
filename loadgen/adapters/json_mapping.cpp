#include "loadgen/adapters/json_mapping.hpp"

#include <array>

#include "loadgen/adapters/json_mapping_reader.hpp"

namespace hubbub {
namespace {

using enum Variable;
constexpr std::array who = {user, device, run};
constexpr std::array where = {user, device, run, room, conversation, kind};
constexpr std::array where_from = {user, device, run, room, conversation, kind, after};
constexpr std::array what = {user, device, run, room, conversation, kind, ref, number, body};
constexpr std::array pages = {user, device, run, room, conversation, kind, request, from, to, after, limit};
constexpr std::array creation = {user, device, run, kind, request, key, members};
constexpr std::array room_names = {run, conversation, kind};

class MappingLoader {
  public:
    MappingLoader(JsonMapping& out, ScenarioErrors& errors) : out_(out), errors_(errors) {}

    void load(const YamlNode& document) {
        MappingMap root(&document, "", errors_);
        if (!root.present()) return;
        const YamlNode* const version = root.scalar("mapping");
        if (version == nullptr || version->text != "1") root.refuse("mapping", "expected `mapping: 1`");
        (void)root.scalar("name");
        if (const YamlNode* const protocol = root.scalar("subprotocol")) out_.subprotocol = protocol->text;
        shows(root);
        rooms(root);
        verb(root, "open", who, out_.open, &MappingLoader::welcome);
        joining(root);
        sending(root);
        receiving(root);
        verb(root, "history", pages, out_.history, &MappingLoader::page);
        beats(root);
        if (errors_.empty()) check(root);
    }

  private:
    using Details = void (MappingLoader::*)(MappingMap&, JsonHeard&);

    void shows(MappingMap& root) {
        MappingMap map(root.find("shows"), "shows", errors_);
        if (!map.present())
            return root.refuse("shows", "missing: {acks: yes, sequence: no, history: no, echo: none}");
        BackendAbilities& shows = out_.shows;
        shows.numbers = false;
        shows.talk = false;
        shows.presence = false;
        shows.receipts = false;
        shows.acks = map.flag("acks").value_or(false);
        shows.sequence = map.flag("sequence").value_or(false);
        shows.history = map.flag("history").value_or(false);
        shows.resend = map.flag("resend").value_or(false);
        shows.membership = map.flag("membership").value_or(false);
        if (shows.membership)
            map.refuse("membership", "positions of joins and leaves are not built in this version: write no");
        constexpr std::array<std::string_view, 3> echoes = {"none", "devices", "all"};
        shows.echo = static_cast<Echo>(map.choice("echo", echoes));
    }

    void rooms(MappingMap& root) {
        MappingMap map(root.find("rooms"), "rooms", errors_);
        if (!map.present())
            return root.refuse("rooms", "missing: {name: \"room-{run}-{conversation}\"}, or create");
        if (const YamlNode* const name = map.scalar("name")) {
            auto made = JsonTemplate::compile_text(name->text, room_names);
            if (!made)
                map.refuse("name", made.error().message);
            else if (!made->uses(conversation))
                map.refuse("name", "without {conversation} all conversations are one room");
            else if (out_.shows.sequence && !made->uses(run))
                map.refuse("name",
                           "with sequence numbers a room must be new in every run: put {run} into it");
            else
                out_.room_name = std::move(*made);
        }
        const bool created = map.find("create") != nullptr;
        verb(map, "create", creation, out_.create, &MappingLoader::created);
        if (created == (map.find("name") != nullptr)) map.refuse("create", "expected name or create");
        if (created && (!out_.create.say || !out_.create.answer))
            map.refuse("create", "expected say and answer: the answer tells the room's name");
    }

    void joining(MappingMap& root) {
        MappingMap join(root.find("join"), "join", errors_);
        out_.join.say = join.say("say", where);
        answer(join, out_.join, &MappingLoader::joined);
        out_.grace = join.duration("grace").value_or(std::chrono::seconds{1});
        MappingMap resume(root.find("resume"), "resume", errors_);
        out_.resume.say = resume.say("say", where_from);
        constexpr std::array<std::string_view, 2> ways = {"pushed", "paged"};
        out_.resume_paged = resume.choice("catch_up", ways) == 1;
        out_.shows.resume = resume.present();
    }

    void sending(MappingMap& root) {
        MappingMap send(root.find("send"), "send", errors_);
        out_.send.say = send.say("say", what);
        if (!out_.send.say && errors_.empty()) root.refuse("send", "missing: {say: '...{body}...'}");
        if (out_.send.say && !out_.send.say->uses(body))
            send.refuse("say", "without {body} nothing can be recognized again");
        MappingMap ack(root.find("acknowledge"), "acknowledge", errors_);
        if (ack.present()) heard(ack, out_.acknowledge.emplace(), &MappingLoader::acknowledged);
        const YamlNode* const rejects = root.find("reject");
        if (rejects == nullptr) return;
        const bool many = rejects->kind == YamlNode::Kind::list;
        for (const YamlNode& one : many ? std::span(rejects->items) : std::span(rejects, 1)) {
            MappingMap map(&one, "reject", errors_);
            if (map.present()) heard(map, out_.reject.emplace_back(), &MappingLoader::rejected);
        }
    }

    void receiving(MappingMap& root) {
        MappingMap map(root.find("receive"), "receive", errors_);
        if (!map.present()) return root.refuse("receive", "missing: {when: ..., room: /..., body: /...}");
        heard(map, out_.receive, &MappingLoader::entry);
    }

    void beats(MappingMap& root) {
        MappingMap map(root.find("beat"), "beat", errors_);
        out_.beat.say = map.say("say", who);
        out_.beat_every = map.duration("every").value_or(std::chrono::seconds{5});
        if (map.present() && out_.beat_every < std::chrono::milliseconds{100})
            map.refuse("every", "expected at least 100ms");
    }

    void verb(MappingMap& parent, std::string_view name, std::span<const Variable> allowed, JsonVerb& out,
              Details details) {
        MappingMap map(parent.find(name), parent.path_of(name), errors_);
        out.say = map.say("say", allowed);
        answer(map, out, details);
        if (map.present() && !out.say && errors_.empty()) map.refuse("say", "missing");
    }

    void answer(MappingMap& verb, JsonVerb& out, Details details) {
        MappingMap map(verb.find("answer"), verb.path_of("answer"), errors_);
        if (map.present()) heard(map, out.answer.emplace(), details);
    }

    void heard(MappingMap& map, JsonHeard& out, Details details) {
        map.when(out);
        (this->*details)(map, out);
    }

    // ---- where in a message to find what counts
    void welcome(MappingMap&, JsonHeard&) {}
    void created(MappingMap& map, JsonHeard& out) {
        out.room = required(map, "room");
        out.request = required(map, "request");
    }
    void joined(MappingMap& map, JsonHeard& out) {
        out.room = map.pointer("room");
        out.head = map.pointer("head");
    }
    void acknowledged(MappingMap& map, JsonHeard& out) {
        out.ref = map.pointer("ref");
        out.number = map.pointer("n");
        out.room = map.pointer("room");
        out.sequence = map.pointer("sequence");
        if (!out.ref && !out.room)
            map.refuse("ref",
                       "missing: where the acknowledgement repeats {ref}, or room: where it names the room");
    }
    void rejected(MappingMap& map, JsonHeard& out) {
        acknowledged(map, out);
        constexpr std::array<std::string_view, 2> words = {"refused", "unknown"};
        out.definite = map.choice("means", words) == 0;
    }
    void entry(MappingMap& map, JsonHeard& out) {
        out.room = map.pointer("room");
        out.body = required(map, "body");
        out.sender = map.pointer("sender");
        out.sequence = out_.shows.sequence ? required(map, "sequence") : map.pointer("sequence");
    }
    void page(MappingMap& map, JsonHeard& out) {
        out.request = required(map, "request");
        out.entries = required(map, "entries");
        out.head = map.pointer("head");
        out.body = required(map, "body");
        out.sender = map.pointer("sender");
        out.sequence = required(map, "sequence");
    }
    std::optional<JsonPointer> required(MappingMap& map, std::string_view key) {
        auto pointer = map.pointer(key);
        if (!pointer && errors_.empty()) map.refuse(key, "missing: a JSON pointer to it");
        return pointer;
    }

    // ---- how it must fit together
    void check(MappingMap& root) {
        BackendAbilities& shows = out_.shows;
        const auto refuse = [&](bool wrong, std::string_view key, const std::string& why) {
            if (wrong) root.refuse(key, why);
        };
        refuse(shows.acks != out_.acknowledge.has_value(), "shows",
               "acks: yes and acknowledge: {when: ...} belong together");
        refuse(shows.history && !shows.sequence, "shows",
               "a history without sequence numbers cannot be read");
        refuse(shows.history != out_.history.say.has_value() || (shows.history && !out_.history.answer),
               "shows", "history: yes and history: {say: ..., answer: ...} belong together");
        refuse(out_.resume_paged && (!shows.history || !out_.join.answer || !out_.join.answer->head),
               "resume", "catch_up: paged needs history, and join.answer.head to know up to where");
        refuse(shows.sequence && shows.acks && shows.echo != Echo::all && !out_.acknowledge->sequence,
               "acknowledge", "with sequence numbers, sequence is missing: where the message stands");
        refuse(
            shows.sequence && !shows.acks && shows.echo != Echo::all, "shows",
            "nobody tells the sender where its message stands (no acks, no echo to it): write sequence: no");
        refuse(shows.sequence && !shows.resume, "shows",
               "who joins late, or comes back, cannot tell what was sent before from a loss: with sequence "
               "numbers, "
               "resume is missing (or write sequence: no)");
        refuse(shows.sequence && shows.resume && !out_.resume_paged && !out_.resume.say, "resume",
               "catch_up: pushed needs say, with {after}");
        refuse(out_.resume.say && !out_.join.say, "resume", "expected join as well");
        refuse(out_.resume.say && !shows.sequence, "resume",
               "without sequence numbers nothing can be resumed: a session that comes back joins again");
        refuse(out_.join.answer && out_.join.say && !out_.join.answer->room, "join",
               "answer.room is missing: which join it answers");
    }

    JsonMapping& out_;
    ScenarioErrors& errors_;
};

}  // namespace

Result<JsonMapping> load_json_mapping(std::string_view text, const std::string& file) {
    ScenarioErrors errors(file);
    YamlNode root;
    JsonMapping out;
    if (parse_yaml(text, 0, root, errors)) MappingLoader(out, errors).load(root);
    if (!errors.empty()) return fail(errors.text());
    return out;
}

}  // namespace hubbub
