#!/usr/bin/env python3
"""Fails when a pure core includes sockets, a database, threads or a clock, or when a folder includes a folder above it.

The table is the architecture: folder -> the project folders whose headers it may include.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

MAY_INCLUDE = {
    "base": [],
    "protocol": ["base"],
    "chaos": ["base", "protocol"],
    "chaos/faults": ["base", "protocol", "chaos"],
    "web": [],
    "chaos/targets": ["base", "protocol", "chaos"],
    "refserver/core": ["base", "protocol"],
    "refserver/store": ["base", "protocol", "refserver/core"],
    "loadgen/scenario": ["base", "protocol", "chaos", "chaos/faults", "chaos/targets"],
    "loadgen/plan": ["base", "protocol", "chaos", "loadgen/scenario"],
    "loadgen/adapters": ["base", "protocol", "loadgen/scenario", "loadgen/plan"],
    "loadgen/check": ["base", "protocol", "loadgen/scenario", "loadgen/plan"],
    "loadgen/habits": ["base", "protocol", "loadgen/scenario", "loadgen/plan", "loadgen/check", "loadgen/adapters"],
    "loadgen/client": ["base", "protocol", "chaos", "chaos/faults", "chaos/targets", "loadgen/scenario", "loadgen/plan", "loadgen/check", "loadgen/adapters",
                       "loadgen/habits"],
    "loadgen/report": ["base", "protocol", "chaos", "loadgen/scenario", "loadgen/plan", "loadgen/check", "loadgen/adapters",
                       "loadgen/client", "web"],
    "sim": ["base", "protocol", "chaos", "chaos/faults", "chaos/targets", "refserver/core", "refserver/store", "loadgen/scenario", "loadgen/plan",
            "loadgen/check", "loadgen/adapters", "loadgen/client", "loadgen/report"],
    "chaos/proxy": ["base", "protocol", "chaos", "chaos/faults", "transport"],
    "auth": ["base", "protocol"],
    "transport": ["base", "protocol"],
    "refserver/api": ["base", "protocol", "refserver/core", "transport"],
    "refserver/server": ["base", "protocol", "refserver/core", "refserver/store", "refserver/api", "transport", "auth"],
    "loadgen/runner": ["base", "protocol", "chaos", "chaos/targets", "loadgen/scenario", "loadgen/plan", "loadgen/check", "loadgen/adapters",
                       "loadgen/client", "loadgen/report", "transport", "auth", "web"],
}
SHELLS = {"transport", "chaos/proxy", "refserver/api", "refserver/server", "loadgen/runner"}
# Files of otherwise pure folders that are shells by name.
SHELL_FILES = re.compile(r"^(refserver/store/(rocksdb_|committer)|auth/token\.cpp)")

FORBIDDEN_INCLUDES = re.compile(
    r'#\s*include\s*[<"](boost/(asio|beast)|rocksdb/|jwt\.h|prometheus/|spdlog/|sys/(socket|epoll|eventfd|timerfd)|'
    r"netinet/|arpa/|thread>|mutex>|condition_variable>|future>|random>|ctime>|time\.h>)")
FORBIDDEN_WORDS = re.compile(
    r"(_clock::now\s*\(|\bclock_gettime\s*\(|\bgettimeofday\s*\(|std::random_device|std::mt19937|\bsleep_for\b|\busleep\s*\()")
PROJECT_INCLUDE = re.compile(r'#\s*include\s*"([^"]+)"')


def folder_of(path: str) -> str:
    parts = path.split("/")
    nested = parts[0] in ("refserver", "loadgen") or (parts[0] == "chaos" and len(parts) > 2)
    return "/".join(parts[:2]) if nested else parts[0]


def without_comments(text: str) -> str:
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    return re.sub(r"//[^\n]*", "", text)


def faults_of(path: str, text: str) -> list[str]:
    folder = folder_of(path)
    allowed = MAY_INCLUDE[folder] + [folder]
    pure = folder not in SHELLS and not SHELL_FILES.match(path)
    faults = []
    for number, line in enumerate(without_comments(text).splitlines(), 1):
        if pure and FORBIDDEN_INCLUDES.search(line):
            faults.append(f"{path}:{number}: a pure core includes {line.strip()}")
        if pure and FORBIDDEN_WORDS.search(line):
            faults.append(f"{path}:{number}: a pure core reads a clock or a global random source: {line.strip()}")
        include = PROJECT_INCLUDE.search(line)
        if include and folder_of(include.group(1)) not in allowed:
            faults.append(f"{path}:{number}: {folder} may not include {include.group(1)}")
    return faults


def self_test() -> None:
    """The test must be able to fail."""
    condemned = ['#include <boost/asio.hpp>', '#include <rocksdb/db.h>', "auto t = std::chrono::steady_clock::now();",
                 '#include "transport/loop.hpp"', '#include <thread>']
    for line in condemned:
        assert faults_of("refserver/core/x.cpp", line), f"not condemned: {line}"
    assert not faults_of("refserver/core/x.cpp", '// like steady_clock::now()\n#include "protocol/messages.hpp"\n')


def main() -> int:
    self_test()
    faults, files = [], 0
    for folder in MAY_INCLUDE:
        for path in sorted((ROOT / folder).glob("*.[ch]pp")):
            files += 1
            faults += faults_of(path.relative_to(ROOT).as_posix(), path.read_text())
    print("\n".join(faults))
    print(f"layering: {files} files, {len(faults)} faults")
    return 1 if faults or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
