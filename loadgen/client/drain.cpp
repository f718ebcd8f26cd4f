// Closing holes by history, during the run and at its end; the audit; the end.
#include <algorithm>

#include "base/random.hpp"
#include "loadgen/client/worker_impl.hpp"
#include "loadgen/plan/churn.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

constexpr auto page_entries = static_cast<std::uint32_t>(limits::history_page_entries_max);
/// An audit that the server refused this often, with growing pauses between, is given up.
constexpr std::uint32_t audit_refusals_max = 10;

bool worth_another_try(ErrorCode code) {
    return code == ErrorCode::overloaded || code == ErrorCode::rate_limited ||
           code == ErrorCode::too_many_in_flight || code == ErrorCode::going_away;
}

}  // namespace

void Worker::Impl::repair(VirtualClient& client, StreamIndex stream, Sequence last, Time now) {
    if (!abilities.history) return;
    Errands& errands = client.need_errands();
    Sequence first = checker.missing_from(stream);
    for (const Errands::Hopeless& hole : errands.hopeless)
        if (hole.stream == stream) first = std::max(first, hole.paged_to + 1);
    for (RepairJob& job : errands.repairs) {
        if (job.stream != stream) continue;
        job.last = std::max(job.last, last);
        return;
    }
    if (first > last) return client.drop_errands_if_done();
    errands.repairs.push_back({stream, first, last});
    ask_repair(client, now);
}

void Worker::Impl::ask_repair(VirtualClient& client, Time now) {
    if (!client.live() || !client.errands) return;
    Errands& errands = *client.errands;
    if (errands.repairs.empty() || errands.repair_request != 0 || errands.retry_at != never) return;
    const RepairJob& job = errands.repairs.front();
    errands.repair_request = ++last_request;
    errands.repair_asked = now;
    const Sequence wanted = std::min<Sequence>(page_entries, job.last - job.next + 1);
    say(client,
        ReadHistory{errands.repair_request, ready_of(job.stream).id, job.next,
                    static_cast<std::uint32_t>(wanted)},
        now);
    watch(client, now);
}

void Worker::Impl::take_page(VirtualClient& client, const HistoryPage& page, Time now) {
    if (!client.errands) return errors.count("protocol: a page that was not asked for");
    Errands& errands = *client.errands;
    if (page.id != 0 && page.id == errands.repair_request) return take_repair_page(client, page, now);
    const auto audit = std::find_if(errands.audits.begin(), errands.audits.end(),
                                    [&](const Errands::Audit& a) { return a.request == page.id; });
    if (audit == errands.audits.end()) return errors.count("protocol: a page that was not asked for");
    const Errands::Audit asked = *audit;
    errands.audits.erase(audit);
    take_audit_page(client, asked, page, now);
}

void Worker::Impl::foreign_in_page(const VirtualClient& client, const CachedEntry& seen, Time now) {
    errors.count("protocol: a foreign entry in a page");
    if (!abilities.numbers) return;  // such a backend need not say of which conversation an entry is
    const bool member = seen.known_conversation && plan.stream_of(device_of(client), seen.entry.conversation);
    if (!member) checker.received_by_stranger(device_of(client), seen.entry, now);
}

void Worker::Impl::take_repair_page(VirtualClient& client, const HistoryPage& page, Time now) {
    Errands& errands = *client.errands;
    errands.repair_request = 0;
    const StreamIndex stream = errands.repairs.front().stream;
    Sequence next = errands.repairs.front().next;
    for (const Entry& entry : page.entries) {
        const CachedEntry seen = examined(entry);
        if (!seen.known_conversation || seen.entry.conversation != plan.stream_conversation[stream.value]) {
            foreign_in_page(client, seen, now);
            continue;
        }
        next = std::max(next, entry.sequence + 1);
        checker.repaired(stream, seen.entry, now);
        habits.saw(stream, seen.entry, now);
        take_own(client, stream, seen.entry, now);
    }
    RepairJob& job = errands.repairs.front();
    const bool progress = next > job.next;
    job.next = next;
    if (!progress || next > job.last || next > page.head) return end_repair(client, now);
    ask_repair(client, now);
}

void Worker::Impl::end_repair(VirtualClient& client, Time now) {
    Errands& errands = *client.errands;
    const RepairJob job = errands.repairs.front();
    errands.repairs.erase(errands.repairs.begin());
    const Sequence missing = checker.missing_from(job.stream);
    // A new log that was too long to be caught up has been paged to its end now.
    if (missing > job.last && !errands.catches_up(job.stream)) sends.log_read(client.sends, job.stream);
    // History lacks it too: asking at every further entry would only be load. The drain asks once more.
    if (missing <= job.last) {
        std::erase_if(errands.hopeless, [&](const auto& hole) { return hole.stream == job.stream; });
        errands.hopeless.push_back({job.stream, job.last});
    }
    // Acks that came with the page opened the window.
    send_stream(client, job.stream, now);
    look_whether_caught_up(client, now);
    ask_repair(client, now);
}

