#!/usr/bin/env python3
"""Negative controls under faults: servers that deliver at most once, or without recognising what is sent again, meet a storm of resets over real sockets.

Each is caught where more is expected of it, by the right counter and no other; and each passes where just its own strategy is expected."""
import concurrent.futures
import os
import re

from hubbub import ROOT, check, run, scenario

with open(ROOT / "scenarios/delivery-strategies.yaml") as file:
    STORM = file.read()


def smaller(text, old, new):
    assert re.search(old, text), f"the scenario has no {old}"
    return re.sub(old, new, text)


# The same storm, sooner: this is about what is said, not about figures.
for old, new in ((r"users: 200", "users: 60"), (r"count: 300", "count: 60"), (r"for: 15s, messages: 300/s", "for: 4s, messages: 200/s"), (r"settle: 10s", "settle: 5s"),
                 (r"steady\+3s", "steady+500ms"), (r"lasts: 4s", "lasts: 2s"), (r"steady\+5s", "steady+1500ms"), (r"steady\+9s", "steady+3s")):
    STORM = smaller(STORM, old, new)
MODES = ("effectively_once", "at_least_once", "at_most_once")
# What each strategy does in this storm, and who expects more than that.
DOES = {"effectively_once": set(), "at_least_once": {"duplicate"}, "at_most_once": {"lost"}}
TOO_MUCH = {"effectively_once": (), "at_least_once": ("effectively_once", "at_most_once"), "at_most_once": ("effectively_once", "at_least_once")}

file = scenario(STORM)


def played(strategy, expected):
    return run(file, "--set", f"target.start.settings.delivery={strategy}", "--set", f"expect.delivery={expected}")


runs = [("effectively_once", "effectively_once"), *((strategy, expected) for strategy in MODES[1:] for expected in MODES)]
try:
    with concurrent.futures.ThreadPoolExecutor(3) as pool:  # they mostly wait for their clocks
        results = list(pool.map(lambda one: played(*one), runs))
finally:
    os.unlink(file)
for (strategy, expected), (done, result) in zip(runs, results):
    assert result, done.stderr
    wrong = {name: count for name, count in result["violations"].items() if count}
    story = f"{result['verdict']} {wrong} {result['evidence'][:3]}\n{done.stdout[-2000:] if done.returncode else ''}"
    check(all(fault["fired"] > 0 for fault in result["faults"]), f"{strategy}: they were cut, and the disk was slow")
    check(set(wrong) == DOES[strategy], f"{strategy}: the counters that moved are {sorted(DOES[strategy])}" + ("" if set(wrong) == DOES[strategy] else story))
    violated = expected in TOO_MUCH[strategy]
    check(done.returncode == (4 if violated else 0), f"{strategy} where {expected} is expected {'is caught' if violated else 'passes'}" +
          ("" if done.returncode == (4 if violated else 0) else story))
