#!/usr/bin/env python3
"""What `hubbub compare` says of an injected latency: worse for 120 ms against 100, the same for 100 against 100 in nine of ten at least.

    bench/compare.py [--live] [--trials 10] [--runs 3] [--hubbub PROGRAM]

In virtual time by default: every run has a world of its own (its seed: network jitter of +-10 %, disk, shards), so that runs of the same differ, and ten trials take
seconds. --live: real sockets through `hubbub proxy` with toxics of 120 and 100 ms in front of one `hubbub serve`, runs interleaved; about 15 s a run.
"""
import argparse
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCENARIO = """
version: 1
name: compare
seed: 11
target: {{{target}}}
population: {{users: 60}}
topology: [{{class: direct, count: 40}}, {{class: group, count: 6, size: 10}}]
behaviors: {{chatter: {{send: {{to: {{direct: 50%, group: 50%}}, bytes: 120}}}}}}
load:
  - {{phase: connect, ramp: 200/s, until: population, max_duration: 20s}}
  - {{phase: steady, for: {seconds}s, messages: 60/s, arrivals: poisson}}
  - {{phase: drain, settle: 1s, max_duration: 20s}}
expect: {{delivery: effectively_once}}
"""


def run(options, *arguments):
    done = subprocess.run([options.hubbub, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in (0, 5, 99) or (arguments[0] != "compare" and done.returncode):
        sys.exit(done.stdout + done.stderr)
    return done


class Virtual:
    """Each run in a world of its own."""

    def __init__(self, options, folder):
        self.options, self.file, self.world = options, folder / "virtual.yaml", 0
        self.file.write_text(SCENARIO.format(target="start: {server: embedded}", seconds=20))

    def play(self, milliseconds, out):
        self.world += 1
        run(self.options, "sim", self.file, "--latency", milliseconds / 2 * 0.9, "--jitter", milliseconds / 2 * 0.2, "--world-seed", self.world, "--out", f"json={out}")


class Live:
    """One server, and a proxy in front of it for each latency."""

    def __init__(self, options, folder, stack):
        self.options, self.file = options, folder / "live.yaml"
        self.file.write_text(SCENARIO.format(target="endpoints: [ws://127.0.0.1:1/chat]", seconds=8))
        port = self.start(stack, "serve", "--listen", "127.0.0.1:0", "--durability", "memory")
        self.urls = {}
        for milliseconds in (100, 120):
            api = self.start(stack, "proxy", "--api", "127.0.0.1:0", "--listen", f"127.0.0.1:{21000 + milliseconds}", "--upstream", f"127.0.0.1:{port}",
                             "--toxic", f"latency:latency={milliseconds},stream=downstream")
            assert api
            self.urls[milliseconds] = f"ws://127.0.0.1:{21000 + milliseconds}/chat"

    def start(self, stack, *arguments):
        read_end, write_end = os.pipe()
        process = subprocess.Popen([self.options.hubbub, *arguments, "--ready-fd", str(write_end)], pass_fds=[write_end], stderr=subprocess.DEVNULL)
        stack.callback(lambda: (process.terminate(), process.wait()))
        os.close(write_end)
        with os.fdopen(read_end) as ready:
            return ready.readline().split()[1]

    def play(self, milliseconds, out):
        run(self.options, "run", self.file, "--quiet", "--url", self.urls[milliseconds], "--out", f"json={out}")


def trial(options, world, folder, now):
    """The word of one comparison of `now` against 100 ms, sides interleaved."""
    for side in ("base", "now"):
        (folder / side).mkdir(parents=True)
    for number in range(options.runs):
        order = [("base", 100), ("now", now)]
        for side, milliseconds in order if number % 2 == 0 else reversed(order):
            world.play(milliseconds, folder / side / f"run-{number + 1}.json")
    done = run(options, "compare", folder / "base", folder / "now")
    return next(line.split(":")[0].split(" ")[0].lower() for line in done.stdout.splitlines() if line.isascii() and line[:4].isupper()), done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--hubbub", default=str(ROOT / "build/release/bin/hubbub"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        folder = pathlib.Path(folder)
        world = Live(options, folder, stack) if options.live else Virtual(options, folder)
        words = {}
        for now in (120, 100):
            words[now] = []
            for number in range(options.trials):
                word, table = trial(options, world, folder / f"{now}-{number}", now)
                if number == 0:
                    print(f"{now} ms against 100 ms:{table}")
                words[now].append(word)
            print(f"{now} ms against 100 ms: " + ", ".join(f"{words[now].count(word)} {word}" for word in sorted(set(words[now]))), flush=True)
    good = words[120].count("worse") == options.trials and words[100].count("same") >= 0.9 * options.trials
    print("as it should be" if good else "NOT as it should be")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
