// Values to bytes and back, between processes of one program on one machine: no format, no versions.
// One list of fields serves both ways, so that writing and reading cannot differ. Values; any thread.
//
// A type takes part in one of four ways: it is arithmetic, an enum or a strong id; its `using PlainBytes =
// void` says that its bytes are all of it (no pointer, no view); it is a standard container of such; or it
// has
//     template <class Archive, class Self> static void fields(Archive& archive, Self& self);
// which hands all that counts to `archive(...)`. `Self` is const when the archive writes.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.hpp"

namespace hubbub {

template <class T>
inline constexpr bool plain_bytes = std::is_arithmetic_v<T> || std::is_enum_v<T> || requires {
    typename T::PlainBytes;
};
template <class Tag, class Rep>
inline constexpr bool plain_bytes<StrongId<Tag, Rep>> = true;
template <>
inline constexpr bool plain_bytes<ConversationId> = true;

namespace archive_shapes {

template <class T, template <class...> class Shape>
inline constexpr bool is_a = false;
template <template <class...> class Shape, class... Of>
inline constexpr bool is_a<Shape<Of...>, Shape> = true;

template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t n>
inline constexpr bool is_array<std::array<T, n>> = true;

template <class T>
concept List = is_a<T, std::vector> || is_a<T, std::deque>;
template <class T>
concept Map = is_a<T, std::map> || is_a<T, std::unordered_map>;
template <class T>
concept Set = is_a<T, std::set> || is_a<T, std::unordered_set>;

}  // namespace archive_shapes

class ArchiveWriter {
  public:
    template <class... T>
    void operator()(const T&... values) {
        (put(values), ...);
    }
    /// What was written; the writer is empty again.
    [[nodiscard]] std::string take() { return std::exchange(bytes_, {}); }

  private:
    void raw(const void* from, std::size_t size) { bytes_.append(static_cast<const char*>(from), size); }
    void count(std::size_t size) {
        const std::uint64_t wide = size;
        raw(&wide, sizeof wide);
    }
    void put(const std::string& text) { put(std::string_view(text)); }
    void put(std::string_view text) {
        count(text.size());
        raw(text.data(), text.size());
    }
    template <class T>
    void put(const std::shared_ptr<T>& value) {
        put(*value);
    }
    template <class T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) put(*value);
    }
    template <class A, class B>
    void put(const std::pair<A, B>& value) {
        put(value.first);
        put(value.second);
    }
    template <class... Of>
    void put(const std::variant<Of...>& value) {
        put(static_cast<std::uint32_t>(value.index()));
        std::visit([this](const auto& held) { put(held); }, value);
    }
    template <class T>
    void put(const T& value) {
        using namespace archive_shapes;
        if constexpr (plain_bytes<T>) {
            static_assert(std::is_trivially_copyable_v<T>);
            raw(&value, sizeof value);
        } else if constexpr (List<T> || Map<T> || Set<T>) {
            count(value.size());
            put_all(value);
        } else if constexpr (is_array<T>) {
            put_all(value);
        } else if constexpr (!std::is_empty_v<T>) {
            T::fields(*this, value);
        }
    }
    template <class Range>
    void put_all(const Range& range) {
        using Value = typename Range::value_type;
        if constexpr (archive_shapes::is_a<Range, std::vector> && plain_bytes<Value> &&
                      !std::is_same_v<Value, bool>) {
            if (!range.empty()) raw(range.data(), range.size() * sizeof(Value));
        } else {
            for (const auto& each : range) put(each);
        }
    }

    std::string bytes_;
};

/// Reads what an ArchiveWriter wrote. Bytes that end too early, or say that there is more than there can be,
/// make it not ok(); everything from there on reads as nothing.
class ArchiveReader {
  public:
    /// `bytes` outlives the reader.
    explicit ArchiveReader(std::string_view bytes) : bytes_(bytes) {}

