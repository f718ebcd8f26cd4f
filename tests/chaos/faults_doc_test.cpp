// docs/FAULTS.md has the table of all faults as the registry has it.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "chaos/faults/registry.hpp"
#include "chaos/targets/registry.hpp"

namespace hubbub {
namespace {

std::string_view unit_of(const FaultAttribute& attribute) {
    switch (attribute.unit) {
        case FaultUnit::milliseconds:
            return "ms";
        case FaultUnit::microseconds:
            return "us";
        case FaultUnit::bytes:
            return "bytes";
        case FaultUnit::kilobytes_a_second:
            return "KB/s of 1,000 bytes";
        case FaultUnit::count:
            return "count";
        case FaultUnit::word:
            return "word";
    }
    return "";
}

template <class Kind>
std::string row_of(const Kind& kind) {
    std::string row = "| `" + std::string(kind.name) + "` | ";
    for (const FaultAttribute& attribute : kind.attributes) {
        if (&attribute != kind.attributes.data()) row += "<br>";
        row += "`" + std::string(attribute.name) + "` (" + std::string(unit_of(attribute));
        if (attribute.unit == FaultUnit::word)
            row += ": " + [&] {
                std::string words(attribute.words);
                for (std::size_t at = 0; (at = words.find('|', at)) != std::string::npos;)
                    words.replace(at, 1, ", ");
                return words;
            }();
        else if (attribute.fallback >= attribute.least)
            row += ", " + std::to_string(attribute.fallback);
        row += "): " + std::string(attribute.doc);
    }
    return row + " | " + std::string(kind.shows) + " |\n";
}

TEST(FaultsDoc, HasTheTableOfTheRegistry) {
    std::ifstream file(HUBBUB_SOURCE_DIR "/docs/FAULTS.md");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::string table = "| fault | attributes (unit, default) | what it shows |\n|---|---|---|\n";
    for (const FaultKind* kind : fault_kinds()) table += row_of(*kind);
    EXPECT_NE(text.find(table), std::string::npos) << "docs/FAULTS.md must have this table:\n\n" << table;
}

TEST(FaultsDoc, HasTheTableOfWhatIsDoneToTheTarget) {
    std::ifstream file(HUBBUB_SOURCE_DIR "/docs/FAULTS.md");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::string table =
        "| fault of the target | attributes (unit, default) | what it shows |\n|---|---|---|\n";
    for (const TargetFaultKind* kind : target_fault_kinds()) table += row_of(*kind);
    EXPECT_NE(text.find(table), std::string::npos) << "docs/FAULTS.md must have this table:\n\n" << table;
}

}  // namespace
}  // namespace hubbub
