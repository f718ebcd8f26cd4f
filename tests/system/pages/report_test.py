#!/usr/bin/env python3
"""The HTML report of a real run in a real Chromium: charts are drawn, nothing is asked of a network, and hostile texts run nothing.

The browser is driven by playwright-core from npm, so `./check --all` runs this."""
import json
import pathlib
import subprocess
import tempfile

from pages import PROGRAM, drive
from hubbub import check, run, scenario  # noqa: E402

HOSTILE = """<img src=x onerror="window.hacked=1"><script>window.hacked=1</script></script><!--<svg/onload=window.hacked=1>'"`${window.hacked=1}"""
SCENARIO = scenario("""
version: 1
name: pages
seed: 3
target: {start: {server: embedded, sabotage: "drop_live:0.02"}}
population: {users: 40}
topology: [{class: direct, count: 20}, {class: group, count: 5, size: 8}]
behaviors: {chatter: {send: {to: {direct: 50%, group: 50%}, bytes: 100}}}
load:
  - {phase: connect, ramp: 1000/s, until: population, max_duration: 20s}
  - {phase: steady, for: 5s, messages: 100/s}
  - {phase: drain, settle: 1s, max_duration: 20s}
expect: {delivery: effectively_once, slo: [delivery.p99 < 10s, connect.errors < 50%]}
""")


def hostile(value, key=""):
    """The same result as a backend would have it that wants to be in the page: every text is markup, every name that is data too."""
    if isinstance(value, dict):
        named = {name: hostile(one, name) for name, one in value.items()}
        if key in ("environment", "connection_errors", "by", "broken", "violations", "sampled", "totals", "latency"):
            named[HOSTILE] = next(iter(named.values()), HOSTILE)
        return named
    if isinstance(value, list):
        return [hostile(one, key) for one in value]
    return HOSTILE if isinstance(value, str) and key not in ("histogram", "unit") and value not in ("+Inf", "-Inf") else value


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    done, result = run(SCENARIO, "--out", f"html={folder}/run.html", expect=4)
    (folder / "run.json").write_text(json.dumps(result))
    subprocess.run([PROGRAM, "report", folder / "run.json", "-o", folder / "again.html"], check=True)
    def data(name):
        return json.loads((folder / name).read_text().split('id="data">')[1].split("</script")[0])
    check(data("run.html") == data("again.html") == result, "the report made again carries the same result")

    back = {"count": 39, "missing": 1, "p50": 1.2, "p95": 1.9, "p99": "+Inf", "p999": "+Inf", "max": "+Inf"}
    result["faults"] = [{"index": 1, "kind": "kill_server", "cohort": "", "started": 1.5, "ended": 3.0, "fired": 1, "affected": 40, "lost_sessions": 40, "back": back, "caught_up": back,
                         "attempts_per_return": 1.5, "peak_attempts": 120, "goodput": {"before": 300, "during": None, "after": 299}, "slo_again": None},
                        {"index": 2, "kind": "latency", "cohort": "", "started": None, "ended": None, "fired": 0, "affected": 0},
                        {"index": 0, "kind": "3g", "cohort": "mobile", "started": None, "ended": None, "fired": 70, "affected": 7}]
    for point in result["series"]:
        if 1.5 < point["t"] < 4:
            point["users"] = 5
    (folder / "storm.json").write_text(json.dumps(result))
    (folder / "hostile.json").write_text(json.dumps(hostile(result)))
    (folder / "unreachable.json").write_text(json.dumps({**result, "verdict": "unreachable", "latency": {}, "series": [], "delivery_by_second": [], "faults": [], "evidence": []}))
    old = {key: value for key, value in result.items() if key not in ("phases", "delivery_by_second", "faults")}
    (folder / "old.json").write_text(json.dumps(old))
    for name in ("storm", "hostile", "unreachable", "old"):
        subprocess.run([PROGRAM, "report", folder / f"{name}.json", "-o", folder / f"{name}.html"], check=True)
    drive("report.mjs", folder)

    for arguments, expected in ((["missing.json", "-o", "x"], "cannot read missing.json"), ([SCENARIO, "-o", "x"], "not a result file"), ([folder / "run.json", "-o", folder / "no/such/x"], "cannot write")):
        done = subprocess.run([PROGRAM, "report", *arguments], capture_output=True, text=True)
        check(done.returncode == 2 and expected in done.stderr, f"refused: {done.stderr.strip()}")
