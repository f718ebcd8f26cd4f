#!/usr/bin/env python3
"""The live page of a real run in a real Chromium: figures move, charts are drawn, it comes back by itself, the button stops the run, and nobody without the token sees or stops anything.

The browser is driven by playwright-core from npm, so `./check --all` runs this."""
import json
import os
import pathlib
import re
import subprocess
import tempfile

from pages import PROGRAM, drive
from hubbub import check, scenario  # noqa: E402

NAME = '<img src=x onerror="window.hacked=1">live'
SCENARIO = scenario(f"""
version: 1
name: '{NAME}'
target: {{start: {{server: embedded, durability: memory, sabotage: "corrupt_body:0.02"}}}}
population: {{users: 100}}
topology: [{{class: direct, count: 50}}, {{class: group, count: 10, size: 10}}]
behaviors: {{chatter: {{send: {{to: {{direct: 50%, group: 50%}}, bytes: 100}}}}}}
load:
  - {{phase: connect, ramp: 1000/s, until: population, max_duration: 20s}}
  - {{phase: steady, for: 10m, messages: 100/s}}
  - {{phase: drain, settle: 1s, max_duration: 20s}}
expect: {{delivery: effectively_once, slo: [delivery.p99 < 10s]}}
""")

with tempfile.TemporaryDirectory() as folder:
    out = pathlib.Path(folder, "result.json")
    process = subprocess.Popen([PROGRAM, "run", SCENARIO, "--web", "--quiet", "--out", f"json={out}"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        said = process.stderr.readline()
        url = re.search(r"live page on (http://127\.0\.0\.1:\d+/\?token=[\w-]{20,})$", said.strip())
        check(url, f"the address is on loopback and has a token: {said.strip()}")
        drive("live.mjs", url.group(1), process.pid)
        summary, _ = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    result = json.loads(out.read_text())
    check(result["verdict"] == "violation" and "interrupted" in result["verdicts"] and process.returncode == 4, f"the button stops the run as Ctrl-C does: {result['verdicts']}, and what was wrong stays wrong")
    check(result["totals"]["sent"] > 0 and result["broken"], "the report was written")
for arguments, expected in (("--web=nowhere", "--web 'nowhere': expected address:port"), ("--web=192.0.2.1:80", "--web: cannot listen on 192.0.2.1:80")):
    done = subprocess.run([PROGRAM, "run", SCENARIO, arguments], capture_output=True, text=True, timeout=60)
    check(done.returncode == 2 and expected in done.stderr, f"refused: {done.stderr.strip()}")
os.unlink(SCENARIO)
