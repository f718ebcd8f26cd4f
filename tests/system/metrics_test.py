#!/usr/bin/env python3
"""Violations move in the generator's metrics while the run goes on, not only in its report."""
import json
import os
import subprocess
import tempfile
import time
import urllib.request

from hubbub import PROGRAM, Server, check, free_port, scenario, sum_of

port = free_port()
SCENARIO = scenario(f"""
version: 1
name: watched while it runs
seed: 3
target: {{endpoints: ["ws://127.0.0.1:1/chat"]}}
population: {{users: 50}}
topology:
  - {{class: group, count: 10, size: {{min: 4, max: 10}}}}
behaviors:
  chatter: {{send: {{to: {{group: 100%}}, bytes: 100}}}}
load:
  - {{phase: connect, ramp: 1000/s, until: population, max_duration: 20s}}
  - {{phase: steady, for: 6s, messages: 500/s, arrivals: poisson}}
  - {{phase: drain, settle: 2s, max_duration: 20s}}
expect: {{delivery: effectively_once}}
report: {{prometheus: {{listen: "127.0.0.1:{port}"}}}}
""")


def scrape():
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


with tempfile.TemporaryDirectory() as folder:
    truth, out = os.path.join(folder, "truth.jsonl"), os.path.join(folder, "result.json")
    with Server("--sabotage", "drop_live:0.02,duplicate_raw:0.02", "--sabotage-truth", truth, "--seed", "5", metrics=True) as server:
        load = subprocess.Popen([PROGRAM, "run", SCENARIO, "--quiet", "--url", server.url, "--out", f"json={out}"], stdout=subprocess.DEVNULL)
        seen, names = [], set()
        while load.poll() is None:
            text = scrape()
            names |= {line.split()[2] for line in text.splitlines() if line.startswith("# HELP")}
            seen.append((sum_of(text, "hubbub_run_delivered_total"), sum_of(text, "hubbub_run_violations_total")))
            time.sleep(0.1)
        check(load.returncode == 4, f"the run ends with 4, correctness violated (was {load.returncode})")
        rising = [v for _, v in seen if v > 0]
        delivered_then = next((d for d, v in seen if v > 0), 0)
        with open(out) as file:
            result = json.load(file)
        check(rising and rising[0] < max(rising), f"violations rose during the run: {sorted(set(rising))[:8]} ...")
        check(delivered_then < result["totals"]["delivered"], f"the first was seen at {delivered_then:.0f} of {result['totals']['delivered']} deliveries")
        check(all(name.startswith(("hubbub_run_", "process_")) for name in names) and len(names) > 8, f"{len(names)} metrics with HELP: {sorted(names)}")
        check(server.metric("hubbub_server_acks_total") >= result["totals"]["acked"], "the server counted the acks too")
        with open(truth) as file:
            kinds = [json.loads(line)["kind"] for line in file]
    check(result["violations"]["duplicate_raw"] == kinds.count("duplicate_raw"), "duplicate_raw as the truth says")
    check(result["violations"]["gap_live"] == kinds.count("drop_live"), "gap_live as the truth says")
os.unlink(SCENARIO)
