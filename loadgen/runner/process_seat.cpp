#include "loadgen/runner/process_seat.hpp"

#include <algorithm>

namespace hubbub {

template <class Answer>
Result<Answer, SeatFailure> ProcessSeat::ask(const WorkerRequest& request) {
    if (!process_.pipe().send(mail_of(request))) return process_.post_mortem();
    const auto bytes = process_.pipe().receive();
    if (!bytes) return process_.post_mortem();
    auto answer = mail_from<Answer>(*bytes);
    if (!answer) return nonsense();
    return {boost::system::in_place_value, std::move(*answer)};
}

SeatFailure ProcessSeat::nonsense() const {
    return {"worker process " + std::to_string(process_.pid()) + " answered what nobody understands", true};
}

SeatStatus ProcessSeat::begin(const std::vector<std::string>& urls) {
    const auto wrong = ask<std::string>(worker_request::Begin{key_, share_, urls});
    if (!wrong) return wrong.error();
    if (!wrong->empty()) return SeatFailure{*wrong, false};
    return {};
}

SeatStatus ProcessSeat::order(const WorkerCommand& command) {
    if (!process_.pipe().send(mail_of(WorkerRequest(worker_request::Order{command}))))
        return process_.post_mortem();
    return {};
}

SeatStatus ProcessSeat::add_statuses(std::vector<WorkerStatus>& out) {
    const auto own = ask<std::vector<WorkerStatus>>(worker_request::Statuses{});
    if (!own) return own.error();
    if (own->size() != share_.last - share_.first) return nonsense();
    out.insert(out.end(), own->begin(), own->end());
    return {};
}

SeatStatus ProcessSeat::raise_heads(std::vector<Sequence>& heads) {
    const auto own = ask<std::vector<Sequence>>(worker_request::Heads{});
    if (!own) return own.error();
    if (own->size() != heads.size()) return nonsense();
    for (std::size_t c = 0; c < heads.size(); ++c) heads[c] = std::max(heads[c], (*own)[c]);
    return {};
}

SeatStatus ProcessSeat::add_latencies(RunLatencies& sum) {
    const auto own = ask<RunLatencies>(worker_request::Latencies{});
    if (!own) return own.error();
    sum += *own;
    return {};
}

SeatStatus ProcessSeat::finish(SeatFindings& sum) {
    const auto found = ask<Found>(worker_request::Finish{});
    if (!found) return found.error();
    if (found->workers.size() != share_.last - share_.first) return nonsense();
    for (std::uint32_t w = share_.first; w < share_.last; ++w) {
        sum.workers.push_back(findings_from(found->workers[w - share_.first], plan_,
                                            plan_.slice(w, share_.of), key_, abilities_));
        if (!sum.workers.back().evidence) return nonsense();
    }
    sum.loop_lag += found->loop_lag;
    sum.system_calls += found->system_calls;
    sum.own_cpu_seconds += found->cpu_seconds;
    return {};
}

}  // namespace hubbub
