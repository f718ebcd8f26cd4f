#include "refserver/server/shard_host.hpp"

#include "base/assert.hpp"

namespace hubbub {

ShardHost::ShardHost(ShardId self, const ServerOptions& options, const LoopOptions& loop_options,
                     const Clock& clock, Store& store, Random random, SabotageTruth& truth, Log& log,
                     const std::vector<std::unique_ptr<ShardHost>>& hosts)
    : self_(self),
      hosts_(hosts),
      loop_(loop_options, clock),
      mails_(limits::mailbox_mails_max),
      commits_(limits::uncommitted_max),
      shard_(self, options, loop_, *this, store, random, truth, log) {
    loop_.set_owner(*this);
    loop_.add_task(*this);
}

ShardHost::~ShardHost() {
    stop();
}

void ShardHost::start() {
    thread_ = std::thread([this] { loop_.run(); });
}

void ShardHost::stop() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
}

bool ShardHost::post(ShardId to, ShardMail&& mail) {
    if (to.index() < hosts_.size()) return hosts_[to.index()]->receive(std::move(mail));
    HUBBUB_ASSERT(outside_, "only who was asked from outside answers there");
    return outside_->post(to, std::move(mail));
}

bool ShardHost::receive(ShardMail&& mail) {
    const auto put = mails_.put(std::move(mail));
    if (put == Inbox<ShardMail>::Put::first) loop_.wake();
    return put != Inbox<ShardMail>::Put::refused;
}

void ShardHost::committed(std::uint64_t batch, CommitStatus status) {
    const auto put = commits_.put(Commit{batch, status});
    HUBBUB_ASSERT(put != Inbox<Commit>::Put::refused,
                  "a shard has no more batches under way than uncommitted messages");
    if (put == Inbox<Commit>::Put::first) loop_.wake();
}

void ShardHost::send_away(Duration spread) {
    away_spread_micros_.store(to_micros(spread));
    loop_.wake();
}

void ShardHost::stop_listening() {
    stop_listening_.store(true);
    loop_.wake();
}

void ShardHost::obey(Time now) {
    if (const auto spread = away_spread_micros_.load(); spread >= 0 && !away_begun_.load()) {
        shard_.drain(std::chrono::microseconds(spread), now);
        away_begun_.store(true);
    }
    if (stop_listening_.load() && listening_.load()) {
        loop_.stop_listening();
        listening_.store(false);
    }
}

void ShardHost::drain(Time now) {
    obey(now);
    mails_.take(taken_mails_);
    for (ShardMail& mail : taken_mails_) shard_.mail(std::move(mail), now);
    commits_.take(taken_commits_);
    for (const Commit& commit : taken_commits_) shard_.committed(commit.batch, commit.status, now);
}

}  // namespace hubbub
