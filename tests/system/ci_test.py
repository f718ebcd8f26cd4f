#!/usr/bin/env python3
"""ci/regression.py: its exit status is the first failure's, a slower backend is worse, noise is not, and only good runs become the baseline."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from hubbub import PROGRAM, ROOT, check, scenario

SCRIPT = ROOT / "ci/regression.py"
EMPTY = {"schema_version": 1, "verdict": "pass", "health": {}, **{key: {} for key in ("scenario", "totals", "rate", "violations", "broken")},
         **{key: [] for key in ("not_checked", "evidence", "expectations", "series")}}


def regression(folder, program, *arguments, file="scenario.yaml"):
    done = subprocess.run([sys.executable, SCRIPT, file, "--hubbub", program, "--baseline", f"{folder}/baseline", "--results", f"{folder}/results", *arguments],
                          capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def stand_in(folder, runs):
    """A `hubbub` that ends its n-th run with this (exit status, delivery P99 in ms), and compares as the real one."""
    program = pathlib.Path(folder, "stand-in")
    pathlib.Path(folder, "count").unlink(missing_ok=True)
    for number, (status, p99) in enumerate(runs):
        value = "+Inf" if p99 is None else p99 / 1e3
        result = {**EMPTY, "latency": {"delivery": {"p50": 0.005, "p99": value}, "ack": {"p99": 0.004}}}
        pathlib.Path(folder, f"result-{number}").write_text(json.dumps(result))
        pathlib.Path(folder, f"status-{number}").write_text(str(status))
    # A shell is quick to start, and this is started some seventy times.
    program.write_text(f"""#!/bin/sh
[ "$1" = compare ] && exec {PROGRAM} "$@"
cd {folder}
number=$(cat count 2>/dev/null || echo 0)
echo $((number + 1)) >count
for argument in "$@"; do case $argument in json=*) cp result-$number "${{argument#json=}}" ;; esac; done
exit $(cat status-$number)
""")
    program.chmod(0o755)
    return str(program)


def case(what, runs, expected, keep=False, folder=None, baseline=((0, 20), (0, 22), (0, 24))):
    with tempfile.TemporaryDirectory() as folder:
        if baseline:
            status, said = regression(folder, stand_in(folder, baseline), "--keep")
            assert status == 0, said
        before = sorted(file.read_text() for file in pathlib.Path(folder, "baseline").glob("*.json"))
        status, said = regression(folder, stand_in(folder, runs), *(["--keep"] if keep else []))
        check(status == expected, f"{what}: exit status {status} {'' if status == expected else said}")
        after = sorted(file.read_text() for file in pathlib.Path(folder, "baseline").glob("*.json"))
        check((after != before) == (keep and expected == 0), f"... and the baseline {'moved on' if after != before else 'stays'}")


case("no baseline yet", [(0, 20)] * 3, 0, baseline=None)
case("the first runs become it", [(0, 20)] * 3, 0, keep=True, baseline=None)
case("no slower", [(0, 21), (0, 23), (0, 19)], 0, keep=True)
case("twice as slow", [(0, 44), (0, 40), (0, 48)], 99, keep=True)
case("one slow run of three", [(0, 21), (0, 90), (0, 22)], 0)
case("all above, but by less than a quarter", [(0, 25), (0, 26), (0, 27)], 0)
case("three times as slow, but by half a millisecond", [(0, 0.7), (0, 0.75), (0, 0.8)], 0, baseline=[(0, 0.2), (0, 0.22), (0, 0.25)])
case("what never arrives is later than everything", [(0, None)] * 3, 99)
case("a violation ends it", [(0, 20), (4, 20), (0, 20)], 4, keep=True)
case("a missed service level ends it", [(99, 20)], 99, keep=True)
case("an inconclusive run is no pass", [(5, 20)], 5, keep=True)

# And with the program itself.
SCENARIO = scenario("""
version: 1
name: regression
target: {start: {server: embedded, durability: memory}}
population: {users: 10}
topology: [{class: group, count: 2, size: 5}]
behaviors: {chatter: {send: {to: {group: 100%}, bytes: 100}}}
load:
  - {phase: connect, ramp: 1000/s, until: population, max_duration: 20s}
  - {phase: steady, for: 1s, messages: 50/s}
  - {phase: drain, settle: 1s, max_duration: 20s}
expect: {delivery: effectively_once, slo: [delivery.p99 < 60s]}
""")
with tempfile.TemporaryDirectory() as folder:
    status, said = regression(folder, PROGRAM, "--keep", file=SCENARIO)
    check(status == 0 and "baseline now" in said, f"hubbub's own runs become the baseline {said if status else ''}")
    check(len(list(pathlib.Path(folder, "results").glob("run-*.xml"))) == 3, "each has its JUnit XML")
    files = sorted(pathlib.Path(folder, "baseline").iterdir())
    check([file.name for file in files] == ["run-1.json", "run-2.json", "run-3.json"], "the baseline is the results alone")
    for file in files:
        result = json.loads(file.read_text())
        for kind, figure in (("delivery", "p99"), ("delivery", "p50"), ("ack", "p99")):
            result["latency"][kind][figure] = 1e-6
        file.write_text(json.dumps(result))
    status, said = regression(folder, PROGRAM, file=SCENARIO)
    compared = re.findall(r"^    ((?:delivery|ack)\S+) ", said, re.M)
    check(compared == ["delivery.p50", "delivery.p99", "ack.p99"], f"and are compared: {compared}")
    status, said = regression(folder, PROGRAM, "--", "--set", "target.start.sabotage=drop_live:0.2", file=SCENARIO)
    check(status == 4, f"arguments behind -- reach `hubbub run`: the sabotaged server ends it with {status} {said if status != 4 else ''}")
os.unlink(SCENARIO)
