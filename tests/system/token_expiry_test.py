#!/usr/bin/env python3
"""Everybody's token ends at one moment: the server ends the sessions and all are back; one that looks at no token has shown nothing."""
import os
import re

from hubbub import PROGRAM, ROOT, Server, check, run, scenario

with open(ROOT / "scenarios/token-expiry.yaml") as file:
    text = file.read()
# The same storm, smaller and sooner.
for old, new in ((r"users: 1_000", "users: 80"), (r"count: 1_500", "count: 80"), (r"count: 100,", "count: 10,"), (r"for: 30s, messages: 200/s", "for: 9s, messages: 200/s"),
                 (r"settle: 20s", "settle: 5s"), (r"steady\+10s", "steady+5s"), (r"sample: 100%", "sample: 50%"), (r"ramp: 500/s", "ramp: 2000/s")):
    assert re.search(old, text), f"the scenario has no {old}"
    text = re.sub(old, new, text)
storm = scenario(text)
try:
    done, result = run(storm)
    fault = result["faults"][0]
    wrong = {name: count for name, count in result["violations"].items() if count}
    check(done.returncode == 0 and not wrong, f"a storm of tokens costs nothing: {wrong} {done.stdout[-2000:] if done.returncode else ''}")
    check(20 < fault["fired"] < 60 and fault["fired"] == result["totals"]["reconnects"], f"the chosen half was ended by the server, and nobody else: {fault['fired']}")
    check(fault["lost_sessions"] == fault["fired"] and fault["back"]["missing"] == 0, "and each of them came back")

    with Server() as server:  # it asks for no tokens
        done, result = run(storm, "--url", server.url)
        check(done.returncode == 5 and result["faults"][0]["fired"] == 0, "a server that never looks at tokens makes the run inconclusive")
finally:
    os.unlink(storm)
