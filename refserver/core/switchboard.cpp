#include "refserver/core/switchboard.hpp"

#include <utility>

#include "base/assert.hpp"
#include "refserver/core/device_registry.hpp"
#include "refserver/core/names.hpp"
#include "refserver/core/owner_side.hpp"
#include "refserver/core/presence_home.hpp"
#include "refserver/core/session_side.hpp"

namespace hubbub {
namespace {

// Another shard's queue is tried again after this: long enough for its thread to take a turn.
constexpr Duration retry_after = std::chrono::microseconds(500);

AttachedMail to_mail(const Attached& attached) {
    AttachedMail mail{attached.session, attached.owner, {}, attached.complete};
    mail.answers.reserve(attached.answers.size());
    for (const AttachAnswer& answer : attached.answers) {
        auto& copy = mail.answers.emplace_back();
        copy.position = answer.position;
        copy.ticket = answer.ticket;
        copy.cut = answer.cut;
        copy.until = answer.until;
        copy.frames.reserve(answer.frames.size());
        for (const SharedBytes& frame : answer.frames) copy.frames.emplace_back(frame.view());
    }
    return mail;
}

Attached from_mail(const AttachedMail& mail) {
    Attached attached{mail.session, mail.owner, {}, mail.complete};
    attached.answers.reserve(mail.answers.size());
    for (const auto& answer : mail.answers) {
        auto& copy = attached.answers.emplace_back();
        copy.position = answer.position;
        copy.ticket = answer.ticket;
        copy.cut = answer.cut;
        copy.until = answer.until;
        copy.frames.reserve(answer.frames.size());
        for (const std::string& frame : answer.frames) copy.frames.push_back(SharedBytes::copy_of(frame));
    }
    return attached;
}

/// Where each mail goes. One line a mail.
struct Delivery {
    OwnerSide& owner;
    SessionSide& sessions;
    DeviceRegistry& registry;
    PresenceHome& presence;

    void operator()(AttachMail& m) const { owner.attach(m); }
    void operator()(DetachMail& m) const { owner.detach(m); }
    void operator()(LeftMail& m) const { owner.left(m); }
    void operator()(SendMail& m) const {
        owner.send(
            {m.session, m.user, m.device, m.conversation, m.number, m.body, m.refuse_for_ms, m.op, m.target});
    }
    void operator()(CreateMail& m) const { owner.create(std::move(m)); }
    void operator()(AddMail& m) const { owner.add(m); }
    void operator()(HistoryMail& m) const { owner.history(m); }
    void operator()(ChangeMail& m) const { owner.change(m); }
    void operator()(MembersMail& m) const { owner.members(m); }
    void operator()(ReceiptMail& m) const { owner.receipts().take(m); }
    void operator()(ListReceiptsMail& m) const { owner.receipts().list(m); }
    void operator()(TypingMail& m) const { owner.typings().take(m); }
    void operator()(ReactMail& m) const { owner.reactions().react(m); }
    void operator()(ListReactionsMail& m) const { owner.reactions().list(m); }
    void operator()(ChangeContactMail& m) const { owner.contacts().change(m); }
    void operator()(ListContactsMail& m) const { owner.contacts().list(m); }
    void operator()(PermitMail& m) const { owner.contacts().permit(std::move(m)); }
    void operator()(BlockMail& m) const { owner.contacts().blocked(m); }

    void operator()(AttachedMail& m) const { sessions.attached(from_mail(m)); }
    void operator()(AnswerMail& m) const {
        sessions.answer({m.session, SharedBytes::copy_of(m.frame), m.conversation, m.sequence});
    }
    void operator()(FanOutMail& m) const {
        const auto frame = m.frame.empty() ? SharedBytes() : SharedBytes::copy_of(m.frame);
        const auto ack = m.ack.empty() ? SharedBytes() : SharedBytes::copy_of(m.ack);
        sessions.fan_out(
            {m.conversation, m.sequence, frame, m.user, m.device, ack, m.hidden_user, m.hidden_device});
    }
    void operator()(WhisperMail& m) const {
        sessions.whisper({m.conversation, SharedBytes::copy_of(m.frame), m.user, m.device});
    }
    void operator()(ReplacedMail& m) const { sessions.end(m.session, m.why); }
    void operator()(DepartMail& m) const { sessions.depart(m); }
    void operator()(NudgeMail& m) const { sessions.introduce(m); }
    void operator()(RevokeMail& m) const { sessions.revoke(m.revocation); }
    void operator()(WatchedMail& m) const { sessions.presence().take(std::move(m)); }
    void operator()(PresenceNewsMail& m) const { sessions.presence().take(std::move(m)); }

