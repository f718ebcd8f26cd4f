#!/usr/bin/env python3
"""Runs a scenario a few times and says whether it became worse than the baseline that the last good runs left.

    ci/regression.py SCENARIO --baseline FOLDER --results FOLDER [--hubbub PROGRAM] [--runs 3] [--keep] [-- arguments of `hubbub run`]

Exit status: that of the first run that did not pass (hubbub's own: 4 correctness violated, 99 an SLO missed, 5 inconclusive, ...), then 99 when it
became worse, else 0. With --keep, runs that passed and are not worse become the baseline (the main branch does that, pull requests do not).

Worse is what `hubbub compare` calls worse with a margin of 25 % and a millisecond, which the noise of shared machines needs: compare only what ran on machines of one
kind. Undecided is not worse: the table says so, and the exit status is 0.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys

FIGURES = ["delivery.p50", "delivery.p99", "ack.p99"]
SAME, UNDECIDED, WORSE = 0, 5, 99


def run(options, number):
    """Exit status; the result file, its report, and JUnit XML for the CI's own page are in the folder of results."""
    out = options.results / f"run-{number}.json"
    out.unlink(missing_ok=True)
    done = subprocess.run([options.hubbub, "run", options.scenario, "--out", f"json={out}", "--out", f"junit={out.with_suffix('.xml')}",
                           "--out", f"html={out.with_suffix('.html')}", *options.arguments])
    if done.returncode == 0 and not out.exists():
        sys.exit(f"{options.hubbub} wrote no {out}")
    return done.returncode


def worse(options):
    """Prints the table, leaves compare.html among the results; whether they became worse."""
    figures = [argument for figure in FIGURES for argument in ("--figure", figure)]
    done = subprocess.run([options.hubbub, "compare", options.baseline, options.results, *figures, "--margin", "25%", "--least", "1ms",
                           "--out", f"html={options.results / 'compare.html'}"], stdout=subprocess.PIPE, text=True)
    print(done.stdout)
    if done.returncode not in (SAME, UNDECIDED, WORSE):
        sys.exit(done.returncode)
    return done.returncode == WORSE


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
    for old in [*options.results.glob("run-*.json"), *options.results.glob("run-*.xml"), *options.results.glob("*.html")]:
        old.unlink()

    for number in range(1, options.runs + 1):
        status = run(options, number)
        if status != 0:
            return status

    if not (options.baseline.is_dir() and any(options.baseline.glob("run-*.json"))):
        print("no baseline yet: nothing to compare with")
    elif worse(options):
        return WORSE
    if options.keep:
        shutil.rmtree(options.baseline, ignore_errors=True)
        shutil.copytree(options.results, options.baseline, ignore=shutil.ignore_patterns("*.xml", "*.html"))
        print(f"these runs are the baseline now: {options.baseline}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
