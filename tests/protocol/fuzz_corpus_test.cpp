// Replays the fuzzers' corpora (tests/fuzz/corpus), so that a finding stays found without clang.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/binary_codec_check.hpp"
#include "tests/fuzz/json_codec_check.hpp"
#include "tests/fuzz/websocket_check.hpp"

namespace hubbub {
namespace {

template <class Check>
int replay(const std::string& folder, Check&& check) {
    int files = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(HUBBUB_SOURCE_DIR "/tests/fuzz/corpus/" + folder)) {
        std::ifstream stream(file.path(), std::ios::binary);
        check(std::string(std::istreambuf_iterator<char>(stream), {}));
        ++files;
    }
    return files;
}

TEST(FuzzCorpus, OfTheWebSocketReaderHoldsItsChecks) {
    EXPECT_GT(replay("websocket", [](const std::string& input) { websocket::check_any_stream(input); }), 10);
}

TEST(FuzzCorpus, OfTheJsonCodecHoldsItsChecks) {
    const auto codec = make_json_codec();
    EXPECT_GT(replay("json_codec", [&](const std::string& input) { check_any_json(*codec, input); }), 10);
}

TEST(FuzzCorpus, OfTheBinaryCodecHoldsItsChecks) {
    const auto codec = make_binary_codec();
    const auto check = [&](const std::string& input) { check_any_binary(*codec, input); };
    EXPECT_GT(replay("binary_codec", check), 10);
    EXPECT_GT(replay("json_codec", check), 10);  // bytes that mean something else are still only bytes
}

}  // namespace
}  // namespace hubbub
