#include "refserver/api/api_desk.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "refserver/core/keys.hpp"
#include "refserver/core/names.hpp"
#include "refserver/core/partner.hpp"
#include "refserver/core/shard.hpp"

namespace hubbub {
namespace {

/// Requests under way: what one thread of HTTP can keep busy, and no memory to speak of.
constexpr std::size_t waiting_max = 4'096;
/// Far above the time after which the HTTP side answers by itself.
constexpr Duration forget_after = std::chrono::minutes{2};
constexpr std::uint32_t overloaded_retry_ms = 100;

template <class... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

std::vector<std::string> owned(const std::vector<std::string_view>& names) {
    return {names.begin(), names.end()};
}

/// The text of one whole unmasked frame (RFC 6455 section 5.2).
std::string_view payload_of(std::string_view frame) {
    const auto length = static_cast<unsigned char>(frame[1]);
    return frame.substr(length < 126 ? 2 : length == 126 ? 4 : 10);
}

/// What must be looked at besides what the decoder looks at, as sessions do.
bool within_limits(const ClientMessage& message) {
    const auto storable = [](const std::vector<std::string_view>& names) {
        return names.size() <= limits::members_per_frame_max &&
               std::all_of(names.begin(), names.end(), keys::storable_name);
    };
    if (const auto* send = std::get_if<Send>(&message)) return send->body.size() <= limits::body_bytes_max;
    if (const auto* create = std::get_if<Create>(&message))
        return create->key.size() <= limits::key_bytes_max && storable(create->members);
    if (const auto* add = std::get_if<AddMembers>(&message)) return storable(add->members);
    return true;
}

}  // namespace

bool ApiDesk::names_are_good(const std::string& user, const std::string& device) {
    const boost::json::object hello{{"t", "hello"}, {"user", user}, {"device", device}};
    const std::string json = boost::json::serialize(hello);
    return decoder_->decode_client(json).has_value() && keys::storable_name(user) &&
           keys::storable_name(device);
}

void ApiDesk::ask(ApiCall&& call, boost::json::object message, int success, Time now) {
    forget(now);
    const RequestId id = ++last_id_;
    if (message["t"] != "send") message["id"] = id;
    const std::string json = boost::json::serialize(message);
    if (json.size() > limits::client_message_bytes_max)
        return call.answer(api_error(ErrorCode::too_large, "the request is too large"));
    const auto decoded = decoder_->decode_client(json);
    if (decoded.has_error()) return call.answer(api_error(decoded.error().code, decoded.error().detail));
    if (!within_limits(*decoded)) return call.answer(api_error(ErrorCode::too_large, "a limit is exceeded"));
    const ApiCounts counts = host_.counts();
    if (counts.draining) return call.answer(api_error(ErrorCode::going_away, "the server drains", 0, 1'000));

    const SessionRef session = session_of(call);
    if (waiting_ >= waiting_max || !post(call, session, *decoded, now)) {
        forget_idle(session.link.value);
        return call.answer(api_error(ErrorCode::overloaded, {}, 0, overloaded_retry_ms));
    }
    Device& device = devices_.at(session.link.value);
    Expiry expiry{now, session.link.value, 0, {}};
    if (const auto* send = std::get_if<Send>(&*decoded)) {
        expiry.send = {send->conversation, send->number};
        device.sends.emplace(expiry.send, Waiting{std::move(call.answer), success, now});
    } else {
        expiry.id = id;
        device.requests.emplace(id, Waiting{std::move(call.answer), success, now});
    }
    expiries_.push_back(expiry);
    ++waiting_;
}

SessionRef ApiDesk::session_of(const ApiCall& call) {
    std::string name;
    join_names(name, call.user, call.device);
    const auto [found, fresh] = links_.try_emplace(name, last_link_ + 1);
    if (fresh) devices_[++last_link_].name = name;
    return {ShardId(host_.shards()), LinkId(found->second)};
}

bool ApiDesk::post(const ApiCall& call, const SessionRef& session, const ClientMessage& message, Time now) {
    const std::uint32_t shards = host_.shards();
    const auto home_of = [&](std::string_view name) {
        return ShardId(static_cast<std::uint32_t>(stable_hash(name) % shards));
    };
    const auto owner = [&](const ConversationId& id) { return Shard::owner_of(id, shards); };
    return std::visit(
        Overloaded{
            [&](const Send& m) {
                // An administrator's words are not counted as the user's.
                const Duration wait = call.admin ? Duration::zero() : door_.take_send(call.user, now);
                return host_.post(owner(m.conversation),
                                  SendMail{session, call.user, call.device, m.conversation, m.number,
                                           std::string(m.body), retry_after_ms(wait)});
            },
            [&](const Create& m) {
                // As the session side does: creator and key choose the shard.
                std::string key;
                join_names(key, call.user, m.key);
                CreateMail mail{session,          m.id,   call.user,    std::string(m.key), m.kind,
                                owned(m.members), m.open, m.all_history};
                // Who blocks the creator is asked first, there as here.
                std::string other = partner(mail);
                if (other.empty()) return host_.post(home_of(key), std::move(mail));
                const ShardId home = home_of(other);
                return host_.post(home, PermitMail{std::move(mail), std::move(other)});
            },
            [&](const AddMembers& m) {
                return host_.post(owner(m.conversation),
                                  AddMail{session, m.id, call.user, m.conversation, owned(m.members)});
            },
            [&](const ReadHistory& m) {
                return host_.post(owner(m.conversation), HistoryMail{session, m.id, call.user, call.device,
                                                                     m.conversation, m.from, m.limit});
            },
            [](const auto&) { return false; },  // no route makes these
        },
        message);
}

void ApiDesk::deliver(const ShardMail& mail) {
    const auto* const answer = std::get_if<AnswerMail>(&mail);
    if (!answer) return;  // the interface subscribes to nothing
    const std::uint64_t link = answer->session.link.value;
    const auto found = devices_.find(link);
    if (found == devices_.end()) return;
    Device& device = found->second;
    const std::string_view json = payload_of(answer->frame);
    const auto message = answers_->decode_server(json);
    if (message.has_error()) return;
    std::visit(Overloaded{
                   [&](const Ack& m) {
                       answer_all(link, device.sends, SendKey{m.conversation, m.number}, json, *message);
                   },
                   [&](const Rejected& m) {
                       if (m.number != 0)
                           answer_all(link, device.sends, SendKey{m.conversation, m.number}, json, *message);
                       else
                           answer_all(link, device.requests, m.id, json, *message);
                   },
                   [&](const auto& m) {
                       if constexpr (requires { m.id; })
                           answer_all(link, device.requests, m.id, json, *message);
                   },
               },
               *message);
}

template <class Waits, class Key>
void ApiDesk::answer_all(std::uint64_t link, Waits& waits, const Key& key, std::string_view json,
                         const ServerMessage& message) {
    const auto [first, last] = waits.equal_range(key);
    for (auto one = first; one != last; ++one) {
        --waiting_;
        if (const auto* refused = std::get_if<Rejected>(&message)) {
            one->second.answer(api_error(refused->code, {}, 0, refused->retry_after_ms));
        } else {
            one->second.answer({one->second.success, std::string(json), "application/json"});
        }
    }
    waits.erase(first, last);
    forget_idle(link);
}

void ApiDesk::forget_idle(std::uint64_t link) {
    const auto found = devices_.find(link);
    if (found == devices_.end() || found->second.size() != 0) return;
    links_.erase(found->second.name);
    devices_.erase(found);
}

void ApiDesk::forget(Time now) {
    for (; !expiries_.empty() && expiries_.front().since + forget_after <= now; expiries_.pop_front()) {
        const Expiry& expiry = expiries_.front();
        const auto found = devices_.find(expiry.link);
        if (found == devices_.end()) continue;
        const auto old = [&](const auto& waits) { return waits.second.since <= expiry.since; };
        waiting_ -= std::erase_if(found->second.requests,
                                  [&](const auto& w) { return w.first == expiry.id && old(w); });
        waiting_ -= std::erase_if(found->second.sends,
                                  [&](const auto& w) { return w.first == expiry.send && old(w); });
        forget_idle(expiry.link);
    }
}

}  // namespace hubbub