    void operator()(ClaimMail& m) const { registry.claim(m); }
    void operator()(ReleaseMail& m) const { registry.release(m); }
    void operator()(IntroduceMail& m) const { registry.introduce(m); }
    void operator()(SessionsMail& m) const { registry.sessions(m); }
    void operator()(DeviceLifeMail& m) const { presence.take(m); }
    void operator()(SetPresenceMail& m) const { presence.take(m); }
    void operator()(WatchMail& m) const { presence.take(m); }
    void operator()(ForgetWatchesMail& m) const { presence.take(m); }
};

}  // namespace

Switchboard::Switchboard(ShardContext& context, Mailroom& mailroom)
    : context_(context), mailroom_(mailroom), backlog_(context.options.shards + 1) {}

void Switchboard::connect(SessionSide& sessions, OwnerSide& owner, DeviceRegistry& registry,
                          PresenceHome& presence) {
    sessions_ = &sessions;
    owner_ = &owner;
    registry_ = &registry;
    presence_ = &presence;
}

ShardId Switchboard::home_of(std::string_view name) const {
    return ShardId(static_cast<std::uint32_t>(stable_hash(name) % context_.options.shards));
}

bool Switchboard::send(const SendRequest& request) {
    const ShardId to = owner_of(request.conversation);
    if (to == context_.self) {
        owner_->send(request);
        return true;
    }
    return try_post(to, SendMail{request.session, std::string(request.user), std::string(request.device),
                                 request.conversation, request.number, std::string(request.body),
                                 request.refuse_for_ms, request.op, request.target});
}

bool Switchboard::request(ShardId to, ShardMail&& mail) {
    if (to != context_.self) return try_post(to, std::move(mail));
    deliver(std::move(mail));
    return true;
}

void Switchboard::post(ShardId to, ShardMail&& mail) {
    if (to == context_.self) {
        deliver(std::move(mail));
    } else if (!try_post(to, std::move(mail))) {
        backlog_[to.index()].push_back(std::move(mail));
        ++waiting_;
    }
}

/// Behind what waits already, so that mails keep their order.
bool Switchboard::try_post(ShardId to, ShardMail&& mail) {
    if (backlog_[to.index()].empty() && mailroom_.post(to, std::move(mail))) return true;
    context_.counters.mailbox_rejects.add();
    return false;
}

void Switchboard::attached(Attached&& attached) {
    const ShardId to = attached.session.shard;
    if (to == context_.self) {
        sessions_->attached(std::move(attached));
    } else {
        post(to, to_mail(attached));
    }
}

void Switchboard::answer(Answer&& answer) {
    const ShardId to = answer.session.shard;
    if (to == context_.self) {
        sessions_->answer(answer);
    } else {
        post(to, AnswerMail{answer.session, std::string(answer.frame.view()), answer.conversation,
                            answer.sequence});
    }
}

void Switchboard::fan_out(ShardId to, const FanOut& entry) {
    if (to == context_.self) {
        sessions_->fan_out(entry);
    } else {
        post(to, FanOutMail{entry.conversation, entry.sequence, std::string(entry.frame.view()),
                            std::string(entry.user), std::string(entry.device), std::string(entry.ack.view()),
                            std::string(entry.hidden_user), std::string(entry.hidden_device)});
    }
}

void Switchboard::whisper(ShardId to, const Whisper& whisper) {
    if (to == context_.self) {
        sessions_->whisper(whisper);
    } else if (!try_post(to, WhisperMail{whisper.conversation, std::string(whisper.frame.view()),
                                         std::string(whisper.user), std::string(whisper.device)})) {
        context_.counters.whispers_dropped.add();
    }
}

void Switchboard::deliver(ShardMail&& mail) {
    std::visit(Delivery{*owner_, *sessions_, *registry_, *presence_}, mail);
}

void Switchboard::turn() {
    if (waiting_ == 0) return;
    for (std::size_t shard = 0; shard < backlog_.size(); ++shard) {
        auto& queue = backlog_[shard];
        while (!queue.empty() &&
               mailroom_.post(ShardId(static_cast<std::uint32_t>(shard)), std::move(queue.front()))) {
            queue.pop_front();
            --waiting_;
        }
    }
}

Time Switchboard::next_deadline() const {
    return waiting_ == 0 ? never : context_.now + retry_after;
}

}  // namespace hubbub