    template <class... T>
    void operator()(T&... values) {
        (get(values), ...);
    }
    [[nodiscard]] bool ok() const { return ok_; }
    /// Nothing was missing, and nothing is left.
    [[nodiscard]] bool complete() const { return ok_ && bytes_.empty(); }

    /// What views that were read point into: to be kept as long as they are.
    using Words = std::set<std::string, std::less<>>;
    [[nodiscard]] std::shared_ptr<const Words> words() const { return words_; }

  private:
    void fail() {
        ok_ = false;
        bytes_ = {};
    }
    void raw(void* to, std::size_t size) {
        if (size > bytes_.size()) return fail();
        if (size > 0) std::memcpy(to, bytes_.data(), size);
        bytes_.remove_prefix(size);
    }
    /// Of elements that take at least `least` bytes each.
    std::size_t count(std::size_t least) {
        std::uint64_t wide = 0;
        raw(&wide, sizeof wide);
        if (wide <= bytes_.size() / least) return static_cast<std::size_t>(wide);
        fail();
        return 0;
    }
    template <class T>
    static T blank() {
        if constexpr (std::is_default_constructible_v<T>)
            return T{};
        else
            return T::blank();
    }

    void get(std::string& text) {
        text.resize(count(1));
        raw(text.data(), text.size());
    }
    void get(std::string_view& text) {
        const std::size_t size = count(1);
        const std::string_view there = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        const auto known = words_->find(there);
        text = known != words_->end() ? *known : *words_->emplace(there).first;
    }
    template <class T>
    void get(std::shared_ptr<T>& value) {
        auto made = std::make_shared<std::remove_const_t<T>>(blank<std::remove_const_t<T>>());
        get(*made);
        value = std::move(made);
    }
    template <class T>
    void get(std::optional<T>& value) {
        bool there = false;
        get(there);
        value.reset();
        if (there) get(value.emplace(blank<T>()));
    }
    template <class A, class B>
    void get(std::pair<A, B>& value) {
        get(value.first);
        get(value.second);
    }
    template <class... Of>
    void get(std::variant<Of...>& value) {
        std::uint32_t index = 0;
        get(index);
        if (index >= sizeof...(Of)) return fail();
        std::uint32_t at = 0;
        (void)((at++ == index ? (get(value.template emplace<Of>()), true) : false) || ...);
    }
    template <class T>
    void get(T& value) {
        using namespace archive_shapes;
        if constexpr (plain_bytes<T>) {
            static_assert(std::is_trivially_copyable_v<T>);
            raw(&value, sizeof value);
        } else if constexpr (List<T>) {
            get_sequence(value);
        } else if constexpr (Map<T>) {
            get_each<std::pair<typename T::key_type, typename T::mapped_type>>(value);
        } else if constexpr (Set<T>) {
            get_each<typename T::value_type>(value);
        } else if constexpr (is_array<T>) {
            for (auto& each : value) get(each);
        } else if constexpr (!std::is_empty_v<T>) {
            T::fields(*this, value);
        }
    }
    template <class T>
    void get_sequence(T& out) {
        using Value = typename T::value_type;
        out.clear();
        if constexpr (archive_shapes::is_a<T, std::vector> && plain_bytes<Value> &&
                      !std::is_same_v<Value, bool>) {
            out.resize(count(sizeof(Value)));
            raw(out.data(), out.size() * sizeof(Value));
        } else {
            for (std::size_t left = count(1); left > 0 && ok_; --left) {
                Value value = blank<Value>();
                get(value);
                out.push_back(std::move(value));
            }
        }
    }
    template <class Value, class T>
    void get_each(T& out) {
        out.clear();
        for (std::size_t left = count(1); left > 0 && ok_; --left) {
            Value value = blank<Value>();
            get(value);
            out.insert(out.end(), std::move(value));
        }
    }

    std::string_view bytes_;
    bool ok_ = true;
    std::shared_ptr<Words> words_ = std::make_shared<Words>();
};

}  // namespace hubbub
