// What the generator's machine did during the run: CPU, steal, versions; for the guard and the report's
// environment. Owned by the runner; one thread.
#pragma once

#include <map>
#include <string>

namespace hubbub {

/// CPU seconds of this process so far (user + system).
double own_cpu_seconds();

/// The machine's time stolen by a hypervisor, as a share between two readings.
class StealMeter {
  public:
    StealMeter() { share(); }
    /// Since the last call; -1 when the kernel does not tell.
    double share();

  private:
    unsigned long long stolen_ = 0, total_ = 0;
};

/// cpu, cores, memory, kernel.
std::map<std::string, std::string> machine_facts();

}  // namespace hubbub
