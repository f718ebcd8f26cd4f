// The wrongs of presence: who hears of whom. Exists only under a sabotage plan. Owned by the PresenceSide;
// its thread only. The acts are named as in docs/SABOTAGE.md.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "refserver/core/connection.hpp"
#include "refserver/core/saboteur.hpp"

namespace hubbub {

class PresenceSabotage {
  public:
    PresenceSabotage(ShardContext& context, Saboteur& saboteur, Connections& connections)
        : context_(context), saboteur_(saboteur), connections_(connections) {}

    /// A frame of presence that waits for its turn: who is about to be told of somebody is no stranger to
    /// him.
    void will_be_told(const std::vector<LinkId>& watchers, std::string_view frame);
    /// A frame of presence whose turn has come: whether it is kept back. It never comes behind a newer word
    /// about the same user.
    bool keeps(const Connection& watcher, const SharedBytes& frame);
    /// A frame of presence that was just sent to a watcher.
    void told(Connection& watcher, const SharedBytes& frame);
    /// Sends what was kept back for long enough.
    void turn();
    [[nodiscard]] Time next_deadline() const { return kept_.empty() ? never : kept_.front().until; }

  private:
    struct Kept {
        Time until{};
        LinkId watcher;
        std::string user;
        SharedBytes frame;
    };
    [[nodiscard]] Connection* stranger_to(const std::string& user);
    void tell_a_stranger(const std::string& user, const SharedBytes& frame);
    void tell_false_offline(Connection& watcher, const std::string& user);
    void tell_truth(SabotageKind kind, const std::string& user, const Connection& victim);

    ShardContext& context_;
    Saboteur& saboteur_;
    Connections& connections_;
    /// Whom each link was told about: a watch is answered with how everybody watched stands, so whoever was
    /// not named is not watched.
    std::map<std::uint64_t, std::set<std::string>> told_;
    std::deque<Kept> kept_;  ///< by time
};

}  // namespace hubbub
