// Which sessions of this shard belong to which user and device, in the order of their hellos.
// Owned by the session side; its thread only. Device names are not kept twice: the sessions have them.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "refserver/core/connection.hpp"
#include "refserver/core/names.hpp"

namespace hubbub {

class LocalUsers {
  public:
    explicit LocalUsers(const Connections& connections) : connections_(connections) {}

    void add(std::string_view user, LinkId link) {
        auto found = users_.find(user);
        if (found == users_.end()) found = users_.emplace(user, std::vector<LinkId>()).first;
        found->second.push_back(link);
    }
    void remove(std::string_view user, LinkId link) {
        const auto found = users_.find(user);
        if (found == users_.end()) return;
        std::erase(found->second, link);
        if (found->second.empty()) users_.erase(found);
    }
    [[nodiscard]] std::span<const LinkId> links(std::string_view user) const {
        const auto found = users_.find(user);
        return found == users_.end() ? std::span<const LinkId>() : found->second;
    }
    /// The newest session of the device here; no_link: there is none.
    [[nodiscard]] LinkId link(std::string_view user, std::string_view device) const {
        const auto all = links(user);
        for (std::size_t i = all.size(); i-- > 0;) {
            const Connection* const connection = connections_.find(all[i]);
            if (connection && connection->session && connection->session->device == device) return all[i];
        }
        return no_link;
    }

  private:
    const Connections& connections_;
    NameMap<std::vector<LinkId>> users_;
};

}  // namespace hubbub
