#!/usr/bin/env python3
"""A run without a scenario file: --users and --for are enough, and judge as a scenario does."""
import json
import subprocess

from hubbub import PROGRAM, Server, check


def run(*arguments):
    done = subprocess.run([PROGRAM, "run", *arguments], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


with Server("--durability", "memory", metrics=True) as server:
    code, out, _ = run("--url", server.url, "--users", "100", "--for", "3s", "--quiet", "--json")
    result = json.loads(out)
    check(code == 0, f"passes against a good server (exit code {code})")
    check(result["totals"]["sent"] > 0 and result["totals"]["delivered"] == result["totals"]["expected"], "messages were sent, and all arrived")
    check(server.metric("hubbub_server_acks_total") >= result["totals"]["acked"], "on the server that --url names")
with Server("--durability", "memory", "--sabotage", "drop_live:0.5", "--sabotage-truth", "/dev/null", "--seed", "5") as server:
    code, _, _ = run("--url", server.url, "--users", "100", "--for", "3s", "--quiet")
    check(code == 4, f"condemns a server that loses messages (exit code {code})")

for arguments, says in [((), "scenario file"), (("--users", "100"), "--for"), (("--users", "3", "--for", "3s"), "at least 10"),
                        (("--users", "100", "--for", "3"), "duration"), (("x.yaml", "--users", "100"), "without a scenario")]:
    code, _, error = run(*arguments)
    check(code == 2 and says in error, f"{' '.join(arguments) or 'nothing'}: {error.strip()}")
