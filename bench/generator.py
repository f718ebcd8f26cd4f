#!/usr/bin/env python3
"""CPU of both ends per million direct messages, every check and histogram on.

    bench/generator.py PATH/TO/hubbub [users 1000] [messages per second 20000] [seconds 8]

A message is a round trip and a half: send, ack to its sender, delivery to its receiver, judged. The server runs on core 0 and
the generator on core 1; the load is open (Poisson), so that the CPU per message is what counts, not the rate.
"""
import os
import resource
import subprocess
import sys
import tempfile
import time

from support import Server, metric, print_figure

SCENARIO = """
version: 1
name: round trips
seed: 1
target: {{endpoints: ["{url}"]}}
population: {{users: {users}}}
topology:
  - {{class: direct, count: {users}}}
behaviors:
  everyone: {{send: {{to: {{direct: 100%}}, bytes: 128}}}}
load:
  - {{phase: connect, ramp: 2000/s, until: population, max_duration: 60s}}
  - {{phase: steady, for: {length}s, messages: {rate}/s}}
  - {{phase: drain, settle: 5s}}
expect: {{delivery: effectively_once}}
report: {{prometheus: {{listen: "127.0.0.1:{port}"}}}}
"""


def cpu_seconds(pid):
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    program = sys.argv[1]
    users, rate, seconds = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((2, 1000), (3, 20000), (4, 8)))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with Server(program, "--shards", "1", "--durability", "memory", core=0) as server, \
            tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        port = server.another_port()
        file.write(SCENARIO.format(url=server.url, users=users, rate=rate, length=seconds + 5, port=port))
        file.flush()
        run = subprocess.Popen(["taskset", "-c", "1", program, "run", file.name, "--workers", "1", "--quiet"],
                               stdout=subprocess.DEVNULL)

        def reading():
            return (metric(port, "hubbub_run_acked_total") or 0, cpu_seconds(run.pid), cpu_seconds(server.pid), time.monotonic())

        while run.poll() is None and reading()[0] < rate:  # the first second warms
            time.sleep(0.05)
        first = reading()
        time.sleep(seconds)
        last = reading()
        if last[0] <= first[0]:
            sys.exit(f"generator: no figures from the run: {first[0]:.0f}, then {last[0]:.0f} acks")
        if run.wait() != 0:
            sys.exit(f"generator: the run ended with {run.returncode}")
    acked = last[0] - first[0]
    print_figure("generator_round_trips", acked / (last[3] - first[3]), "messages/s")
    print_figure("generator_round_trips_generator", (last[1] - first[1]) / acked * 1e6, "cpu-s/million")
    print_figure("generator_round_trips_server", (last[2] - first[2]) / acked * 1e6, "cpu-s/million")


main()
