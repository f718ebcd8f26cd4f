// What a backend can show, as its adapter declares it; what it cannot is "not checked", never "ok".
// A value; any thread.
#pragma once

namespace hubbub {

struct BackendAbilities {
    bool acks = true, sequence = true, history = true, membership = true;
};

}  // namespace hubbub
