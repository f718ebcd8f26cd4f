// The judge asked twice: with the checkers' own evidence, and with what another process would get of it. Both
// must say the same. One test; one thread.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "loadgen/check/carried_evidence.hpp"
#include "loadgen/check/judge.hpp"

namespace hubbub::test {

inline void write(std::ostream& out, const Histogram& h) {
    out << h.count() << ' ' << h.missing() << ' ' << h.min() << ' ' << h.max() << ' ' << h.mean();
    for (std::size_t i = 0; i < h.buckets().size(); ++i)
        if (h.buckets()[i] > 0) out << ' ' << i << ':' << h.buckets()[i];
}

/// Everything a judgement says, as text: two judgements are equal when their texts are.
inline std::string text_of(const Judgement& judgement) {
    std::ostringstream out;
    const Totals& t = judgement.totals;
    out << t.sent << ' ' << t.acked << ' ' << t.rejected << ' ' << t.indeterminate << ' ' << t.unsent << ' '
        << t.expected << ' ' << t.delivered << ' ' << t.missing << ' ' << t.unverified << ' ' << t.foreign
        << ' ' << t.induced << ' ' << t.skipped << '\n';
    for (const auto& [name, count] : by_name(judgement.violations)) out << name << '=' << count << ' ';
    for (const std::string& counter : judgement.not_checked) out << counter << " not checked ";
    for (const Evidence& e : judgement.evidence)
        out << '\n'
            << e.kind << ' ' << e.conversation << ' ' << e.sender << ' ' << e.k << ' ' << e.sequence << ' '
            << e.receiver << ' ' << e.at << ' ' << e.why;
    for (const auto& [key, h] : judgement.latency) {
        out << '\n' << key.kind << '{' << key.label << "} ";
        write(out, h);
    }
    for (const auto* const seconds : {&judgement.delivery_by_second, &judgement.ack_by_second})
        for (const auto& [second, h] : *seconds) {
            out << '\n' << second << ' ';
            write(out, h);
        }
    return out.str();
}

inline Judgement judged_from_afar(const Plan& plan, RunKey key, BackendAbilities abilities,
                                  const std::vector<const Checker*>& checkers) {
    std::vector<std::shared_ptr<const WorkerEvidence>> carried;
    Judge judge(plan, key, abilities);
    for (const Checker* const checker : checkers) {
        const std::string bytes = to_bytes(checker->evidence());
        carried.push_back(evidence_from(bytes, plan, checker->evidence().slice, key, abilities));
        EXPECT_NE(carried.back(), nullptr);
        if (carried.back()) judge.add(*carried.back());
    }
    return judge.judge();
}

/// `from_afar`: whether to ask the second time.
inline Judgement judged(const Plan& plan, RunKey key, BackendAbilities abilities,
                        const std::vector<const Checker*>& checkers, bool from_afar = true) {
    Judge judge(plan, key, abilities);
    for (const Checker* const checker : checkers) judge.add(*checker);
    Judgement judgement = judge.judge();
    if (!from_afar) return judgement;
    EXPECT_EQ(text_of(judged_from_afar(plan, key, abilities, checkers)), text_of(judgement));
    return judgement;
}

inline std::vector<const Checker*> pointers(const std::vector<std::unique_ptr<Checker>>& checkers) {
    std::vector<const Checker*> out;
    for (const auto& checker : checkers) out.push_back(checker.get());
    return out;
}

}  // namespace hubbub::test
