// A directory for one test, gone with it. Owned by the test; any thread.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace hubbub {

class TemporaryDirectory {
  public:
    TemporaryDirectory() : path_(testing::TempDir() + "hubbub-store-XXXXXX") {
        if (!mkdtemp(path_.data())) ADD_FAILURE() << "no temporary directory";
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace hubbub
