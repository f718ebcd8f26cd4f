// The send table against a model of the server's rule: only last + 1 is accepted.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "loadgen/client/send_table.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

/// The server's side of one stream, with what a client must never see happen to it.
struct ServerModel {
    std::uint32_t last = 0;
    std::map<std::uint32_t, LedgerRow> taken;
    std::vector<LedgerRow> order;
};

// Whatever is refused, lost or answered late: every message is taken at most once, in the intended order,
// under one number; and when the trouble ends, all that were not rejected are taken.
RC_GTEST_PROP(SendTable, TakesEachMessageOnceAndInOrderThroughRefusalsAndReconnects, ()) {
    SendTable table(0, 1);
    DeviceSends device;
    ServerModel server;
    struct Answer {
        enum { ack, refusal } kind;
        std::uint32_t number;
        Refusal refusal_kind;
    };
    std::deque<std::pair<LedgerRow, std::uint32_t>> to_server;
    std::deque<Answer> to_client;
    std::set<LedgerRow> acked, rejected;
    LedgerRow rows = 0;
    Time now{};
    const StreamIndex only{0};

    const auto send = [&] {
        while (const Outgoing* next = table.next_to_send(device, only, 16, now))
            to_server.emplace_back(next->row, next->number);
    };
    const auto serve = [&](int trouble) {
        const auto [row, number] = to_server.front();
        to_server.pop_front();
        if (number <= server.last) {
            RC_ASSERT(server.taken.at(number) == row);  // a number never means two messages
            to_client.push_back({Answer::ack, number, {}});
        } else if (trouble == 1) {
            to_client.push_back({Answer::refusal, number, Refusal::final});
        } else if (trouble == 2) {
            to_client.push_back({Answer::refusal, number, Refusal::later});
        } else if (number > server.last + 1) {
            to_client.push_back({Answer::refusal, number, Refusal::out_of_order});
        } else {
            server.last = number;
            server.taken[number] = row;
            server.order.push_back(row);
            to_client.push_back({Answer::ack, number, {}});
        }
    };
    const auto hear = [&] {
        const Answer answer = to_client.front();
        to_client.pop_front();
        if (answer.kind == Answer::ack) {
            const auto answered = table.acknowledged(device, only, answer.number);
            RC_ASSERT(answered.has_value());
            RC_ASSERT(server.taken.at(answer.number) == answered->row);
            RC_ASSERT(acked.insert(answered->row).second);
        } else {
            const auto refused = table.refused(device, only, answer.number, answer.refusal_kind);
            RC_ASSERT(refused.known);
            if (refused.over) rejected.insert(*refused.over);
        }
        send();
    };

    const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100));
    for (const int step : steps) {
        now += 1ms;
        if (step < 30) {
            table.add(device, only, rows++, 64);
            send();
        } else if (step < 65 && !to_server.empty()) {
            serve(step < 53 ? 0 : step < 59 ? 1 : 2);
        } else if (step < 88 && !to_client.empty()) {
            hear();
        } else if (step < 94) {
            table.unpause(device);
            send();
        } else {
            // The link breaks: of what was on its way to the server a prefix arrives, no answer does.
            const std::size_t arrives =
                to_server.empty() ? 0 : static_cast<std::size_t>(step) % to_server.size();
            for (std::size_t i = 0; i < arrives; ++i) serve(0);
            to_server.clear();
            to_client.clear();
            table.disconnected(device);
            send();
        }
    }
    for (int calm = 0; calm < 1000 && table.waiting() + table.in_flight() > 0; ++calm) {
        while (!to_server.empty()) serve(0);
        while (!to_client.empty()) hear();
        table.unpause(device);
        send();
    }
    RC_ASSERT(table.waiting() + table.in_flight() == 0U);
    RC_ASSERT(acked.size() + rejected.size() == rows);
    RC_ASSERT(std::is_sorted(server.order.begin(), server.order.end()));
    for (const LedgerRow row : server.order) RC_ASSERT(!rejected.contains(row));
}

}  // namespace
}  // namespace hubbub
