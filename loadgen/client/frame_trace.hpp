// Every frame of one user in words, for `run --trace`: stands between a worker and its links, changes
// nothing. Pure; owned by who hosts the worker, its thread only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "loadgen/client/worker.hpp"
#include "protocol/codec.hpp"
#include "protocol/websocket.hpp"

namespace hubbub {

/// Without what proves who somebody is: values of fields named like token, secret or password, and whatever
/// looks like a signed token (RFC 7519: three parts of base64url, the first one an object).
std::string redacted(std::string_view text);

class FrameTrace final : public Links {
  public:
    /// Of longer frames the beginning is shown.
    static constexpr std::size_t shown_bytes_max = 4096;

    /// `line`: told one line at a time, without its end. `subprotocol`: of the adapter; frames of
    /// hubbub.v1.bin are shown as the same messages in JSON.
    FrameTrace(const Plan& plan, Slice slice, UserIndex user, Time epoch, std::string_view subprotocol,
               Links& links, std::function<void(const std::string&)> line);

    // ---- what the links say, before the worker hears of it
    void at(Time now) { now_ = now; }
    void opened(LinkId link, std::uint64_t token);
    void dial_failed(std::uint64_t token, LinkEnd why, int detail);
    void received(LinkId link, std::string_view bytes);
    void closed(LinkId link, LinkEnd why);

    // ---- what the worker says
    void send(LinkId link, const SharedBytes& frame) override;
    [[nodiscard]] std::size_t queued_bytes(LinkId link) const override { return links_.queued_bytes(link); }
    void close(LinkId link) override;
    void abort(LinkId link) override;
    void dial(std::uint64_t token, std::uint32_t endpoint) override;

  private:
    struct Link {
        std::string who;
        websocket::Reader heard{websocket::Role::client, limits_max()};
        websocket::Reader said{websocket::Role::server, limits_max()};
    };
    static std::size_t limits_max();
    [[nodiscard]] std::string who(std::uint64_t token) const;  ///< empty: somebody else
    void frames(Link& link, websocket::Reader& reader, std::string_view bytes, bool from_target);
    [[nodiscard]] std::string words(const websocket::Event& event, bool from_target);
    void tell(const std::string& who, std::string_view what);
    Link* find(LinkId link);

    const Plan& plan_;
    const Slice slice_;
    const UserIndex user_;
    const Time epoch_;
    std::unique_ptr<Codec> binary_, json_;  ///< binary_ null: frames are shown as they are
    Links& links_;
    const std::function<void(const std::string&)> line_;
    std::map<std::uint64_t, Link> open_;
    Time now_;
};

}  // namespace hubbub
