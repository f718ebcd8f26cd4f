#!/usr/bin/env python3
"""hubbub repeat and compare: sides are interleaved and labelled, what changed is found, and what cannot be known is not said."""
import json
import os
import pathlib
import subprocess
import tempfile

from hubbub import PROGRAM, check, scenario

SCENARIO = scenario("""
version: 1
name: compare
seed: 5
target: {start: {server: embedded, durability: memory}}
population: {users: 20}
topology: [{class: group, count: 4, size: 5}]
behaviors: {chatter: {send: {to: {group: 100%}, bytes: 100}}}
load:
  - {phase: connect, ramp: 1000/s, until: population, max_duration: 20s}
  - {phase: steady, for: 1s, messages: 50/s}
  - {phase: drain, settle: 500ms, max_duration: 20s}
expect: {delivery: effectively_once}
""")


def hubbub(*arguments, status, expected=""):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300)
    assert done.returncode == status and expected in done.stdout + done.stderr, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    done = hubbub("repeat", SCENARIO, "--into", folder / "live", "--runs", 2, "--vary", "target.start.durability=memory,none", "--vary", "target.start.shards=1,2", status=0)
    order = [line.split(", ", 1)[1] for line in done.stderr.splitlines() if line.startswith("repeat: run ")]
    check(len(order) == 8 and len(set(order[:4])) == 4 and order[4:] == order[:4][::-1], f"four sides, forth and back: {order[:4]}")
    sides = sorted(path.name for path in (folder / "live").iterdir())
    check(sides == [f"target.start.durability={d},target.start.shards={s}" for d in ("memory", "none") for s in (1, 2)], "a folder a side")
    files = sorted(folder.glob("live/*/run-*.json"))
    result = json.loads(files[0].read_text())
    check(len(files) == 8 and result["labels"] == {"target.start.durability": "memory", "target.start.shards": "1"}, f"each run is labelled: {result['labels']}")
    check("--set target.start.durability=memory" in result["command"], "and says how it is played again")
    hubbub("repeat", SCENARIO, "--into", folder / "live", "--vary", "target.start.durability=memory,none", "--vary", "target.start.shards=1,2", status=2, expected="2 runs already: take another folder, or --more")
    hubbub("repeat", SCENARIO, "--into", folder / "x", "--vary", "target.start.shards=1", status=2, expected="two values at least")
    hubbub("repeat", "/no/such.yaml", "--into", folder / "x", status=2, expected="/no/such.yaml")
    hubbub("repeat", SCENARIO, "--into", folder / "bad", "--runs", 1, "--set", "target.start.sabotage=drop_live:0.5", status=4)
    hubbub("compare", *files[:4], "--by", "target.start.shards", status=5, expected="fewer than 3 runs a side")

    def worlds(side, latency, *arguments):
        """Three runs in virtual time, each in a world of its own."""
        (folder / side).mkdir()
        for number in (1, 2, 3):
            hubbub("sim", SCENARIO, "--latency", latency, "--jitter", 2, "--world-seed", 10 * latency + number, "--label", f"side={side}",
                   "--out", f"json={folder / side / f'run-{number}.json'}", *arguments, status=4 if arguments else 0)
        return folder / side

    world = worlds("again", 47)
    played = json.loads((world / "run-1.json").read_text())
    check("--latency 47" in played["command"] and "--jitter 2" in played["command"], f"a simulated run says how it is played again: {played['command']}")
    subprocess.run([PROGRAM, *played["command"].split()[1:], "--out", f"json={folder / 'again.json'}"], check=True, capture_output=True, timeout=60)
    check(json.loads((folder / "again.json").read_text())["latency"] == played["latency"], "and then it is the same, to the last digit")
    done = subprocess.run([PROGRAM, "run", SCENARIO, "--quiet", "--json", "--url", "ws://ann:planted@127.0.0.1:1/chat?key=planted"], capture_output=True, text=True, timeout=60)
    check("--url ws://***@127.0.0.1:1/chat?***" in json.loads(done.stdout)["command"] and done.returncode == 3, "the target is part of the command")
    check("planted" not in done.stdout + done.stderr, "and its secrets are nowhere")
    base, slow, equal = worlds("base", 50), worlds("slow", 60), worlds("equal", 51)
    done = hubbub("compare", base, slow, "--out", f"html={folder / 'page.html'}", "--out", f"json={folder / 'page.json'}", status=99, expected="WORSE")
    said = json.loads((folder / "page.json").read_text())
    check({one["name"]: one["change"] for one in said["comparisons"][0]["figures"]}["delivery.p99"] == "worse", "a fifth more latency is worse")
    data = json.loads((folder / "page.html").read_text().split('id="data">')[1].split("</script")[0])
    check(data == said and data["exit_code"] == 99, "the page carries the same comparison")
    check(json.loads(hubbub("compare", base, slow, "--json", status=99).stdout) == said, "and --json prints it")
    hubbub("compare", slow, base, status=0, expected="BETTER")
    hubbub("compare", base, equal, status=0, expected="SAME")
    hubbub("compare", base, slow, "--margin", "30%", status=0, expected="SAME")
    hubbub("compare", base, slow, "--least", "100ms", status=0, expected="SAME")
    every = [*base.iterdir(), *equal.iterdir(), *slow.iterdir()]
    done = hubbub("compare", *sorted(every), "--by", "labels.side", status=99)
    check("equal against base" in done.stdout and "slow against base" in done.stdout, "a matrix of sides by their label")
    hubbub("compare", base / "run-1.json", slow / "run-1.json", status=5, expected="fewer than 3 runs a side")
    broken = worlds("broken", 50, "--set", "target.start.sabotage=drop_live:0.5")
    hubbub("compare", base, broken, status=99, expected="broke promises that the base keeps")
    hubbub("compare", broken, base, status=5, expected="so that it is no base")

    for arguments, expected in (((base,), "two sides at least"), ((base, folder / "none"), "cannot read"), ((base, SCENARIO), "not a result file"), ((base, slow, "--figure", "delivery.p95"), "is no figure"),
                                ((base, slow, "--margin", "wide"), "expected a share"), ((base, slow, "--by", "build"), "no label and no value named 'build'"), ((base, slow, "--out", "pdf=x"), "expected html=FILE or json=FILE")):
        hubbub("compare", *arguments, status=2, expected=expected)
    check(True, "what cannot be compared is refused with its reason")
    hubbub("run", SCENARIO, "--label", "build", status=2, expected="expected name=value")
os.unlink(SCENARIO)
