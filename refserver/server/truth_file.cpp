#include "refserver/server/truth_file.hpp"

#include <cerrno>
#include <cstring>

#include "base/assert.hpp"
#include "protocol/codec.hpp"

namespace hubbub {

Result<std::unique_ptr<TruthFile>> TruthFile::open(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "ae");
    if (!file) return fail("cannot write the sabotage truth to " + path + ": " + std::strerror(errno));
    return std::unique_ptr<TruthFile>(new TruthFile(file));
}

TruthFile::~TruthFile() {
    std::fclose(file_);
}

void TruthFile::about_to(const SabotageRecord& r) {
    // Names come from the generator's plan (u17, d0) or a hello that was length-checked; quotes cannot stand
    // in them unescaped.
    auto quoted = [](const std::string& text) {
        std::string out = "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') out += '\\';
            if (static_cast<unsigned char>(c) >= 0x20) out += c;
        }
        return out + '"';
    };
    const std::string line =
        "{\"kind\":\"" + std::string(name(r.kind)) + "\",\"conversation\":\"" + to_string(r.conversation) +
        "\",\"sequence\":" + std::to_string(r.sequence) + ",\"user\":" + quoted(r.user) +
        ",\"device\":" + quoted(r.device) + ",\"number\":" + std::to_string(r.number) +
        ",\"victim_user\":" + quoted(r.victim_user) + ",\"victim_device\":" + quoted(r.victim_device) +
        ",\"receivers\":" + std::to_string(r.receivers) + "}\n";
    const std::lock_guard lock(mutex_);
    const bool written =
        std::fwrite(line.data(), 1, line.size(), file_) == line.size() && std::fflush(file_) == 0;
    HUBBUB_ASSERT(written, "a wrong that is not in the truth would make the proof worthless");
}

}  // namespace hubbub
