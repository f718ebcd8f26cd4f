#!/usr/bin/env python3
"""kill -9, or a loss of power, in the middle of a run, restart on the same data: what was acknowledged must be there, where the durability promises it.

  crash_test.py [--kills 20] [--durability wal-sync,wal] [--power-losses 6] [--seed 1] [--jobs 2]      each crash a run of its own
Every second crash meets a server in the middle of a reconnect storm: the scenario cuts everybody, and the server dies while they come back and resume.
A loss of power leaves of what was not synced a part, then nothing, zeros or garbage. `none` and `memory` must be caught losing by a kill, and `wal` by a
loss of power, else the series proves nothing; all three are part of every call.
"""
import argparse
import concurrent.futures
import os
import random
import shutil
import subprocess
import tempfile
import time

from hubbub import PROGRAM, Server, check, scenario

TAILS = ("truncated", "zeroed", "garbage")

USERS = 60
TEXT = f"""
version: 1
name: the server is killed in the middle
seed: 1
target: {{endpoints: ["ws://127.0.0.1:1/chat"]}}   # --url says where
population: {{users: {USERS}}}
topology:
  - {{class: direct, count: 40}}
  - {{class: group, count: 10, size: {{min: 3, max: 12}}}}
behaviors:
  chatter: {{send: {{to: {{direct: 60%, group: 40%}}, bytes: 100}}}}
load:
  - {{phase: connect, ramp: 2000/s, until: population, max_duration: 20s}}
  - {{phase: steady, for: 1500ms, messages: 1k/s, arrivals: poisson}}
  - {{phase: drain, settle: 2s, max_duration: 30s}}
expect: {{delivery: effectively_once}}
"""
SCENARIO = scenario(TEXT)
# Everybody is cut one after the other, and comes back at once: for a third of a second there is always somebody who resumes.
STORM = scenario(TEXT.replace("population: {", "population: {cohorts: {all: {share: 100%, reconnect: {policy: exponential, base: 50ms, max: 500ms}}}, ") +
                 "faults:\n  - {at: steady+500ms, do: reset, over: 250ms}\n")


def one_crash(durability, draw, tail=None, storm=False):
    """Runs a load, kills the server (or, with a tail, its machine) at a drawn moment, starts it again: the result file."""
    import json
    data = tempfile.mkdtemp(prefix="hubbub-crash-")
    out = os.path.join(data, "result.json")
    try:
        with Server("--data", os.path.join(data, "db"), "--durability", durability, "--shards", "2", metrics=True, breakable=tail is not None) as server:
            load = subprocess.Popen([PROGRAM, "run", STORM if storm else SCENARIO, "--quiet", "--url", server.url, "--seed", str(draw.randrange(1, 1 << 30)),
                                     "--out", f"json={out}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            wait_for_messages(server, load)
            before = server.metric("hubbub_server_connections_accepted_total")
            if storm:
                wait_for_storm(server, load, before)
            time.sleep(draw.uniform(0.0, 0.2 if storm else 1.0))  # the drawn moment of the kill, not a condition
            back = server.metric("hubbub_server_connections_accepted_total") - before
            if tail:
                server.lose_power(tail, draw.randrange(1, 1 << 30))
            else:
                server.kill()
            server.start()
            stdout, stderr = load.communicate(timeout=120)
        if not os.path.exists(out):
            raise AssertionError(f"no result: {stdout}{stderr}")
        with open(out) as file:
            return {**json.load(file), "cut_off": storm and back < USERS}
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


def wait_for_storm(server, load, accepted):
    """Until the first ones who were cut are back."""
    deadline = time.monotonic() + 60
    while server.metric("hubbub_server_connections_accepted_total") <= accepted:
        assert load.poll() is None and time.monotonic() < deadline, "the storm did not begin"
        time.sleep(0.005)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--durability", default="wal-sync,wal")
    parser.add_argument("--power-losses", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="crashes at the same time")
    options = parser.parse_args()
    modes = options.durability.split(",")
    series("kills", [(modes[kill // 2 % len(modes)], None) for kill in range(options.kills)], options)
    series("losses of power", [("wal-sync", TAILS[loss // 2 % len(TAILS)]) for loss in range(options.power_losses)], options)
    for durability, tail in (("none", None), ("memory", None), ("wal", "truncated")):
        caught = any(is_loss(one_crash(durability, random.Random(f"{options.seed} {durability} {n}"), tail)) for n in range(4))
        check(caught, f"durability {durability} is caught losing acknowledged messages by a {'loss of power' if tail else 'kill'}")


def is_loss(result):
    return result["exit_code"] == 4 and (result["violations"]["lost"] or result["violations"]["history"]) > 0


def series(what, crashes, options):
    """Every one of them must pass."""
    def one(number):
        return one_crash(crashes[number][0], random.Random(f"{options.seed} {what} {number}"), crashes[number][1], storm=number % 2 == 1)

    acked = reconnects = cut_off = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(one, range(len(crashes))))
    for number, ((durability, tail), result) in enumerate(zip(crashes, results)):
        wrong = {name: count for name, count in result["violations"].items() if count}
        acked += result["totals"]["acked"]
        reconnects += result["totals"]["reconnects"]
        cut_off += result["cut_off"]
        if wrong or result["verdict"] != "pass":
            raise AssertionError(f"{what}, {number}: {durability}, {tail}: {result['verdict']} {wrong} {result['evidence'][:3]}")
    if crashes:
        check(reconnects > 0, f"{len(crashes)} {what}, {acked} messages acknowledged, {reconnects} reconnects: nothing lost")
        check(cut_off > 0 or len(crashes) < 4, f"{cut_off} of {len(crashes) // 2} storms were cut off before everybody was back")


if __name__ == "__main__":
    try:
        main()
    finally:
        os.unlink(SCENARIO)
        os.unlink(STORM)
