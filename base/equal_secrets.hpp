// Comparing what somebody showed with a secret. A pure function; any thread.
#pragma once

#include <string_view>

namespace hubbub {

/// In a time that does not depend on where they differ.
inline bool equal_secrets(std::string_view shown, std::string_view secret) {
    unsigned differ = shown.size() == secret.size() ? 0 : 1;
    for (std::size_t i = 0; i < secret.size(); ++i)
        differ |= static_cast<unsigned char>(secret[i]) ^
                  static_cast<unsigned char>(i < shown.size() ? shown[i] : 0);
    return differ == 0;
}

}  // namespace hubbub
