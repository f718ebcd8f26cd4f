// Every adapter that exists, in one table: no self-registration, so what is linked is what is listed.
#include <array>

#include "loadgen/adapters/adapter.hpp"

namespace hubbub {

// One line here and one file in this folder make a new adapter.
std::unique_ptr<Adapter> make_hubbub_adapter();
std::unique_ptr<Adapter> make_hubbub_bin_adapter();
Result<std::unique_ptr<Adapter>> make_json_ws_adapter(const Target& target);

namespace {

struct KnownAdapter {
    std::string_view name;
    std::unique_ptr<Adapter> (*make)();                                  ///< null: it needs the target
    Result<std::unique_ptr<Adapter>> (*make_for)(const Target& target);  ///< null: the name says it all
};

constexpr std::array known_adapters = {
    KnownAdapter{"hubbub", make_hubbub_adapter, nullptr},
    KnownAdapter{"hubbub-bin", make_hubbub_bin_adapter, nullptr},
    KnownAdapter{"json-ws", nullptr, make_json_ws_adapter},
};

}  // namespace

std::unique_ptr<Adapter> make_adapter(std::string_view name) {
    for (const KnownAdapter& known : known_adapters)
        if (known.name == name && known.make != nullptr) return known.make();
    return nullptr;
}

Result<std::unique_ptr<Adapter>> make_adapter(const Target& target) {
    for (const KnownAdapter& known : known_adapters)
        if (known.name == target.adapter)
            return known.make_for != nullptr ? known.make_for(target)
                                             : Result<std::unique_ptr<Adapter>>(known.make());
    return fail("no adapter " + target.adapter);
}

std::vector<std::string_view> adapter_names() {
    std::vector<std::string_view> names;
    for (const KnownAdapter& known : known_adapters) names.push_back(known.name);
    return names;
}

}  // namespace hubbub
