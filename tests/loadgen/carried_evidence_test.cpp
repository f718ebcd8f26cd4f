// That evidence says the same wherever it is judged is shown by every history of the judge's tests
// (judged.hpp). Here: what is no evidence.
#include "loadgen/check/carried_evidence.hpp"

#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;

class CarriedEvidence : public test::JudgeCase {
  protected:
    /// Of a worker that saw a wrong, so that there is something of everything.
    std::string bytes() {
        h.talk(a(), q1, 10);
        const Message second = h.talk(a(), q2, 20);
        h.deliver(b(), second, q2, 50);
        h.talk(b(), q4, 60);
        h.expect_heads();
        return to_bytes(h.of(a()).evidence());
    }
    std::shared_ptr<const WorkerEvidence> read(std::string_view bytes) {
        const WorkerEvidence& evidence = h.of(a()).evidence();
        return evidence_from(bytes, h.plan(), evidence.slice, evidence.key, evidence.abilities);
    }
};

TEST_F(CarriedEvidence, IsThereOnlyWhenAllOfItIs) {
    const std::string all = bytes();
    EXPECT_NE(read(all), nullptr);
    for (std::size_t size = 0; size < all.size(); size += 7)
        ASSERT_EQ(read(std::string_view(all).substr(0, size)), nullptr) << size;
    EXPECT_EQ(read(all + "x"), nullptr);
}

TEST_F(CarriedEvidence, OfAnotherSliceIsNone) {
    const std::string all = bytes();
    const WorkerEvidence& evidence = h.of(a()).evidence();
    Slice other = evidence.slice;
    ++other.last_stream;
    EXPECT_EQ(evidence_from(all, h.plan(), other, evidence.key, evidence.abilities), nullptr);
}

}  // namespace
}  // namespace hubbub
