#!/usr/bin/env python3
"""The search for a capacity: bracketed around a limit that is known, and honest about what it did not find."""
import json
import os
import re
import subprocess
import tempfile

from hubbub import PROGRAM, Server, check, scenario

# The level counts messages, so the capacity does not depend on this machine: 400 messages in 2 seconds, 200/s.
SCENARIO = scenario("""
version: 1
target: {start: {server: embedded, durability: memory}}
population: {users: 20}
topology:
  - {class: group, count: 5, size: {min: 4, max: 8}}
behaviors:
  everyone: {send: {to: {group: 100%}, bytes: 120}}
load:
  - {phase: connect, ramp: 500/s, until: population, max_duration: 20s}
  - {phase: steady, for: 2s, messages: 50/s}
  - {phase: drain, settle: 1s, max_duration: 20s}
expect: {slo: ["sent < 400"]}
find: {vary: load.steady.messages, from: 70/s, precision: 20%}
""")


def search(*arguments, command="run"):
    with tempfile.TemporaryDirectory() as folder:  # the sabotaging server leaves its truth where it runs
        done = subprocess.run([os.path.abspath(PROGRAM), command, SCENARIO, *arguments], cwd=folder, capture_output=True, text=True, timeout=120)
    rates = {name: float(rate) for name, rate in re.findall(r"^  (held|did not) +([0-9.]+)/s$", done.stdout, re.M)}
    return done.returncode, rates, done.stdout + done.stderr


with Server("--durability", "memory") as server:
    code, rates, text = search("--quiet", "--url", server.url)
check(code == 0 and "\nBRACKETED" in text, f"bracketed on a server that keeps running (exit code {code})")
check(rates.get("held", 1e9) < 200 <= rates.get("did not", 0), f"200/s lies between what held and what did not: {rates}")
check(rates["did not"] - rates["held"] <= 0.2 * rates["held"], "the two are within the precision")

code, rates, text = search("--quiet", "--set", "find.to=100/s")
check(code == 5 and rates == {"held": 100}, f"every value held up to find.to: exit code 5, {rates}")
check("raise find.to" in text, "and it says what to do")

code, rates, text = search("--quiet", "--set", "target.start.sabotage=drop_live:0.5")
check(code == 4 and not rates, f"a backend that loses messages has no capacity (exit code {code})")

code, _, text = search("--out", "json=x.json")
check(code == 2 and "single runs" in text, "--out is refused with a search")
code, _, text = search("--json", "--quiet", "--set", "find.to=100/s")
found = json.loads(next(line for line in text.splitlines() if line.startswith("{")))
check([(run["value"], run["held"]) for run in found["runs"]] == [(70, "yes"), (100, "yes")], f"--json tells every run: {found['runs']}")
check((found["held"], found["did_not"], found["bracketed"], found["exit_code"]) == (100, None, False, 5) and "raise find.to" in found["outcome"], f"and how it ended: {found}")
code, _, text = search(command="sim")
check(code == 2 and "find" in text, "a search in virtual time is refused")
os.unlink(SCENARIO)
