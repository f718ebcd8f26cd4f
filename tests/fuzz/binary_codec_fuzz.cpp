#include "tests/fuzz/binary_codec_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto codec = hubbub::make_binary_codec();
    hubbub::check_any_binary(*codec, {reinterpret_cast<const char*>(data), size});
    return 0;
}
