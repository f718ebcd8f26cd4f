#include "tests/fuzz/websocket_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hubbub::websocket::check_any_stream({reinterpret_cast<const char*>(data), size});
    return 0;
}
