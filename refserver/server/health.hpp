// Whether the server is alive and whether it should be sent clients: what /healthz and /readyz answer.
// Owned by the Server; the main thread says which stage it is in, any thread asks.
#pragma once

#include <atomic>
#include <functional>

#include "transport/http.hpp"

namespace hubbub {

class Health {
  public:
    enum class Stage : std::uint8_t { starting, serving, draining };

    void enter(Stage stage) { stage_.store(stage); }
    [[nodiscard]] Stage stage() const { return stage_.load(); }

    /// 200 as long as anything answers at all: a process that drains or takes no writes must not be killed
    /// for it.
    static HttpAnswer alive();
    /// 200 "ready" while new clients are welcome and may write; else 503 and the reason, for load balancers.
    /// `read_only`: some shard takes no more writes.
    [[nodiscard]] HttpAnswer ready(bool read_only) const;

  private:
    std::atomic<Stage> stage_{Stage::starting};
};

}  // namespace hubbub
