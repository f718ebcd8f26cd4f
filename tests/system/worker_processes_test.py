#!/usr/bin/env python3
"""A generator that may hold fewer descriptors than the plan has connections: it takes processes, says so, and judges the same.
And what a run may do beside its load: end early, show one user's frames, start somebody else's server."""
import json
import os
import re
import socket
import subprocess
import tempfile
import time

from hubbub import PROGRAM, Server, check, free_port, scenario

SCENARIO = scenario("""
version: 1
seed: 5
target: {endpoints: ["ws://127.0.0.1:1/chat"]}
population: {users: 600}
topology:
  - {class: direct, count: 300}
  - {class: group,  count: 60, size: 8}
behaviors:
  everyone: {send: {to: {direct: 50%, group: 50%}, bytes: 120}}
load:
  - {phase: connect, ramp: 1k/s, until: population, max_duration: 60s}
  - {phase: steady, for: 2s, messages: 200/s}
  - {phase: drain, settle: 5s, max_duration: 30s}
expect: {delivery: effectively_once}
""")
FEW = ["prlimit", "--nofile=428:428"]  # 300 connections and what a process needs besides


def hubbub(*arguments, few=False, environment=None):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "result.json")
        command = [os.path.abspath(PROGRAM), *arguments]
        if arguments[0] == "run":
            command += ["--quiet", "--out", f"json={out}"]
        done = subprocess.run((FEW if few else []) + command, cwd=folder, capture_output=True, text=True, timeout=200,
                              env=environment)
        result = json.load(open(out)) if os.path.exists(out) else None
        return done.returncode, done.stdout, done.stderr, result


def counts(result):
    return {name: result["totals"][name] for name in ("sent", "acked", "expected", "delivered", "missing")}


with Server("--durability", "memory") as server:
    code, plan, _, _ = hubbub("plan", SCENARIO, "--url", server.url, few=True)
    check(code == 0 and re.search(r"processes +3 for 3 workers", plan), "plan: three processes, because two would be full")
    check(re.search(r"descriptors +328 a process of 428 allowed", plan), "plan: and what each of them holds")
    code, plan, _, _ = hubbub("plan", SCENARIO, "--url", server.url, "--processes", "1", few=True)
    check(code == 2 and "need more than 1 processes" in plan, "plan: refuses a wish that cannot be")

    code, _, errors, many = hubbub("run", SCENARIO, "--url", server.url, few=True)
    check(code == 0, f"600 connections from processes that hold 300 each pass (exit code {code}) {errors}")
    check(many["environment"]["worker_processes"] == "3", "the result says how many processes there were")
    code, _, _, one = hubbub("run", SCENARIO, "--url", server.url)
    check(code == 0 and one["environment"]["worker_processes"] == "0", "with enough descriptors there are none besides")
    check(counts(many) == counts(one), f"the counts are the same: {counts(many)}")

    code, _, trace, _ = hubbub("run", SCENARIO, "--url", server.url, "--processes", "2", "--trace", "user=17")
    lines = [line for line in trace.splitlines() if re.match(r" +[0-9.]+ u17 ", line)]
    check(code == 0 and any('-> {"t":"hello"' in line for line in lines), "--trace shows what user 17 says, whoever plays it")
    check(any('<- {"t":"welcome"' in line for line in lines) and lines[-1].split(" u17 ")[1].startswith("ended"), "and hears, to the end")
    check(not re.search(r" u1[68] ", trace), "and nobody else")
    code, _, errors, _ = hubbub("run", SCENARIO, "--url", server.url, "--trace", "user=600")
    check(code == 2 and "user=599" in errors, "--trace of a user who is not there is refused")

    begun = time.monotonic()
    code, text, _, aborted = hubbub("run", SCENARIO, "--url", server.url, "--set", "load.steady.for=60s",
                                    "--set", "expect.abort_on=[sent > 100]")
    check(code == 99 and time.monotonic() - begun < 40, f"abort_on ends the run early (exit code {code})")
    check(aborted["expectations"][-1]["text"] == "aborted on sent > 100" and not aborted["expectations"][-1]["ok"],
          "and the result says by what")
    check(aborted["totals"]["missing"] == 0, "what was sent until then is judged as ever")

port = free_port()
START = ["--set", f"target.endpoints=[ws://127.0.0.1:{port}/chat]"]
COMMAND = f"exec {os.path.abspath(PROGRAM)} serve --listen 127.0.0.1:{port} --durability memory"
code, _, errors, started = hubbub("run", SCENARIO, *START, "--set", f"target.start={{command: '{COMMAND}', within: 30s}}")
check(code == 0 and started["totals"]["sent"] > 100, f"a server started by command passes (exit code {code}) {errors}")
with socket.socket() as probe:
    check(probe.connect_ex(("127.0.0.1", port)) != 0, "and is gone after the run")
code, _, errors, _ = hubbub("run", SCENARIO, *START, "--set", "target.start={command: 'exit 3', within: 5s}")
check(code == 3 and "ended with exit code 3" in errors, f"a command that ends is no target (exit code {code})")
os.unlink(SCENARIO)
