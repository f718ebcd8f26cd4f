#!/usr/bin/env python3
"""The scenario's faults on a real server process: it is killed, stopped, drained and started again, and the verdict is right each time."""
import os

from hubbub import Server, check, run, scenario

SCENARIO = """
version: 1
seed: 5
target: {start: {server: embedded, durability: DURABILITY}}
population: {users: 40}
topology:
  - {class: direct, count: 40}
  - {class: group, count: 6, size: {min: 3, max: 8}}
behaviors:
  everyone: {send: {to: {direct: 60%, group: 40%}, bytes: 120}}
load:
  - {phase: connect, ramp: 400/s, until: population, max_duration: 20s}
  - {phase: steady, for: 4s, messages: 80/s}
  - {phase: drain, settle: 5s, max_duration: 40s}
faults: [FAULT]
"""


def play(fault, *arguments, durability="wal", expect=None):
    file = scenario(SCENARIO.replace("FAULT", fault).replace("DURABILITY", durability))
    done, result = run(file, *arguments, expect=expect)
    os.unlink(file)
    return done.returncode, result


KILL = "{at: steady+2s, do: {kill: server, signal: KILL, restart_after: 300ms}}"
status, result = play(KILL, expect=0)
storm = result["faults"][0]
check(storm["kind"] == "kill" and storm["fired"] == 1 and storm["affected"] == 40, f"the server was killed under 40 sessions: {storm['started']:.1f} s")
check(storm["lost_sessions"] == 40 and storm["back"]["count"] == 40 and storm["back"]["missing"] == 0, "all of them came back")
check(result["totals"]["missing"] == 0 and result["totals"]["acked"] > 200, f"nothing of {result['totals']['acked']} acknowledged messages is missing")
check("fault=1,window=during" in result["latency"]["delivery"]["by"], "latencies before, during and after are told apart")

for durability in ("none", "memory"):
    status, result = play(KILL, durability=durability)
    wrongs = result["violations"]
    check(status == 4 and wrongs["lost"] + wrongs["history"] > 0, f"durability {durability} under a kill is caught: {result['broken']}")

status, result = play("{at: steady+1s, do: {stop: server, continue_after: 1500ms}}", expect=0)
check(result["faults"][0]["fired"] == 1, "a server that stood still for 1.5 s doubles nothing")

status, result = play("{at: steady+1s, do: {kill: server, signal: TERM, restart_after: 100ms}}", expect=0)
check(result["faults"][0]["back"]["count"] == result["faults"][0]["lost_sessions"] > 0, "a drained server's clients come back to the next one")

status, result = play("{at: steady+1s, for: 1s, do: {latency: 5ms}, select: {sample: 0.0001%}}")
check(status == 5 and any("felt by nobody" in why for why in result["health"]["reasons"]), "a fault that meets nobody proves nothing: exit code 5")

status, result = play("{at: steady+1s, for: 2s, do: {frame_duplicate: {one_in: 5}}}", "--set", "expect.delivery=at_most_once")
check(status == 4 and "duplicate_raw" in result["broken"], f"a message that comes twice is a duplicate where none may be: {result['broken']}")

file = scenario(SCENARIO.replace("FAULT", KILL).replace("DURABILITY", "wal"))
with Server("--durability", "memory") as server:
    done, _ = run(file, "--url", server.url)
check(done.returncode == 2, "a server that the run has not started is not killed: refused")
os.unlink(file)
