#!/usr/bin/env python3
"""10,000 peers whose sockets stay open and who never read nor write again, twice: how long the server keeps them, and what it has grown by.

  half_open.py PATH/TO/hubbub

Runs scenarios/half-open-10k.yaml against a server of its own, then the same without faults against another one, and looks at each server's /metrics every
100 ms. Prints lines `name value unit ratio`: who was given up and when (the TTL is 15 s), and the resident memory at the end, once all are back, with and
without the faults.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/system"))
import hubbub  # noqa: E402  (the system tests' way to start a server)

PHONES = 10_000
LOOK_EVERY_S = 0.1


def line(name, value, unit, ratio="-"):
    print(f"{name:<44} {value:>14.3f}  {unit:<24} {ratio}", flush=True)


def resident_bytes(pid):
    for row in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if row.startswith("VmRSS:"):
            return int(row.split()[1]) * 1024
    raise RuntimeError("no VmRSS")


def watch(server, load):
    """[(seconds, connections given up for silence so far, sessions, resident bytes)] until the load has ended."""
    rows, begun = [], time.monotonic()
    while load.poll() is None:
        rows.append((time.monotonic() - begun, server.metric("hubbub_server_connections_silent_total"), server.metric("hubbub_server_sessions"),
                     resident_bytes(server.process.pid)))
        time.sleep(LOOK_EVERY_S)
    return rows


def played(scenario):
    """(what was seen of the server while it ran, result)"""
    with hubbub.Server(metrics=True) as server, tempfile.NamedTemporaryFile(suffix=".json") as out:
        load = subprocess.Popen([hubbub.PROGRAM, "run", scenario, "--quiet", "--url", server.url, "--out", f"json={out.name}"], stdout=subprocess.DEVNULL)
        return watch(server, load), json.loads(pathlib.Path(out.name).read_text())


def memory_with_all(rows):
    """Bytes at the last look at which everybody was there."""
    everybody = max(sessions for _, _, sessions, _ in rows)
    return next(resident for _, _, sessions, resident in reversed(rows) if sessions == everybody)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    hubbub.PROGRAM = sys.argv[1]
    text = (ROOT / "scenarios/half-open-10k.yaml").read_text()
    without = hubbub.scenario(re.sub(r"^faults:\n(?:  .*\n)+", "", text, flags=re.M))
    try:
        (rows, result), (quiet_rows, quiet) = played(str(ROOT / "scenarios/half-open-10k.yaml")), played(without)
    finally:
        os.unlink(without)
    for name, run in (("half_open_verdict", result), ("half_open_verdict_without", quiet)):
        wrong = {name: count for name, count in run["violations"].items() if count}
        line(name, run["exit_code"], "exit code", f"{run['verdict']} {wrong or ''}")
    epoch = rows[-1][0] - result["duration"]
    for number, fault in enumerate(result["faults"], 1):
        reaped = [row for row in rows if (number - 1) * PHONES < row[1] <= number * PHONES]
        line(f"half_open_silenced_{number}", fault["affected"], "connections")
        line(f"half_open_reaped_{number}", reaped[-1][1] - (number - 1) * PHONES if reaped else 0, "connections")
        if reaped:
            last = next(at for at, silent, _, _ in reaped if silent == reaped[-1][1])
            line(f"half_open_all_reaped_after_{number}", last - epoch - fault["started"], "s", "of a TTL of 15 s and a beat of 5 s")
    line("half_open_memory", memory_with_all(rows) / 1e6, "MB resident", f"{memory_with_all(rows) / memory_with_all(quiet_rows):.2f} of without")


if __name__ == "__main__":
    main()
