// The pages that people look at, as the build put them together of the files in this folder: each is one text
// with style and script inside and asks no network for anything. Owned by nobody; any thread.
#pragma once

#include <string>
#include <string_view>

namespace hubbub {

std::string_view report_page();   ///< holds a place for one result
std::string_view compare_page();  ///< for one comparison
std::string_view live_page();     ///< asks its server for everything

/// `page` with `json` in the place that it holds. Nothing in `json` can end the element that it stands in.
std::string page_with_data(std::string_view page, std::string_view json);

}  // namespace hubbub
