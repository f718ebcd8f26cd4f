#!/usr/bin/env python3
"""Runs a scenario a few times and says whether it became worse than the baseline that the last good runs left.

    ci/regression.py SCENARIO --baseline FOLDER --results FOLDER [--hubbub PROGRAM] [--runs 3] [--keep] [-- arguments of `hubbub run`]

Exit status: that of the first run that did not pass (hubbub's own: 4 correctness violated, 99 an SLO missed, 5 inconclusive, ...), then 99 when it
became worse, else 0. With --keep, runs that passed and are not worse become the baseline (the main branch does that, pull requests do not).

Worse: of a figure, every run now is above every run of the baseline, and the median by 25 % and a millisecond at least. With three runs a side, chance
alone puts all three above in one case of twenty, and the noise of shared machines is what the 25 % are for: compare only what ran on machines of one kind.
"""
import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys

FIGURES = [("delivery", "p50"), ("delivery", "p99"), ("ack", "p99")]
SHARE, LEAST = 1.25, 0.001  # seconds
SLO_MISSED, USAGE = 99, 2


def run(options, number):
    """Exit status; the result file, and JUnit XML for the CI's own page, are in the folder of results."""
    out = options.results / f"run-{number}.json"
    out.unlink(missing_ok=True)
    done = subprocess.run([options.hubbub, "run", options.scenario, "--out", f"json={out}", "--out", f"junit={out.with_suffix('.xml')}", *options.arguments])
    if done.returncode == 0 and not out.exists():
        sys.exit(f"{options.hubbub} wrote no {out}")
    return done.returncode


def figures_of(folder):
    """(kind, figure) -> the values of all runs; what was not measured, or never arrived, is infinitely late."""
    files = sorted(folder.glob("run-*.json"))
    results = [json.loads(file.read_text()) for file in files]
    value = lambda each, kind, figure: each["latency"][kind][figure]
    return {(kind, figure): [float("inf") if value(each, kind, figure) in (None, "+Inf") else float(value(each, kind, figure)) for each in results]
            for kind, figure in FIGURES}


def compare(before, now):
    """Prints a line a figure; whether one became worse."""
    any_worse = False
    for (kind, figure), values in now.items():
        old = before.get((kind, figure), [])
        if not old:
            continue
        was, is_now = statistics.median(old), statistics.median(values)
        worse = min(values) > max(old) and is_now >= was * SHARE and is_now - was >= LEAST
        any_worse |= worse
        print(f"{'WORSE' if worse else 'ok   '}  {kind}.{figure}  {was * 1e3:.1f} ms -> {is_now * 1e3:.1f} ms  (medians of {len(old)} and {len(values)} runs)")
    return any_worse


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario")
    parser.add_argument("--hubbub", default="hubbub")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--baseline", type=pathlib.Path, required=True)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--keep", action="store_true")
    given = sys.argv[1:]
    split = given.index("--") if "--" in given else len(given)
    options = parser.parse_args(given[:split])
    options.arguments = given[split + 1:]
    if options.runs < 3:
        parser.error("--runs: at least 3, or a single unlucky run decides")
    options.results.mkdir(parents=True, exist_ok=True)
    for old in [*options.results.glob("run-*.json"), *options.results.glob("run-*.xml")]:
        old.unlink()

    for number in range(1, options.runs + 1):
        status = run(options, number)
        if status != 0:
            return status

    now = figures_of(options.results)
    before = figures_of(options.baseline) if options.baseline.is_dir() else {}
    if not any(before.values()):
        print("no baseline yet: nothing to compare with")
    elif compare(before, now):
        return SLO_MISSED
    if options.keep:
        shutil.rmtree(options.baseline, ignore_errors=True)
        shutil.copytree(options.results, options.baseline, ignore=shutil.ignore_patterns("*.xml"))
        print(f"these runs are the baseline now: {options.baseline}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
