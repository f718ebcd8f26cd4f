#!/usr/bin/env python3
"""Debian's Pushgateway has the end of a run that nobody scraped; one that is away is a warning and changes no verdict."""
import os
import subprocess
import tempfile
import urllib.request

from hubbub import PROGRAM, Server, check, free_port, scenario, sum_of
from prometheus import wait_for

gateway_port = free_port()
GATEWAY = f"http://127.0.0.1:{gateway_port}"
NAME = 'a "short" run / 100 %, ä'
SCENARIO = scenario(f"""
version: 1
name: '{NAME}'
seed: 2
target: {{endpoints: ["ws://127.0.0.1:1/chat"]}}
population: {{users: 20}}
topology: [{{class: group, count: 4, size: 5}}]
behaviors: {{chatter: {{send: {{to: {{group: 100%}}, bytes: 100}}}}}}
load:
  - {{phase: connect, ramp: 1000/s, until: population, max_duration: 20s}}
  - {{phase: steady, for: 2s, messages: 50/s, arrivals: constant}}
  - {{phase: drain, settle: 1s, max_duration: 20s}}
expect: {{delivery: effectively_once, slo: [delivery.p99 < 60s]}}
report: {{prometheus: {{push: "${{PUSHGATEWAY:-}}", job: nightly}}}}
""")


def get(path):
    try:
        with urllib.request.urlopen(GATEWAY + path, timeout=10) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def run(server, gateway, *arguments):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        done = subprocess.run([PROGRAM, "run", SCENARIO, "--quiet", "--url", server.url, "--out", f"json={out.name}", *arguments],
                              env={**os.environ, "PUSHGATEWAY": gateway}, capture_output=True, text=True, timeout=120)
    return done


with Server("--durability", "memory") as server:
    away = run(server, GATEWAY)  # nothing listens there yet
    check(away.returncode not in (2, 70), f"a gateway that is away does not stop the run (exit status {away.returncode})")
    check(f"no metrics pushed to {GATEWAY}" in away.stderr and "Connection refused" in away.stderr, f"and is a warning: {away.stderr.strip()!r}")
    unset = run(server, "")
    check("pushed" not in unset.stderr, "an unset variable is no gateway")

    log = tempfile.TemporaryFile()
    gateway = subprocess.Popen(["prometheus-pushgateway", f"--web.listen-address=127.0.0.1:{gateway_port}"], stdout=log, stderr=log)
    try:
        wait_for(lambda: get("/-/ready"), "the Pushgateway is ready")
        pushed = run(server, GATEWAY + "/")
        check(pushed.returncode == away.returncode, f"the same verdict with it (exit status {pushed.returncode})")
        check("no metrics pushed" not in pushed.stderr, f"no warning {pushed.stderr.strip()}")
        page = get("/metrics")
        label = NAME.replace('"', '\\"')
        ours = "\n".join(line for line in page.splitlines() if f'instance="{label}",job="nightly"' in line)
        check("hubbub_run_sent_total" in ours, f"job and instance are what the scenario says, whatever is in its name: {label}")
        check(sum_of(ours, "hubbub_run_finished") == 1, "what it holds is the end")
        check(sum_of(ours, "hubbub_run_sent_total") == 100, f"all messages of it: {sum_of(ours, 'hubbub_run_sent_total'):.0f}")
        check(sum_of(ours, "hubbub_run_delivery_latency_seconds_count") == 400, "all deliveries of it")
        check(f'scenario="{label}"' in ours, "and the scenario's name")

        again = run(server, GATEWAY, "--set", "load.steady.for=1s")
        ours = "\n".join(line for line in get("/metrics").splitlines() if 'job="nightly"' in line)
        check(sum_of(ours, "hubbub_run_sent_total") == 50, f"the next run takes the place of the last (exit status {again.returncode})")

        wrong = run(server, GATEWAY, "--set", "report.prometheus.push=" + GATEWAY + "/not/here")
        check(wrong.returncode == pushed.returncode and "it answered 4" in wrong.stderr, f"a gateway that refuses is a warning too: {wrong.stderr.strip()!r}")
    finally:
        gateway.terminate()
        gateway.wait()
os.unlink(SCENARIO)
