// Stories about receipts, told event by event: who said what, who was told what, what the judge makes of it.
// One test; one thread.
#pragma once

#include <gmock/gmock.h>

#include "loadgen/check/receipt_book.hpp"
#include "loadgen/check/unchecked.hpp"
#include "loadgen/scenario/slo.hpp"
#include "tests/loadgen/judge_case.hpp"

namespace hubbub {

using namespace test::judge_case;
using namespace std::chrono_literals;

inline Habits reading() {
    Habits habits;
    habits.read = ReadHabit{{5s, 5s}};
    return habits;
}

/// Every member is played by the same worker, or each by one of its own.
struct ReceiptsStory : HandHistory {
    explicit ReceiptsStory(std::uint32_t workers) : HandHistory(workers, {}, reading()) {}

    ReceiptBook& book(DeviceIndex device) { return *of(device).receipts(); }
    void says(DeviceIndex who, Sequence delivered, Sequence read, int ms) {
        book(who).said(stream(who), delivered, read, at(ms));
    }
    void hears(DeviceIndex to, DeviceIndex about, Sequence delivered, Sequence read, int ms) {
        book(to).noticed(stream(to), plan().user_name(plan().user_of(about)), delivered, read, at(ms));
    }
    struct Line {
        DeviceIndex about;
        Sequence delivered, read;
    };
    void reads_list(DeviceIndex asker, const std::vector<Line>& lines, ReadMarks least, int ms) {
        std::deque<std::string> names;
        ReceiptList list;
        for (const Line& line : lines) {
            names.push_back(plan().user_name(plan().user_of(line.about)));
            list.items.push_back({names.back(), line.delivered, line.read});
        }
        book(asker).listed(stream(asker), list, least, at(ms));
    }
    void counts(DeviceIndex to, Sequence q, std::uint64_t delivered, std::uint64_t read, int ms) {
        book(to).counted(stream(to), ReceiptCounts{{}, q, delivered, read}, at(ms));
    }
    std::string accused() { return test::judge_case::accused(judge()); }
};

class JudgeOfReceipts : public testing::TestWithParam<std::uint32_t> {
  protected:
    DeviceIndex a() { return h.members[0]; }
    DeviceIndex b() { return h.members[1]; }
    DeviceIndex c() { return h.members[2]; }
    ReceiptsStory h{GetParam()};
};

}  // namespace hubbub
