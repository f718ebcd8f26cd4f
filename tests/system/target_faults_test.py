#!/usr/bin/env python3
"""Faults of the target's disk, power and clocks by a scenario: each bites, nothing acknowledged is lost, and one that nobody felt proves nothing."""
import os
import subprocess

from hubbub import PROGRAM, ROOT, check, run, scenario

FILE = """
version: 1
name: the machine under the server fails
seed: 3
target: {{start: {{server: embedded, shards: 2, durability: {durability}}}}}
population:
  users: 60
  cohorts: {{all: {{share: 100%, reconnect: {{policy: exponential, base: 50ms, max: 500ms}}}}}}
topology:
  - {{class: direct, count: 40}}
  - {{class: group, count: 10, size: {{min: 3, max: 12}}}}
behaviors:
  chatter: {{send: {{to: {{direct: 60%, group: 40%}}, bytes: 100}}}}
load:
  - {{phase: connect, ramp: 2000/s, until: population, max_duration: 20s}}
  - {{phase: steady, for: 6s, messages: {rate}}}
  - {{phase: drain, settle: 5s, max_duration: 60s}}
faults:
{faults}
expect: {{delivery: effectively_once}}
"""


def played(faults, rate="200/s", durability="wal-sync"):
    file = scenario(FILE.format(faults="\n".join("  - " + fault for fault in faults), rate=rate, durability=durability))
    try:
        return run(file)
    finally:
        os.unlink(file)


done, result = played(["{at: steady+500ms, do: {disk: slow_sync, lasts: 1s, extra: 100ms}}", "{at: steady+2s, do: {clock: 60s}}",
                       "{at: steady+2500ms, do: {clock: 2h, whose: day, direction: back}}", "{at: steady+3s, do: {power_loss: server, restart_after: 200ms}}"])
wrong = {name: count for name, count in result["violations"].items() if count}
check(done.returncode == 0 and not wrong, f"slow syncs, jumps and a loss of power cost nothing that was acknowledged: {wrong}\n{done.stdout[-3000:] if done.returncode else ''}")
check(all(fault["fired"] > 0 for fault in result["faults"]), f"each bit: {[(fault['kind'], fault['fired']) for fault in result['faults']]}")
check(result["totals"]["reconnects"] >= 100, f"everybody was cut by the jump and by the loss of power: {result['totals']['reconnects']} reconnects")

done, result = played(["{at: steady+1s, do: {disk: failing_sync, lasts: 1s}}", "{at: steady+3s, do: {power_loss: server, restart_after: 200ms}}"])
wrong = {name: count for name, count in result["violations"].items() if count}
check(done.returncode == 0 and not wrong, f"what a failed sync dropped was never acknowledged: {wrong}")
check(result["totals"]["rejected"] > 0, "the server said that it takes no writes")

done, result = played(["{at: steady+3s, do: {power_loss: server, restart_after: 200ms}}"], durability="wal")
check(done.returncode == 4 and result["violations"]["lost"] + result["violations"]["history"] > 0, "the same with a log that is not synced is caught losing")

# What a session leaves behind (cursors, presence) is written within two seconds.
done, result = played(["{at: steady+4s, do: {disk: slow_sync, lasts: 1s}}"], rate="1/h")
check(done.returncode == 5 and result["faults"][0]["fired"] == 0, "a slow disk that nobody wrote to has shown nothing: inconclusive")

# Without a folder that outlives it, a killed server forgets everything and would be accused of it.
done = subprocess.run([PROGRAM, "run", str(ROOT / "scenarios/gateway-crash.yaml"), "--quiet"], capture_output=True, text=True, timeout=60, env={**os.environ, "TMPDIR": "/nowhere"})
check(done.returncode == 3 and "no folder for the embedded server's data can be made in /nowhere" in done.stderr, f"a run that cannot keep the server's data does not begin: {done.returncode} {done.stderr}")
