#include "tests/fuzz/json_codec_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // One for all inputs, as a connection's bytes meet a codec that has seen others before.
    static const auto codec = hubbub::make_json_codec();
    hubbub::check_any_json(*codec, {reinterpret_cast<const char*>(data), size});
    return 0;
}
