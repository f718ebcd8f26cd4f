// A folder of its own that is gone with its owner. One owner, one thread.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace hubbub {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::error_code none;
        std::string path = (std::filesystem::temp_directory_path(none) / "hubbub-XXXXXX").string();
        if (!none && mkdtemp(path.data())) path_ = path;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    /// Empty: it could not be made.
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace hubbub
