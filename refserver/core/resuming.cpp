#include "refserver/core/resuming.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace hubbub {
namespace {

// How soon a stalled resume looks for room again: the time a loopback reader needs for a quarter of an
// outbox.
constexpr Duration look_again_after = std::chrono::milliseconds(2);

}  // namespace

Resuming::Resuming(ShardContext& context, Connections& connections, Topics& topics, Switchboard& switchboard)
    : context_(context), connections_(connections), topics_(topics), switchboard_(switchboard) {}

Resumption& Resuming::resumption_of(Connection& connection) {
    auto& resumption = connection.session->resumption;
    if (!resumption) {
        resumption = std::make_unique<Resumption>();
        resumption->owners.resize(context_.options.shards);
    }
    return *resumption;
}

void Resuming::introduce(Connection& connection, const ConversationId& conversation, Sequence joined) {
    const auto topic = topics_.find(conversation);
    const auto slot = topic ? Topics::slot_in(*connection.session, *topic) : std::nullopt;
    if (slot && topics_.at(*topic).slots[*slot].delivered >= joined) return;  // by a resume of its own
    // Live for less? Perhaps from a time before, whose end is still on its way here: the answer comes behind
    // it, and whether it is needed is seen then.
    Resumption& resumption = resumption_of(connection);
    // Behind what the client asks for itself: what that makes live is not announced a second time.
    resumption.owners[switchboard_.owner_of(conversation).index()].waiting.push_back(
        AttachQuestion{{conversation, 0, joined - 1}, 0, true});
    ++resumption.pending;
    ++resumption.unasked;
    ask(connection);
}

void Resuming::start(Connection& connection, const Resume& resume) {
    resumption_of(connection);
    auto& resumption = connection.session->resumption;
    if (resumption->pending + resume.positions.size() > limits::resume_waiting_max) {
        connections_.end(connection, ErrorCode::overloaded);
        return;
    }
    for (const Position& position : resume.positions) {
        // Named again while live: its live entries queue behind the catch-up like everybody's.
        if (const auto topic = topics_.find(position.conversation))
            topics_.unsubscribe(*connection.session, *topic);
        const ShardId owner = switchboard_.owner_of(position.conversation);
        resumption->owners[owner.index()].waiting.push_back(AttachQuestion{position, 0, false});
    }
    resumption->pending += static_cast<std::uint32_t>(resume.positions.size());
    if (resume.complete) {
        for (OwnerQuestions& questions : resumption->owners) {
            if (questions.complete_wanted) continue;
            questions.complete_wanted = true;
            questions.cursors_wanted = resume.cursors;
            ++resumption->pending;
        }
    }
    if (resumption->pending == resumption->unasked) {
        send_resumed(connection, {}, 0);
        if (resumption->pending == 0) resumption.reset();
        return;
    }
    ask(connection);
}

/// Asks whoever is not asked already. Answers of the own shard come within the question, hence the loop.
void Resuming::ask(Connection& connection) {
    if (connection.session->resumption->asking) return;
    connection.session->resumption->asking = true;
    bool asked = true;
    while (asked && connection.listening() && connection.session->resumption->pending != 0) {
        asked = false;
        auto& owners = connection.session->resumption->owners;
        for (std::uint32_t shard = 0; shard < owners.size(); ++shard) {
            if (owners[shard].idle() || owners[shard].outstanding()) continue;
            if (!has_room(connection) || !ask_owner(connection, ShardId(shard), owners[shard])) {
                stall(connection);
            } else {
                asked = true;
            }
        }
    }
    auto& resumption = connection.session->resumption;
    resumption->asking = false;
    if (resumption->pending == 0) resumption.reset();
}

bool Resuming::ask_owner(Connection& connection, ShardId owner, OwnerQuestions& questions) {
    AttachMail mail{{context_.self, connection.link},
                    connection.session->user,
                    connection.session->device,
                    {},
                    false,
                    false};
    questions.asked = std::min(questions.waiting.size(), limits::resume_ask_positions_max);
    mail.positions.assign(questions.waiting.begin(),
                          questions.waiting.begin() + static_cast<std::ptrdiff_t>(questions.asked));
    // Named positions first: what was named is then known here, and is left out of the complete answer.
    questions.complete_asked = mail.complete = mail.positions.empty() && questions.complete_wanted;
    mail.cursors = mail.complete && questions.cursors_wanted;
    if (switchboard_.request(owner, std::move(mail))) return true;
    questions.asked = 0;
    questions.complete_asked = false;
    return false;
}

/// What is queued and what is asked for may fill half the outbox; the other half is for live entries.
bool Resuming::has_room(const Connection& connection) const {
    const auto& owners = connection.session->resumption->owners;
    const auto asked = static_cast<std::size_t>(
        std::count_if(owners.begin(), owners.end(), [](const auto& owner) { return owner.outstanding(); }));
    const std::size_t queued = connections_.waiting_bytes(connection);
    if (queued == 0 && asked == 0) return true;
    return queued + (asked + 1) * limits::resume_answer_bytes_max <= context_.options.outbox_bytes_max / 2;
}

void Resuming::stall(Connection& connection) {
    Resumption& resumption = *connection.session->resumption;
    if (resumption.stalled) return;
    resumption.stalled = true;
    stalled_.push_back(connection.link);
}

