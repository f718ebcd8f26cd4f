#include "web/pages.hpp"

namespace hubbub {
namespace embedded {
// Made by cmake/embed_pages.cmake.
extern const char report[], compare[], live[];
}  // namespace embedded

std::string_view report_page() {
    return embedded::report;
}

std::string_view compare_page() {
    return embedded::compare;
}

std::string_view live_page() {
    return embedded::live;
}

std::string page_with_data(std::string_view page, std::string_view json) {
    constexpr std::string_view place = "@DATA@";
    const std::size_t at = page.find(place);
    if (at == std::string_view::npos) return std::string(page);
    std::string out;
    out.reserve(page.size() + json.size() + json.size() / 64);
    out += page.substr(0, at);
    // "</script" ends a script element and "<!--" changes how it ends, whatever its type. Within JSON a '<'
    // stands in strings only, where this means the same.
    for (const char c : json) {
        if (c == '<')
            out += "\\u003c";
        else
            out += c;
    }
    return out += page.substr(at + place.size());
}

}  // namespace hubbub
