#!/usr/bin/env python3
"""kill -9 in the middle of a run, restart on the same data: what was acknowledged must be there, where the durability promises it.

  crash_test.py [--kills 10] [--durability wal-sync,wal] [--seed 1]      the series, each kill a run of its own
`none` and `memory` must be caught losing, else the series proves nothing; both are part of every call.
"""
import argparse
import os
import random
import shutil
import subprocess
import tempfile
import time

from hubbub import PROGRAM, Server, check, scenario

SCENARIO = scenario("""
version: 1
name: the server is killed in the middle
seed: 1
target: {endpoints: ["ws://127.0.0.1:1/chat"]}   # --url says where
population: {users: 60}
topology:
  - {class: direct, count: 40}
  - {class: group, count: 10, size: {min: 3, max: 12}}
behaviors:
  chatter: {send: {to: {direct: 60%, group: 40%}, bytes: 100}}
load:
  - {phase: connect, ramp: 2000/s, until: population, max_duration: 20s}
  - {phase: steady, for: 1500ms, messages: 1k/s, arrivals: poisson}
  - {phase: drain, settle: 2s, max_duration: 30s}
expect: {delivery: effectively_once}
""")


def one_kill(durability, draw):
    """Runs a load, kills the server at a drawn moment, starts it again: the result file."""
    import json
    data = tempfile.mkdtemp(prefix="hubbub-crash-")
    out = os.path.join(data, "result.json")
    try:
        with Server("--data", os.path.join(data, "db"), "--durability", durability, "--shards", "2", metrics=True) as server:
            load = subprocess.Popen([PROGRAM, "run", SCENARIO, "--quiet", "--url", server.url, "--seed", str(draw.randrange(1, 1 << 30)),
                                     "--out", f"json={out}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            wait_for_messages(server, load)
            time.sleep(draw.uniform(0.0, 1.0))  # the drawn moment of the kill, not a condition
            server.kill()
            server.start()
            stdout, stderr = load.communicate(timeout=120)
        if not os.path.exists(out):
            raise AssertionError(f"no result: {stdout}{stderr}")
        with open(out) as file:
            return json.load(file)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def wait_for_messages(server, load):
    """Until the server acknowledged some: the load is on."""
    deadline = time.monotonic() + 60
    while load.poll() is None:
        if server.metric("hubbub_server_acks_total") >= 50:
            return
        assert time.monotonic() < deadline, "the load did not begin"
        time.sleep(0.005)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--durability", default="wal-sync,wal")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    modes = options.durability.split(",")
    acked = reconnects = 0
    for kill in range(options.kills):
        durability = modes[kill % len(modes)]
        result = one_kill(durability, draw)
        wrong = {name: count for name, count in result["violations"].items() if count}
        acked += result["totals"]["acked"]
        reconnects += result["totals"]["reconnects"]
        if wrong or result["verdict"] != "pass":
            raise AssertionError(f"kill {kill}, {durability}: {result['verdict']} {wrong} {result['evidence'][:3]}")
    check(reconnects > 0, f"{options.kills} kills, {acked} messages acknowledged, {reconnects} reconnects: nothing lost with {options.durability}")
    for durability in ("none", "memory"):
        caught = 0
        for _ in range(4):
            result = one_kill(durability, draw)
            caught += result["exit_code"] == 4 and (result["violations"]["lost"] or result["violations"]["history"]) > 0
            if caught:
                break
        check(caught, f"durability {durability} is caught losing acknowledged messages")


if __name__ == "__main__":
    try:
        main()
    finally:
        os.unlink(SCENARIO)
