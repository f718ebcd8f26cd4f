// A session as other shards name it: they answer to it, and never look inside.
// A value; any thread.
#pragma once

#include "base/ids.hpp"

namespace hubbub {

struct SessionRef {
    ShardId shard;
    LinkId link;
    friend bool operator==(const SessionRef&, const SessionRef&) = default;
};

}  // namespace hubbub
