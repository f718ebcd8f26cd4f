#include "base/archive.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hubbub {
namespace {

enum class Colour : std::uint8_t { red, green };

struct Point {
    using PlainBytes = void;
    std::uint32_t x = 0;
    std::uint64_t y = 0;
    friend bool operator==(const Point&, const Point&) = default;
};

/// Not to be had without a word.
struct Named {
    explicit Named(std::string text) : name(std::move(text)) {}
    static Named blank() { return Named(""); }
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.name, self.view);
    }
    friend bool operator==(const Named&, const Named&) = default;
    std::string name;
    std::string_view view;
};

struct Nothing {
    friend bool operator==(const Nothing&, const Nothing&) = default;
};

struct All {
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.number, self.colour, self.text, self.points, self.bits, self.named, self.by_name,
                self.set, self.maybe, self.either, self.user, self.array, self.unordered);
    }
    friend bool operator==(const All&, const All&) = default;

    double number = 0;
    Colour colour = Colour::red;
    std::string text;
    std::vector<Point> points;
    std::vector<bool> bits;
    std::deque<Named> named;
    std::map<std::string_view, std::vector<std::uint8_t>> by_name;
    std::set<std::pair<std::uint32_t, std::string>> set;
    std::optional<Named> maybe;
    std::variant<Nothing, std::uint32_t, std::string> either;
    UserIndex user;
    std::array<std::uint16_t, 3> array{};
    std::unordered_map<std::uint64_t, std::uint32_t> unordered;
};

All example() {
    All all;
    all.number = -1.5;
    all.colour = Colour::green;
    all.text = "text";
    all.points = {{1, 2}, {3, 4}};
    all.bits = {true, false, true};
    all.named.emplace_back("a");
    all.named.back().view = "literal";
    all.by_name = {{"first", {1, 2}}, {"literal", {}}};
    all.set = {{1, "one"}, {2, "two"}};
    all.maybe = Named("there");
    all.either = std::string("third");
    all.user = UserIndex{7};
    all.array = {1, 2, 3};
    all.unordered = {{5, 6}, {7, 8}};
    return all;
}

template <class T>
std::string bytes_of(const T& value) {
    ArchiveWriter archive;
    archive(value);
    return archive.take();
}

TEST(Archive, ReadsWhatItWrote) {
    const std::string bytes = bytes_of(example());
    ArchiveReader archive(bytes);
    All read;
    archive(read);
    EXPECT_TRUE(archive.complete());
    EXPECT_EQ(read, example());
}

TEST(Archive, ReadsOverWhatWasThereBefore) {
    const std::string bytes = bytes_of(All{});
    ArchiveReader archive(bytes);
    All read = example();
    archive(read);
    EXPECT_TRUE(archive.complete());
    EXPECT_EQ(read, All{});
}

TEST(Archive, ViewsOutliveTheBytes) {
    std::string bytes = bytes_of(example());
    All read;
    std::shared_ptr<const ArchiveReader::Words> words;
    {
        ArchiveReader archive(bytes);
        archive(read);
        words = archive.words();
    }
    std::fill(bytes.begin(), bytes.end(), 'x');
    EXPECT_EQ(read, example());
    EXPECT_EQ(words->size(), 3U) << "the same word twice is kept once; the empty one is a word too";
}

TEST(Archive, IsNotCompleteWhereBytesAreMissing) {
    const std::string bytes = bytes_of(example());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        ArchiveReader archive(std::string_view(bytes).substr(0, size));
        All read;
        archive(read);
        EXPECT_FALSE(archive.complete()) << size;
    }
}

TEST(Archive, IsNotCompleteWhereBytesAreLeft) {
    const std::string bytes = bytes_of(example()) + "x";
    ArchiveReader archive(bytes);
    All read;
    archive(read);
    EXPECT_TRUE(archive.ok());
    EXPECT_FALSE(archive.complete());
}

TEST(Archive, RefusesCountsThatCannotBe) {
    ArchiveWriter writer;
    writer(std::uint64_t{1} << 60);
    const std::string bytes = writer.take() + std::string(100, '\0');
    ArchiveReader plain(bytes), text(bytes), map(bytes);
    std::vector<Point> points;
    plain(points);
    EXPECT_FALSE(plain.ok());
    std::string words;
    text(words);
    EXPECT_FALSE(text.ok());
    std::map<std::uint32_t, std::uint32_t> numbers;
    map(numbers);
    EXPECT_FALSE(map.ok());
}

TEST(Archive, RefusesAnAlternativeThatThereIsNot) {
    ArchiveWriter writer;
    writer(std::uint32_t{3});
    const std::string bytes = writer.take();
    ArchiveReader archive(bytes);
    std::variant<Nothing, std::uint32_t, std::string> either;
    archive(either);
    EXPECT_FALSE(archive.ok());
}

RC_GTEST_PROP(Archive, SurvivesAnyBytes, (const std::string& bytes)) {
    ArchiveReader archive(bytes);
    All read;
    archive(read);
    RC_ASSERT(read.points.size() * sizeof(Point) <= bytes.size());
}

}  // namespace
}  // namespace hubbub