void Worker::Impl::request_refused(VirtualClient& client, const Rejected& rejected, Time now) {
    errors.count("history: " + std::string(name(rejected.code)));
    if (!client.errands) return;
    Errands& errands = *client.errands;
    if (rejected.id == errands.repair_request) {
        errands.repair_request = 0;
        // It left since it was told what it is not sent: the rest of its time comes by a resume.
        if (rejected.code == ErrorCode::forbidden &&
            checker.has_rest_by_resume(errands.repairs.front().stream))
            return break_off(client, "history: forbidden after leaving, resumes for the rest", 1000, now);
        if (!worth_another_try(rejected.code)) return end_repair(client, now);
        return pause(client, rejected.retry_after_ms, now);
    }
    const auto audit = std::find_if(errands.audits.begin(), errands.audits.end(),
                                    [&](const Errands::Audit& a) { return a.request == rejected.id; });
    if (audit == errands.audits.end()) return;
    const std::uint32_t job = audit->job;
    errands.audits.erase(audit);
    if (worth_another_try(rejected.code) && ++audits.job(job).refusals < audit_refusals_max) {
        audits.park(job);
        return pause(client, rejected.retry_after_ms, now);
    }
    if (rejected.code == ErrorCode::forbidden)
        checker.audited(audits.job(job).conversation, 0);  // a member that sees nothing of its history
    else
        checker.audit_failed(audits.job(job).conversation);
    audits.finish(job);
    ask_audits(now);
}

void Worker::Impl::repair_all(Time now) {
    std::vector<StreamIndex> owed;
    checker.for_each_owed([&](StreamIndex stream) { owed.push_back(stream); });
    for (const StreamIndex stream : owed) {
        VirtualClient& client = client_of(stream);
        if (!client.live()) continue;  // its next resume catches up
        checker.overdue(stream, now);
        if (client.errands) client.errands->hopeless.clear();
        repair(client, stream, (*heads)[plan.stream_conversation[stream.value].value], now);
    }
}

void Worker::Impl::audit_all(Time now) {
    if (!abilities.history) return;
    for (std::uint32_t c = 0; heads && c < heads->size(); ++c) {
        const ConversationIndex conversation{c};
        if ((*heads)[c] <= (*ready)[c].head) continue;  // no traffic
        const std::uint32_t readers = plan.online_users_in(conversation);
        if (readers == 0) continue;
        const auto members = plan.members_of(conversation);
        UserIndex user = members[mix64(plan.seed, 0x6175646974ULL, c) % readers];
        // Who came and went does not see all of it; the first one stays.
        if (plan.churn->churns(*plan.stream_of(plan.device_of(user), conversation))) user = members.front();
        if (user.value < slice.first_user || user.value >= slice.last_user) continue;
        const std::uint32_t reader = plan.device_of(user).value - slice.first_device;
        if (clients[reader].state == ClientState::gone)
            checker.audit_failed(conversation);
        else
            audits.add(conversation, reader, (*ready)[c].head + 1);
    }
    ask_audits(now);
}

void Worker::Impl::ask_audits(Time now) {
    while (const auto job = audits.take([&](std::uint32_t client) {
        return clients[client].live() &&
               (!clients[client].errands || clients[client].errands->retry_at == never);
    }))
        ask_audit_page(*job, now);
}

void Worker::Impl::ask_audit_page(std::uint32_t job, Time now) {
    const AuditJob& audit = audits.job(job);
    VirtualClient& client = clients[audit.client];
    client.need_errands().audits.push_back({++last_request, job, now});
    say(client, ReadHistory{last_request, (*ready)[audit.conversation.value].id, audit.next, page_entries},
        now);
    watch(client, now);
}

void Worker::Impl::take_audit_page(VirtualClient& client, Errands::Audit asked, const HistoryPage& page,
                                   Time now) {
    AuditJob& job = audits.job(asked.job);
    bool progress = false;
    for (const Entry& entry : page.entries) {
        const CachedEntry seen = examined(entry);
        if (!seen.known_conversation || seen.entry.conversation != job.conversation) {
            foreign_in_page(client, seen, now);
            continue;
        }
        checker.audit_entry(job.conversation, seen.entry);
        if (entry.sequence < job.next) continue;
        job.next = entry.sequence + 1;
        progress = true;
    }
    if (progress && job.next <= page.head) return ask_audit_page(asked.job, now);
    checker.audited(job.conversation, page.head);
    audits.finish(asked.job);
    client.drop_errands_if_done();
    ask_audits(now);
}

void Worker::Impl::finish(Time now) {
    finished = true;
    end_arrivals(now);
    habits.tell([&](Habit& habit) { habit.finish(now); });
    habits.forget_deeds();
    wheel.cancel(deed_alarm);
    for (const ConversationIndex conversation : audits.fail_all()) checker.audit_failed(conversation);
    for (VirtualClient& client : clients) {
        const bool planned = plan.online(device_of(client));
        if (planned && !client.live()) checker.unreachable(device_of(client));
        const LinkId link = client.link;
        const bool linked = client.linked();
        wheel.cancel(client.action);
        wheel.cancel(client.patience);
        if (client.live()) --counted.online;
        client.state = ClientState::gone;
        client.errands.reset();
        if (linked) wire.close(link, 1000);
    }
}

}  // namespace hubbub
