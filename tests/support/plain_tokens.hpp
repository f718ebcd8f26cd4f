// Tokens that everybody can read, and who checks them: "user until", the end in whole seconds of the day.
// Values; any thread.
#pragma once

#include <memory>
#include <string>

#include "base/wall_clock.hpp"
#include "loadgen/client/token_mint.hpp"
#include "refserver/core/authenticator.hpp"

namespace hubbub::test {

class PlainMint final : public TokenMint {
  public:
    PlainMint(std::shared_ptr<const WallClock> clock, Duration lifetime)
        : clock_(std::move(clock)), lifetime_(lifetime) {}

    [[nodiscard]] std::string mint(std::string_view user, Time now) const override {
        return mint_until(user, now, now + lifetime_);
    }
    [[nodiscard]] Duration lifetime() const override { return lifetime_; }
    [[nodiscard]] std::string mint_until(std::string_view user, Time now, Time end) const override {
        const auto ends = std::chrono::round<std::chrono::seconds>(clock_->unix_time(now) + (end - now));
        return std::string(user) + " " + std::to_string(ends.count());
    }
    [[nodiscard]] Time end_from(Time wanted, Time now) const override {
        const Duration day = clock_->unix_time(now) + (wanted - now);
        return wanted + (std::chrono::ceil<std::chrono::seconds>(day) - day);
    }

  private:
    std::shared_ptr<const WallClock> clock_;
    Duration lifetime_;
};

class PlainChecks final : public Authenticator {
  public:
    /// `forgets`: looks at a token when it comes, and never again.
    explicit PlainChecks(std::shared_ptr<const WallClock> clock, bool forgets = false)
        : clock_(std::move(clock)), forgets_(forgets) {}

    [[nodiscard]] AuthVerdict check(std::string_view user, std::string_view token, Time now) const override {
        const std::size_t space = token.find(' ');
        if (space == std::string_view::npos || token.substr(0, space) != user)
            return {TokenFault::subject, {}};
        const std::chrono::seconds ends(std::stoll(std::string(token.substr(space + 1))));
        const Duration left = ends - clock_->unix_time(now);
        if (left <= Duration::zero()) return {TokenFault::expired, {}};
        return {TokenFault::none, {forgets_ ? never : now + left, 0, {}}};
    }

  private:
    std::shared_ptr<const WallClock> clock_;
    bool forgets_;
};

}  // namespace hubbub::test
