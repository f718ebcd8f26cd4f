// Every adapter that exists, in one table: no self-registration, so what is linked is what is listed.
#include <array>

#include "loadgen/adapters/adapter.hpp"

namespace hubbub {

// One line here and one file in this folder make a new adapter.
std::unique_ptr<Adapter> make_hubbub_adapter();
std::unique_ptr<Adapter> make_hubbub_bin_adapter();

namespace {

struct KnownAdapter {
    std::string_view name;
    std::unique_ptr<Adapter> (*make)();
};

constexpr std::array known_adapters = {
    KnownAdapter{"hubbub", make_hubbub_adapter},
    KnownAdapter{"hubbub-bin", make_hubbub_bin_adapter},
};

}  // namespace

std::unique_ptr<Adapter> make_adapter(std::string_view name) {
    for (const KnownAdapter& known : known_adapters)
        if (known.name == name) return known.make();
    return nullptr;
}

std::vector<std::string_view> adapter_names() {
    std::vector<std::string_view> names;
    for (const KnownAdapter& known : known_adapters) names.push_back(known.name);
    return names;
}

}  // namespace hubbub
