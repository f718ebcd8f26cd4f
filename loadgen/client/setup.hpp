// Creates the plan's conversations on the target before the load, idempotently and unmeasured.
// Pure core; owned by the runner's main loop (live) or the simulated world.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "loadgen/client/worker.hpp"

namespace hubbub {

/// Sessions of a setup: a few, so that one slow answer does not hold up the rest.
inline constexpr std::uint32_t setup_links = 4;

class Setup final : public LinkOwner {
  public:
    /// Opens `links_wanted` sessions as "setup-0".. and creates every conversation by its idempotency key, at
    /// most `rate` a second.
    Setup(const Plan& plan, std::uint32_t run, Links& links, std::unique_ptr<Adapter> adapter, double rate,
          std::uint32_t links_wanted = setup_links, std::shared_ptr<const TokenMint> tokens = nullptr);
    ~Setup() override;

    void opened(LinkId link, std::uint64_t token, Time now) override;
    void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) override;
    void received(LinkId link, std::span<char> bytes, Time now) override;
    void closed(LinkId link, LinkEnd why, Time now) override;
    void turn(Time now) override;
    [[nodiscard]] Time next_deadline() const override;

    [[nodiscard]] bool done() const;
    [[nodiscard]] const std::string& error() const;  ///< why it gave up; empty: it did not
    [[nodiscard]] std::uint32_t created() const;
    [[nodiscard]] const std::vector<ReadyConversation>& conversations() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
