#include "transport/link_table.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hubbub {
namespace {

TEST(LinkTable, AnOldIdNeverReachesTheSuccessorOfItsSlot) {
    LinkTable links;
    const LinkId first = links.allocate(Descriptor());
    links.release(first);
    const LinkId second = links.allocate(Descriptor());
    EXPECT_EQ(static_cast<std::uint32_t>(first.value), static_cast<std::uint32_t>(second.value))
        << "the slot is reused";
    EXPECT_NE(first, second);
    EXPECT_EQ(links.find(first), nullptr);
    EXPECT_NE(links.find(second), nullptr);
}

TEST(LinkTable, FindsNothingUnderIdsItNeverGave) {
    LinkTable links;
    links.allocate(Descriptor());
    EXPECT_EQ(links.find(LinkId{}), nullptr);
    EXPECT_EQ(links.find(LinkId(1)), nullptr);
    EXPECT_EQ(links.find(LinkId(UINT64_MAX)), nullptr);
}

TEST(LinkTable, SlotsStayWhereTheyAreWhileItGrows) {
    LinkTable links;
    const LinkId first = links.allocate(Descriptor());
    const LinkSlot* place = links.find(first);
    std::set<LinkId> all{first};
    for (int i = 0; i < 5000; ++i) all.insert(links.allocate(Descriptor()));
    EXPECT_EQ(all.size(), 5001U);
    EXPECT_EQ(links.find(first), place);
    EXPECT_EQ(links.size(), 5001U);
    for (const LinkId id : all) links.release(id);
    EXPECT_EQ(links.size(), 0U);
}

TEST(LinkTable, AReleasedSlotKeepsNothingOfItsLink) {
    LinkTable links;
    const LinkId first = links.allocate(Descriptor());
    LinkSlot& slot = *links.find(first);
    const SharedBytes frame = SharedBytes::copy_of("frame");
    slot.outbox.push(frame);
    slot.owned = slot.flush_due = slot.write_armed = slot.broken = true;
    links.release(first);
    EXPECT_EQ(frame.references(), 1U);
    const LinkSlot& next = *links.find(links.allocate(Descriptor()));
    EXPECT_FALSE(next.owned || next.flush_due || next.write_armed || next.broken);
}

}  // namespace
}  // namespace hubbub
