#include "loadgen/scenario/fault_reader.hpp"

#include <algorithm>

#include "chaos/faults/registry.hpp"
#include "chaos/targets/registry.hpp"
#include "loadgen/scenario/network_profiles.hpp"
#include "loadgen/scenario/units.hpp"

namespace hubbub {
namespace {

constexpr std::string_view reset_word = "reset";
constexpr std::string_view expire_word = "expire_tokens";
/// A token counts whole seconds.
constexpr Duration expiry_takes = std::chrono::seconds{1};
constexpr std::string_view streams[] = {"downstream", "upstream", "both"};

std::vector<std::string_view> split(std::string_view words) {
    std::vector<std::string_view> out;
    while (!words.empty()) {
        const std::size_t end = std::min(words.find('|'), words.size());
        out.push_back(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return out;
}

std::string_view form_of(FaultUnit unit) {
    switch (unit) {
        case FaultUnit::milliseconds:
            return "whole milliseconds such as 150ms or 2s";
        case FaultUnit::microseconds:
            return "a duration such as 500us";
        case FaultUnit::bytes:
            return "a size such as 120 or 2KB";
        case FaultUnit::kilobytes_a_second:
            return "bytes a second such as 100KB/s";
        case FaultUnit::count:
            return "a count such as 100";
        case FaultUnit::word:
            break;
    }
    return "a word";
}

/// In the attribute's own unit; nothing: not of the form.
std::optional<std::int64_t> parse_amount(FaultUnit unit, std::string_view text) {
    std::optional<std::uint64_t> amount;
    if (unit == FaultUnit::milliseconds || unit == FaultUnit::microseconds) {
        const auto span = parse_duration(text);
        const Duration one = unit == FaultUnit::milliseconds ? Duration(std::chrono::milliseconds{1})
                                                             : Duration(std::chrono::microseconds{1});
        if (span && *span % one == Duration::zero()) amount = static_cast<std::uint64_t>(*span / one);
    } else if (unit == FaultUnit::bytes) {
        amount = parse_bytes(text);
    } else if (unit == FaultUnit::count) {
        amount = parse_count(text);
    } else if (text.ends_with("/s")) {
        amount = parse_bytes(text.substr(0, text.size() - 2));
        if (amount && *amount % 1'000 != 0) return std::nullopt;
        if (amount) *amount /= 1'000;
    }
    if (!amount || *amount > INT64_MAX) return std::nullopt;
    return static_cast<std::int64_t>(*amount);
}

class FaultReader {
  public:
    FaultReader(const std::string& path, FaultPlace where, ScenarioErrors& errors)
        : path_(path), where_(where), errors_(errors) {}

    FaultDeed read(const YamlNode& node) {
        if (node.kind == YamlNode::Kind::scalar)
            word(node);
        else if (node.kind == YamlNode::Kind::map)
            map(node);
        else if (node.kind != YamlNode::Kind::refused)
            errors_.add(node.mark, path_ + ": expected " + std::string(fault_form(where_)));
        return std::move(deed_);
    }

  private:
    void word(const YamlNode& node) {
        if (where_ == FaultPlace::network) {
            if (const NetworkProfile* profile = find_network_profile(node.text)) {
                deed_.links = profile->faults;
                deed_.profile = profile->name;
                return;
            }
        } else if (node.text == reset_word) {
            deed_.reset = true;
            return;
        } else if (node.text == expire_word) {
            deed_.expire_tokens = true;
            return;
        }
        if (const FaultKind* kind = find_fault_kind(node.text)) {
            begin(*kind, node.mark);
        } else if (const TargetFaultKind* target = find_target_fault_kind(node.text)) {
            begin(*target, node.mark);
        } else {
            auto known = names();
            if (where_ == FaultPlace::network)
                for (const NetworkProfile& profile : network_profiles()) known.push_back(profile.name);
            errors_.add(node.mark, path_ + ": no fault " + quoted(node.text) +
                                       did_you_mean(node.text, known) + ": expected " +
                                       std::string(fault_form(where_)));
            return;
        }
        finish(node.mark);
    }

    void map(const YamlNode& node) {
        if (node.entries.empty())
            errors_.add(node.mark, path_ + ": expected " + std::string(fault_form(where_)));
        for (const YamlNode::Entry& entry : node.entries) {
            if (entry.refused) continue;
            if (entry.key == reset_word && where_ == FaultPlace::timeline) {
                errors_.add(entry.key_mark, path_ + ": write do: reset, with offline and over beside `do`");
                return;
            }
            if (entry.key == expire_word && where_ == FaultPlace::timeline) {
                errors_.add(entry.key_mark, path_ + ": write do: expire_tokens, with select beside `do`");
                return;
            }
            const FaultKind* kind = find_fault_kind(entry.key);
            const TargetFaultKind* target = kind ? nullptr : find_target_fault_kind(entry.key);
            if (kind) begin(*kind, entry.key_mark);
            if (target) begin(*target, entry.key_mark);
            if (kind || target) own(entry);
        }
        for (const YamlNode::Entry& entry : node.entries)
            if (!entry.refused && !find_fault_kind(entry.key) && !find_target_fault_kind(entry.key))
                beside(entry);
        finish(node.mark);
    }

    // ---- a fault begins; what is said of it follows
    void begin(const FaultKind& kind, Mark mark) {
        if (where_ == FaultPlace::network && kind.name.starts_with("frame_")) {
            errors_.add(mark, path_ + ": no network does " + std::string(kind.name) +
                                  ": it is for proving that it is noticed; put it into faults:");
        }
        deed_.links.push_back({&kind, defaults(kind.attributes), false, true});
        parts_.push_back({kind.name, kind.attributes, mark, deed_.links.size() - 1});
    }
    void begin(const TargetFaultKind& kind, Mark mark) {
        if (where_ == FaultPlace::network) {
            errors_.add(mark, path_ + ": " + std::string(kind.name) + " is no matter of a network");
            return;
        }
        if (deed_.target) {
            errors_.add(mark, path_ + ": one fault of the target at a time");
            return;
        }
        deed_.target = TargetFault{&kind, defaults(kind.attributes)};
        parts_.push_back({kind.name, kind.attributes, mark, of_target});
    }
    static std::vector<std::int64_t> defaults(std::span<const FaultAttribute> attributes) {
        std::vector<std::int64_t> out;
        for (const FaultAttribute& attribute : attributes)
            out.push_back(
                std::max(attribute.fallback, attribute.unit == FaultUnit::word ? 0 : attribute.least));
        return out;
    }

    /// `latency: 80ms`, or `latency: {latency: 80ms, jitter: 5ms}`.
    void own(const YamlNode::Entry& entry) {
        if (parts_.empty() || parts_.back().name != entry.key) return;  // refused
        Part& part = parts_.back();
        const YamlNode& value = entry.value;
        if (value.kind == YamlNode::Kind::map) {
            for (const YamlNode::Entry& each : value.entries) {
                if (each.refused) continue;
                if (!give(part, each)) unknown(each, {&part});
            }
        } else if (value.kind == YamlNode::Kind::scalar && !part.attributes.empty()) {
            amount(part, 0, value);
        } else if (value.kind != YamlNode::Kind::refused) {
            errors_.add(value.mark, path_ + "." + entry.key + ": expected " +
                                        (part.attributes.empty() ? "{}: it has no attributes"
                                                                 : expected(part.attributes[0])));
        }
    }

    /// An attribute beside its fault: `{latency: 80ms, jitter: 30ms}`.
    void beside(const YamlNode::Entry& entry) {
        std::vector<Part*> owners;
        for (Part& part : parts_)
            if (entry.key == "stream" ? part.place != of_target : place_of(part, entry.key).has_value())
                owners.push_back(&part);
        if (entry.key == "stream" && !owners.empty()) {
            for (Part* owner : owners) give(*owner, entry);
        } else if (owners.size() == 1) {
            give(*owners.front(), entry);
        } else if (owners.size() > 1) {
            errors_.add(entry.key_mark, path_ + "." + entry.key + ": is it " + std::string(owners[0]->name) +
                                            "'s or " + std::string(owners[1]->name) +
                                            "'s? Write it into a map of its own");
        } else {
            std::vector<Part*> all;
            for (Part& part : parts_) all.push_back(&part);
            unknown(entry, all);
        }
    }

    struct Part {
        std::string_view name;
        std::span<const FaultAttribute> attributes;
        Mark mark;
        std::size_t place;  ///< in deed_.links, or of_target
        std::vector<bool> given{};
    };
    static constexpr std::size_t of_target = SIZE_MAX;

    static std::optional<std::size_t> place_of(const Part& part, std::string_view attribute) {
        for (std::size_t i = 0; i < part.attributes.size(); ++i)
            if (part.attributes[i].name == attribute) return i;
        return std::nullopt;
    }

    bool give(Part& part, const YamlNode::Entry& entry) {
        if (entry.key == "stream" && part.place != of_target) {
            const auto found = std::find(std::begin(streams), std::end(streams), entry.value.text);
            if (entry.value.kind != YamlNode::Kind::scalar || found == std::end(streams)) {
                errors_.add(entry.value.mark, path_ + ".stream: expected downstream, upstream or both" +
                                                  did_you_mean(entry.value.text, streams));
                return true;
            }
            deed_.links[part.place].upstream = *found != "downstream";
            deed_.links[part.place].downstream = *found != "upstream";
            return true;
        }
        const auto place = place_of(part, entry.key);
        if (place) amount(part, *place, entry.value);
        return place.has_value();
    }

    void amount(Part& part, std::size_t place, const YamlNode& value) {
        const FaultAttribute& attribute = part.attributes[place];
        const std::string at =
            path_ + "." + std::string(part.name) + "." + std::string(attribute.name) + ": ";
        if (value.kind == YamlNode::Kind::refused) return;
        std::optional<std::int64_t> parsed;
        if (value.kind == YamlNode::Kind::scalar && attribute.unit == FaultUnit::word) {
            const auto words = split(attribute.words);
            const auto found = std::find(words.begin(), words.end(), value.text);
            if (found != words.end()) parsed = found - words.begin();
            if (!parsed)
                errors_.add(value.mark, at + quoted(value.written) + ": expected " + expected(attribute) +
                                            did_you_mean(value.text, words));
        } else if (value.kind == YamlNode::Kind::scalar) {
            parsed = parse_amount(attribute.unit, value.text);
            if (!parsed)
                errors_.add(value.mark, at + quoted(value.written) + ": expected " + expected(attribute));
        } else {
            errors_.add(value.mark, at + "expected " + expected(attribute));
        }
        if (!parsed) return;
        if (*parsed < attribute.least || *parsed > attribute.most) {
            errors_.add(value.mark, at + quoted(value.written) + ": must be between " +
                                        std::to_string(attribute.least) + " and " +
                                        std::to_string(attribute.most));
            return;
        }
        part.given.resize(part.attributes.size());
        part.given[place] = true;
        auto& values = part.place == of_target ? deed_.target->values : deed_.links[part.place].values;
        values[place] = *parsed;
    }

    static std::string expected(const FaultAttribute& attribute) {
        if (attribute.unit != FaultUnit::word) return std::string(form_of(attribute.unit));
        std::string out;
        for (const std::string_view word : split(attribute.words))
            out += (out.empty() ? "" : " or ") + std::string(word);
        return out;
    }

    void unknown(const YamlNode::Entry& entry, const std::vector<Part*>& of) {
        std::vector<std::string_view> known;
        for (const Part* part : of) {
            for (const FaultAttribute& attribute : part->attributes) known.push_back(attribute.name);
            if (part->place != of_target) known.push_back("stream");
        }
        if (of.size() != 1 || of.front()->mark < entry.key_mark) {
            const auto all = names();
            known.insert(known.end(), all.begin(), all.end());
        }
        errors_.add(entry.key_mark,
                    "unknown key " + quoted(entry.key) + " in " + path_ + did_you_mean(entry.key, known));
    }

    [[nodiscard]] std::vector<std::string_view> names() const {
        std::vector<std::string_view> out;
        for (const FaultKind* kind : fault_kinds()) out.push_back(kind->name);
        if (where_ == FaultPlace::network) return out;
        out.push_back(reset_word);
        out.push_back(expire_word);
        for (const TargetFaultKind* kind : target_fault_kinds()) out.push_back(kind->name);
        return out;
    }

    /// What values that are good one by one say together.
    void finish(Mark mark) {
        if (deed_.target && !deed_.links.empty())
            errors_.add(mark, path_ + ": a fault of the target and one of connections are two entries");
        for (Part& part : parts_) {
            part.given.resize(part.attributes.size());
            for (std::size_t i = 0; i < part.attributes.size(); ++i) {
                const FaultAttribute& attribute = part.attributes[i];
                if (!part.given[i] && attribute.unit != FaultUnit::word &&
                    attribute.fallback < attribute.least)
                    errors_.add(part.mark, path_ + ": " + std::string(part.name) + " needs " +
                                               std::string(attribute.name) + ": " + expected(attribute));
            }
            if (part.place == of_target) continue;
            const LinkFault& link = deed_.links[part.place];
            const std::string why = link.kind->check ? link.kind->check(link.values) : "";
            if (!why.empty()) errors_.add(part.mark, path_ + ": " + why);
        }
    }

    const std::string path_;
    const FaultPlace where_;
    ScenarioErrors& errors_;
    FaultDeed deed_;
    std::vector<Part> parts_;
};

}  // namespace

FaultDeed read_fault(const YamlNode& node, const std::string& path, FaultPlace where,
                     ScenarioErrors& errors) {
    return FaultReader(path, where, errors).read(node);
}

std::string_view fault_form(FaultPlace where) {
    return where == FaultPlace::network
               ? "a network such as 3g, or a map of faults such as {latency: 80ms, jitter: 30ms}"
               : "reset, expire_tokens, or faults such as {latency: 150ms, jitter: 50ms} or {kill: server}";
}

std::string kind_of(const FaultDeed& deed) {
    if (deed.reset) return std::string(reset_word);
    if (deed.expire_tokens) return std::string(expire_word);
    if (deed.target) return std::string(deed.target->kind->name);
    std::string out;
    for (const LinkFault& link : deed.links) out += (out.empty() ? "" : ", ") + std::string(link.kind->name);
    return out;
}

Duration lasts(const TimedFault& fault) {
    if (fault.deed.reset) return std::max(fault.over + fault.offline, Duration(std::chrono::milliseconds{1}));
    if (fault.deed.expire_tokens) return expiry_takes;
    if (fault.deed.target) return fault.deed.target->kind->lasts(fault.deed.target->values);
    return fault.length;
}

}  // namespace hubbub
