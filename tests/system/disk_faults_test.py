#!/usr/bin/env python3
"""Disk and clock of a running server fail, by its control socket, in the middle of a load: what the clients see of it, and that nothing acknowledged is lost."""
import contextlib
import json
import os
import subprocess
import tempfile
import time

from hubbub import PROGRAM, Server, check, scenario

SCENARIO = scenario("""
version: 1
name: the disk fails in the middle
seed: 5
target: {endpoints: ["ws://127.0.0.1:1/chat"]}   # --url says where
population: {users: 60}
topology:
  - {class: direct, count: 40}
  - {class: group, count: 10, size: {min: 3, max: 12}}
behaviors:
  chatter: {send: {to: {direct: 60%, group: 40%}, bytes: 100}}
load:
  - {phase: connect, ramp: 2000/s, until: population, max_duration: 20s}
  - {phase: steady, for: 3s, messages: 300/s, arrivals: poisson}
  - {phase: drain, settle: 5s, max_duration: 60s}
expect: {delivery: effectively_once}
""")


def until(condition, what):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


@contextlib.contextmanager
def server_under_load(**options):
    """(server, a function that gives the result of the load): the load is on when it begins."""
    with tempfile.TemporaryDirectory(prefix="hubbub-disk-") as data, \
            Server("--data", os.path.join(data, "db"), "--shards", "2", metrics=True, breakable=True, **options) as server:
        out = os.path.join(data, "result.json")
        load = subprocess.Popen([PROGRAM, "run", SCENARIO, "--quiet", "--url", server.url, "--out", f"json={out}"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        until(lambda: server.metric("hubbub_server_acks_total") >= 50 or load.poll() is not None, "the load began")

        def result():
            said = "".join(load.communicate(timeout=150))
            with open(out) as file:
                found = json.load(file)
            found["said"] = said
            return found

        yield server, result


def clean(result, what):
    wrong = {name: count for name, count in result["violations"].items() if count}
    check(not wrong and result["verdict"] == "pass" and result["totals"]["acked"] > 500, f"{what}: {result['verdict']} {wrong}, {result['totals']['acked']} acknowledged")


def bites(server):
    words = server.tell("bites").split()
    assert words[0] == "ok", words
    return {name: int(count) for name, count in (word.split("=") for word in words[1:])}


def main():
    for fault in ("full", "error", "failing_sync"):
        with server_under_load() as (server, result):
            check(server.tell(f"disk {fault} on") == "ok", f"the disk fails: {fault}")
            until(lambda: server.metric("hubbub_server_read_only") > 0, "the server takes no writes")
            check(bites(server)[fault] > 0, "it bit")
            server.tell(f"disk {fault} off")
            check(server.metric("hubbub_server_read_only") > 0, "a disk that is well again is not trusted before a restart")
            server.lose_power("truncated", 7)
            server.start()
            clean(result(), f"after {fault}, a loss of power and a restart nothing acknowledged is missing")

    with server_under_load() as (server, result):
        server.tell("disk slow_sync on 300ms")
        until(lambda: bites(server)["slow_sync"] >= 5, "syncs are slow")
        server.tell("disk slow_sync off")
        found = result()
        clean(found, "slow syncs are late acknowledgements and nothing else")
        check(found["latency"]["ack"]["max"] >= 0.3, "which the latencies show")

    with server_under_load() as (server, result):
        check(server.tell("clock +10m") == "ok", "the time line jumps, as after a suspended machine")
        until(lambda: server.metric("hubbub_server_connections_total") > 60 or server.metric("hubbub_server_connections") < 60, "everybody seems silent, and is sent away")
        found = result()
        clean(found, "all come back")
        check(found["totals"]["reconnects"] > 0, "and were really sent away")

    with Server("--durability", "wal", breakable=True) as server:
        for wrong in ("", "disk", "disk full", "disk wet on", "disk slow_sync on", "disk full on 3s", "clock -1h", "clock 1h", "day 3", "power-loss", "power-loss torn 1", "bites all", "explode"):
            check(server.tell(wrong).startswith("error "), f"'{wrong}' is no command")
        check(server.tell("day -1h") == "ok" and server.tell("disk full off") == "ok", "what is one is done")


if __name__ == "__main__":
    try:
        main()
    finally:
        os.unlink(SCENARIO)
