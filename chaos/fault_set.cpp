#include "chaos/fault_set.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace hubbub {

const PlacedFault& FaultSet::add(FaultSpec spec, Time now) {
    HUBBUB_ASSERT(!find(spec.name), "two faults of one name");
    auto placed = std::make_unique<PlacedFault>();
    placed->spec = std::move(spec);
    placed->id = ++last_id_;
    placed->added = now;
    faults_.push_back(std::move(placed));
    return *faults_.back();
}

PlacedFault* FaultSet::find(std::string_view name) {
    for (const auto& fault : faults_)
        if (fault->spec.name == name) return fault.get();
    return nullptr;
}

void FaultSet::remove(std::string_view name) {
    std::erase_if(faults_, [&](const auto& fault) { return fault->spec.name == name; });
}

// The same draw whatever the toxicity: raising it adds connections and takes none away.
bool FaultSet::meets(const PlacedFault& fault, std::uint64_t connection, std::uint32_t endpoint) const {
    if (fault.spec.only && !fault.spec.only(connection, endpoint)) return false;
    if (fault.spec.toxicity >= 1) return true;
    return Random(seed_)
        .child("toxicity")
        .child(fault.spec.name)
        .child(connection)
        .chance(fault.spec.toxicity);
}

Random FaultSet::random_of(const PlacedFault& fault, std::uint64_t connection) const {
    return Random(seed_).child("fault").child(fault.spec.name).child(connection);
}

ConnectionFaults::ConnectionFaults(const FaultSet& set, std::uint64_t number, Time now)
    : number_(number), opening_{false, now} {
    for (const auto& placed : set.all()) {
        if (!set.meets(*placed, number)) continue;
        auto fault = placed->spec.kind->make(placed->spec.values, {now, placed->added});
        Random random = set.random_of(*placed, number);
        const Opening opening = fault->open(now, random);
        if (opening.refused || opening.at > now) placed->tally.bites.add();
        opening_.refused = opening_.refused || opening.refused;
        opening_.at = std::max(opening_.at, opening.at);
        placed->tally.connections.add();
        chain(placed->spec.stream).add(placed->id, std::move(fault), random, placed->tally);
    }
}

Opening ConnectionFaults::knock(const FaultSet& set, std::uint64_t number, std::uint32_t endpoint, Time now) {
    Opening all{false, now};
    for (const auto& placed : set.all()) {
        if (!set.meets(*placed, number, endpoint)) continue;
        Random random = set.random_of(*placed, number);
        const Opening own =
            placed->spec.kind->make(placed->spec.values, {now, placed->added})->open(now, random);
        if (own.refused || own.at > now) placed->tally.bites.add();
        // A connection that comes to stand counts then.
        if (own.refused) placed->tally.connections.add();
        all.refused = all.refused || own.refused;
        all.at = std::max(all.at, own.at);
    }
    return all;
}

void ConnectionFaults::write(FaultStream stream, std::string_view bytes, Time now) {
    FaultTally* const tally = against(stream).silencer(now);
    if (!tally) return chain(stream).write(bytes, now);
    tally->swallowed_bytes.add(bytes.size());
    torn_ = true;
}

void ConnectionFaults::end(FaultStream stream, Ending how, Time now) {
    if (!against(stream).silencer(now)) chain(stream).end(how, now);
}

void ConnectionFaults::place(const FaultSet& set, const PlacedFault& placed, Time now) {
    FaultChain& own = chain(placed.spec.stream);
    if (!set.meets(placed, number_, endpoint_)) return drop(placed, now);
    auto fault = placed.spec.kind->make(placed.spec.values, {now, placed.added});
    if (own.has(placed.id)) return own.replace(placed.id, std::move(fault), now);
    placed.tally.connections.add();
    own.add(placed.id, std::move(fault), set.random_of(placed, number_), placed.tally);
}

void ConnectionFaults::drop(const PlacedFault& fault, Time now) {
    FaultChain& own = chain(fault.spec.stream);
    if (own.has(fault.id)) own.remove(fault.id, now);
}

}  // namespace hubbub