void Resuming::attached(Attached&& attached) {
    Connection* const connection = connections_.find(attached.session.link);
    if (!connection || !connection->session || !connection->session->resumption) {
        abandon(attached);
        return;
    }
    const auto asked_for = [&] {
        return connection->session->resumption->pending - connection->session->resumption->unasked;
    };
    const std::uint32_t before = asked_for();
    const auto positions =
        attached.complete ? note_complete(*connection, attached) : note_answers(*connection, attached);
    if (!positions.empty() || asked_for() != before) send_resumed(*connection, positions, asked_for());
    for (const AttachAnswer& answer : attached.answers) {
        if (connection->listening())
            for (const SharedBytes& frame : answer.frames) connections_.send_promised(*connection, frame);
        context_.counters.catch_up_entries.add(answer.frames.size());
    }
    ask(*connection);
}

/// What the client is to hear of the answers to named positions. The last one may be cut: then it is asked
/// on.
std::vector<ResumedPosition> Resuming::note_answers(Connection& connection, Attached& attached) {
    Resumption& resumption = *connection.session->resumption;
    OwnerQuestions& questions = resumption.owners[attached.owner.index()];
    HUBBUB_ASSERT(!attached.answers.empty() && attached.answers.size() <= questions.asked,
                  "an owner answers the first of its questions");
    std::vector<ResumedPosition> positions;
    for (AttachAnswer& answer : attached.answers) {
        const AttachQuestion question = questions.waiting.front();
        questions.waiting.pop_front();
        const bool first = question.announced == 0;
        if (question.unasked && first && needless(connection, answer)) {
            if (answer.ticket != 0) topics_.attached(answer.position.conversation, answer.ticket);
            answer = {};
            --resumption.pending;
            --resumption.unasked;
            continue;
        }
        if (question.unasked && first) context_.counters.introduced.add();
        if (first) positions.push_back(answer.position);
        if (answer.cut) {
            const Sequence announced = first ? answer.position.head : question.announced;
            questions.waiting.push_front(
                AttachQuestion{{answer.position.conversation, answer.position.epoch, answer.until},
                               announced,
                               question.unasked});
            break;
        }
        context_.counters.resumes.add();
        --resumption.pending;
        if (question.unasked) --resumption.unasked;
        make_live(connection, answer);
    }
    questions.asked = 0;
    return positions;
}

/// Out again already, or live by a resume that the client sent meanwhile.
bool Resuming::needless(const Connection& connection, const AttachAnswer& answer) const {
    if (answer.position.status == ResumeStatus::forbidden) return true;
    const auto topic = topics_.find(answer.position.conversation);
    return topic && Topics::slot_in(*connection.session, *topic);
}

/// Conversations of the user that were not named, at their heads or from the device's cursors.
std::vector<ResumedPosition> Resuming::note_complete(Connection& connection, Attached& attached) {
    Resumption& resumption = *connection.session->resumption;
    OwnerQuestions& questions = resumption.owners[attached.owner.index()];
    std::vector<ResumedPosition> positions;
    for (AttachAnswer& answer : attached.answers) {
        const auto topic = topics_.find(answer.position.conversation);
        if (topic && Topics::slot_in(*connection.session, *topic)) {
            // Named and live already: nothing of it may come twice.
            if (answer.ticket != 0) topics_.attached(answer.position.conversation, answer.ticket);
            answer.frames.clear();
            continue;
        }
        positions.push_back(answer.position);
        if (answer.cut) {
            questions.waiting.push_back(
                AttachQuestion{{answer.position.conversation, answer.position.epoch, answer.until},
                               answer.position.head,
                               false});
            ++resumption.pending;
            continue;
        }
        context_.counters.resumes.add();
        make_live(connection, answer);
    }
    questions.complete_asked = questions.complete_wanted = false;
    --resumption.pending;
    return positions;
}

void Resuming::make_live(Connection& connection, const AttachAnswer& answer) {
    if (answer.ticket == 0) return;
    const std::uint32_t topic = topics_.attached(answer.position.conversation, answer.ticket);
    topics_.subscribe(*connection.session, connection.link, topic, answer.until);
}

/// In frames that a client can take; the last one says how many are pending, those before one more.
void Resuming::send_resumed(Connection& connection, const std::vector<ResumedPosition>& positions,
                            std::uint32_t pending) {
    if (positions.empty() && pending != 0) return;
    std::size_t next = 0;
    do {
        const std::size_t count = std::min(positions.size() - next, limits::resume_positions_max);
        const bool last = next + count == positions.size();
        Resumed resumed{last ? pending : pending + 1, {}};
        resumed.positions.assign(positions.begin() + static_cast<std::ptrdiff_t>(next),
                                 positions.begin() + static_cast<std::ptrdiff_t>(next + count));
        connections_.send(connection, context_.frame_of(resumed));
        next += count;
    } while (next < positions.size());
}

/// Nobody waits for this any more; the owner must not go on sending entries for nobody.
void Resuming::abandon(const Attached& attached) {
    for (const AttachAnswer& answer : attached.answers)
        if (answer.ticket != 0) topics_.settle(topics_.attached(answer.position.conversation, answer.ticket));
}

bool Resuming::covers(const Session& session, const ConversationId& conversation, Sequence sequence) const {
    if (!session.resumption) return false;
    const auto& waiting = session.resumption->owners[switchboard_.owner_of(conversation).index()].waiting;
    return std::any_of(waiting.begin(), waiting.end(), [&](const AttachQuestion& question) {
        return question.position.conversation == conversation && question.position.sequence < sequence;
    });
}

void Resuming::turn() {
    for (std::size_t left = stalled_.size(); left != 0; --left) {
        const LinkId link = stalled_.front();
        stalled_.pop_front();
        Connection* const connection = connections_.find(link);
        if (!connection || !connection->session || !connection->session->resumption) continue;
        connection->session->resumption->stalled = false;
        ask(*connection);
    }
}

Time Resuming::next_deadline() const {
    return stalled_.empty() ? never : context_.now + look_again_after;
}

}  // namespace hubbub
