// hubbub repeat: the same scenario again and again, the sides in turn, each run a process of its own so that
// none inherits anything from the one before.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "cli/load.hpp"

namespace hubbub::cli {
namespace {

namespace fs = std::filesystem;

/// One combination of the values that are varied.
struct Variant {
    std::string name;  ///< empty: nothing is varied
    std::vector<std::string> arguments;
};

/// `path=a,b`: each side so far, once with a and once with b.
Result<std::vector<Variant>> varied(const std::vector<std::string>& all) {
    std::vector<Variant> variants(1);
    for (const std::string& text : all) {
        const auto equals = text.find('=');
        std::vector<Variant> next;
        const std::string path = text.substr(0, equals);
        for (const Variant& variant : variants)
            for (std::size_t from = equals; from != std::string::npos && from < text.size();) {
                const std::size_t to = text.find(',', from + 1);
                const std::string value = text.substr(from + 1, to == std::string::npos ? to : to - from - 1);
                if (value.empty()) break;
                Variant one = variant;
                one.name += (one.name.empty() ? "" : ",") + path + "=" + value;
                const std::string set = path + "=" + value;
                if (path == "url")
                    one.arguments.insert(one.arguments.end(), {"--url", value});
                else
                    one.arguments.insert(one.arguments.end(), {"--set", set});
                one.arguments.insert(one.arguments.end(), {"--label", set});
                next.push_back(std::move(one));
                from = to;
            }
        if (equals == 0 || equals == std::string::npos || next.size() < 2 * variants.size())
            return fail("--vary " + text + ": expected PATH=VALUE,VALUE with two values at least");
        variants = std::move(next);
    }
    return variants;
}

/// A folder's name that every file system takes.
std::string folder_name(std::string text) {
    for (char& c : text)
        if (!(std::isalnum(static_cast<unsigned char>(c)) || std::strchr("=,.-_", c))) c = '_';
    return text;
}

/// The last N of the `run-N.json` in a folder; 0: there is none.
std::uint32_t last_run(const fs::path& folder) {
    std::uint32_t last = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        unsigned number = 0;
        if (std::sscanf(entry.path().filename().c_str(), "run-%u.json", &number) == 1)
            last = std::max(last, number);
    }
    return last;
}

/// `hubbub run ...` to its end; its exit code, 70 when it died.
int play(const std::string& program, std::vector<std::string> arguments) {
    std::vector<char*> argv;
    arguments.insert(arguments.begin(), program);
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_t child = -1;
    if (const int error = posix_spawn(&child, program.c_str(), nullptr, nullptr, argv.data(), environ);
        error != 0)
        return usage_error("cannot start " + program + ": " + std::strerror(error));
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : exit_bug;
}

/// Of two exit codes, the one that says more (the table in `hubbub --help`).
int graver(int a, int b) {
    static constexpr int order[] = {70, 2, 3, 4, 130, 5, 99, 0};
    for (const int code : order)
        if (a == code || b == code) return code;
    return a;
}

std::vector<std::string> common_arguments(const RepeatOptions& options) {
    std::vector<std::string> out = {"run", options.scenario.file, "--quiet"};
    for (const std::string& set : options.scenario.sets) out.insert(out.end(), {"--set", set});
    if (options.scenario.seed) out.insert(out.end(), {"--seed", std::to_string(*options.scenario.seed)});
    for (const std::string& url : options.urls) out.insert(out.end(), {"--url", url});
    if (options.workers) out.insert(out.end(), {"--workers", std::to_string(options.workers)});
    return out;
}

struct Seat {
    Variant variant;
    fs::path folder;
    std::uint32_t before = 0;  ///< runs that it holds already
};

Result<std::vector<Seat>> seats_of(const RepeatOptions& options) {
    auto variants = varied(options.varied);
    if (!variants) return variants.error();
    std::vector<Seat> seats;
    for (Variant& variant : *variants) {
        const fs::path folder = variant.name.empty() ? fs::path(options.into)
                                                     : fs::path(options.into) / folder_name(variant.name);
        std::error_code error;
        fs::create_directories(folder, error);
        if (error) return fail("cannot make the folder " + folder.string() + ": " + error.message());
        const std::uint32_t before = last_run(folder);
        if (before > 0 && !options.more)
            return fail(folder.string() + " holds " + std::to_string(before) +
                        " runs already: take another folder, or --more to add to them");
        seats.push_back({std::move(variant), folder, before});
    }
    return seats;
}

void go_on(int) {}

}  // namespace

int repeat(const RepeatOptions& options) {
    if (const auto scenario = load(options.scenario); !scenario) return usage_error(scenario.error().message);
    if (options.runs == 0) return usage_error("--runs 0: at least one");
    auto seats = seats_of(options);
    if (!seats) return usage_error(seats.error().message);
    signal(SIGINT, go_on);  // the run hears it too, and says that it was interrupted
    int worst = 0;
    for (std::uint32_t round = 1; round <= options.runs; ++round) {
        for (const Seat& seat : *seats) {
            const std::string file =
                (seat.folder / ("run-" + std::to_string(seat.before + round) + ".json")).string();
            std::fprintf(stderr, "repeat: run %u of %u%s%s\n", round, options.runs,
                         seat.variant.name.empty() ? "" : ", ", seat.variant.name.c_str());
            auto arguments = common_arguments(options);
            arguments.insert(arguments.end(), {"--out", "json=" + file});
            arguments.insert(arguments.end(), seat.variant.arguments.begin(), seat.variant.arguments.end());
            const int code = play(own_program(), std::move(arguments));
            worst = graver(worst, code);
            if (code == exit_usage || code == exit_bug || code == 3 || code == 130) return code;
        }
        // Forth and back, so that what drifts meets all sides alike.
        std::reverse(seats->begin(), seats->end());
    }
    if (options.runs % 2 == 1) std::reverse(seats->begin(), seats->end());
    std::string next = "hubbub compare";
    for (const Seat& seat : *seats) next += " " + seat.folder.string();
    std::fprintf(stderr, "repeat: %s\n",
                 (seats->size() > 1 ? "now: " + next : "results are in " + options.into).c_str());
    return worst;
}

}  // namespace hubbub::cli
