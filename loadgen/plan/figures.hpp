// What a plan amounts to, in numbers and in words, before anything is started.
// Pure functions of a plan; any thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "loadgen/plan/layout.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/plan/senders.hpp"

namespace hubbub {

/// Expected messages and deliveries. A delivery is one message at one online device, the sending device
/// excluded.
struct Traffic {
    double messages = 0, deliveries = 0;
};

struct ClassFigures {
    std::uint64_t conversations = 0, memberships = 0, online_memberships = 0;
};

struct PhaseFigures {
    std::string name;
    double seconds = 0;
    double peak_rate = 0;                                ///< messages per second, bursts excluded
    std::array<Traffic, conversation_classes> by_class;  ///< of the load that the scenario asks for
    Traffic induced;                                     ///< replies and edits that come besides, at most
    double receipts = 0;  ///< said by readers' devices, at most: one a delivery and one a reading
    // A second, of frames and bodies, at most: what replies, receipts and beats bring is in it.
    double bytes_to_target = 0, bytes_from_target = 0;
    [[nodiscard]] Traffic total() const;
};

struct PlanFigures {
    std::uint64_t users = 0, devices = 0, connections = 0, memberships = 0;
    std::array<ClassFigures, conversation_classes> by_class;
    std::vector<PhaseFigures> phases;  ///< load phases only
    Traffic total, induced;
    double branching = 0;        ///< the largest of all conversations
    double body_bytes = 0;       ///< of all messages, as sent
    double delivered_bytes = 0;  ///< body bytes times their recipients
    double connect_seconds = 0;  ///< until everybody was told to open
    double load_seconds = 0;
    double drain_seconds = 0;       ///< the settle time; it ends earlier when nothing is owed
    std::uint64_t descriptors = 0;  ///< of a process that holds all connections: the embedded server's
    double memory_bytes = 0;        ///< estimated: plan, generator, embedded server, kernel
};

PlanFigures figures(const Plan& plan);

/// What the machine gives; 0: unknown, not judged.
struct MachineLimits {
    std::uint64_t descriptors = 0;   ///< RLIMIT_NOFILE of one process
    std::uint64_t memory_bytes = 0;  ///< free for the run
    std::uint64_t ports = 0;         ///< ephemeral ones, of one source address towards one target
};

/// How a plan is to be run there.
struct Staging {
    LayoutWish wish;
    bool embedded = false;          ///< the target is a server of our own on this machine
    std::vector<std::string> urls;  ///< else: where it is
};
/// As the scenario says it.
Staging staging_of(const Plan& plan, const LayoutWish& wish = {});

/// Addresses of 127.0.0.0/8 that the generator dials from, so that ports do not run out; 1: it does not
/// choose, because a target is elsewhere.
std::uint32_t source_addresses(const Plan& plan, const Staging& staging);
/// Of PlanFigures::memory_bytes what this staging takes, worker processes included.
double memory_needed(const Plan& plan, const MachineLimits& limits, const Staging& staging);
/// Why this plan cannot run on that machine, one sentence each with what to do; empty: it can.
std::vector<std::string> refusals(const Plan& plan, const MachineLimits& limits, const Staging& staging);

/// Users, connections, memberships, sends and deliveries per second by class, bytes, descriptors, ports,
/// processes, memory, refusals.
std::string describe(const Plan& plan, const MachineLimits& limits, const Staging& staging);

}  // namespace hubbub
