#include "tests/fuzz/scenario_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hubbub::check_any_scenario({reinterpret_cast<const char*>(data), size});
    return 0;
}
