#!/usr/bin/env python3
"""Chats of strangers under load, by mapping files alone: the sound ones pass, and each planted wrong is found by the right counter."""
import os
import re
import subprocess

from hubbub import PROGRAM, ROOT, check, run, scenario

STRANGERS = ROOT / "tests/system/strangers"
FULL = ROOT / "scenarios/mappings/my-chat.yaml"


def scenario_for(mapping, delivery, order):
    return scenario(f"""
version: 1
name: a stranger's chat
seed: 7
target: {{adapter: json-ws, mapping: {mapping}, endpoints: ["ws://127.0.0.1:1/"]}}   # --url says where
population: {{users: 40}}
topology:
  - {{class: direct, count: 20}}
  - {{class: group, count: 8, size: {{min: 3, max: 12}}}}
behaviors:
  chatter: {{send: {{to: {{direct: 50%, group: 50%}}}}}}
load:
  - {{phase: connect, ramp: 400/s, until: population, max_duration: 20s}}
  - {{phase: steady, for: 2s, messages: 200/s}}
  - {{phase: drain, settle: 2s}}
expect: {{delivery: {delivery}, order: {order}}}
""")


class Chat:
    """The strangers' server with these words; ends with the `with` block."""

    def __init__(self, *words):
        self.process = subprocess.Popen(["node", str(STRANGERS / "chat_server.js"), *words], stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, "NODE_PATH": "/usr/share/nodejs"})

    def __enter__(self):
        return f"ws://127.0.0.1:{self.process.stdout.readline().strip()}/"

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def play(words, mapping, delivery, order):
    """(verdict, counters that are not 0, the whole result) of one run."""
    file = scenario_for(mapping, delivery, order)
    with Chat(*words) as url:
        done, result = run(file, "--url", url)
    os.unlink(file)
    check(result is not None, f"{words}: there is a result {done.stderr}")
    return result["verdict"], {k: v for k, v in result["violations"].items() if v}, result


MAPPINGS = STRANGERS / "mappings"
VARIANTS = {  # words of the server, mapping, delivery, order
    "acks and sequence": (["acks", "sequence"], FULL, "at_most_once", "conversation"),
    "the same in arrays": (["acks", "sequence", "arrays"], MAPPINGS / "arrays.yaml", "at_most_once", "conversation"),
    "acks only": (["acks"], MAPPINGS / "acks.yaml", "effectively_once", "sender"),
    "neither, with echo": (["echo"], MAPPINGS / "echo.yaml", "effectively_once", "sender"),
}
for name, (words, mapping, delivery, order) in VARIANTS.items():
    verdict, wrong, result = play(words, mapping, delivery, order)
    totals = result["totals"]
    check(verdict == "pass" and not wrong, f"{name}: a sound chat passes, and nothing is held against it ({verdict}, {wrong})")
    check(totals["expected"] == totals["delivered"] > 0, f"{name}: every delivery is accounted for ({totals['delivered']})")
    numbered = "sequence" in words
    check(("gap_live" in result["not_checked"]) != numbered and bool(result["sampled"]) != numbered,
          f"{name}: gaps are checked, and the whole order, exactly if there are numbers")

verdict, wrong, result = play(["acks", "create"], MAPPINGS / "create.yaml", "effectively_once", "sender")
check(verdict == "pass" and not wrong, f"rooms that the server names: created before the load ({verdict}, {wrong})")

# Half of the connections die in the middle. What is resumed is judged; what nobody can resume is unverified, never lost and never a pass.
for name, words, mapping in [("pushed", ["acks", "sequence"], FULL), ("paged", ["acks", "sequence"], MAPPINGS / "paged.yaml")]:
    verdict, wrong, result = play([*words, "cut=150"], mapping, "at_most_once", "conversation")
    check(verdict == "pass" and not wrong and result["totals"]["reconnects"] > 0, f"cut, {name}: everybody comes back and lacks nothing ({verdict}, {wrong})")
for name in ("acks only", "neither, with echo"):
    words, mapping, delivery, order = VARIANTS[name]
    verdict, wrong, result = play([*words, "cut=150"], mapping, delivery, order)
    check(verdict == "unverified" and not wrong and result["totals"]["unverified"] > 0, f"cut, {name}: what was missed is unverified ({verdict}, {wrong})")

PLANTED = {
    # a numbered loss on an unbroken connection is seen at once, and mended out of the history
    "acks and sequence": {"lose": {"gap_live": 1, "gap_healed": 1}, "repeat": {"duplicate_raw": 1}, "swap": {"gap_live": 1, "gap_healed": 1}},
    "the same in arrays": {"lose": {"gap_live": 1, "gap_healed": 1}},
    "acks only": {"lose": {"lost": 1}, "repeat": {"duplicate": 1}, "swap": {"order": 1}},
    "neither, with echo": {"lose": {"lost": 1}, "repeat": {"duplicate": 1}, "swap": {"order": 1}},
}
for name, faults in PLANTED.items():
    words, mapping, delivery, order = VARIANTS[name]
    for fault, counters in faults.items():
        # at_most_once leaves loss free, at_least_once repetition: each is asked for where it is promised
        promised = "at_least_once" if "gap_live" in counters else delivery
        verdict, wrong, _ = play([*words, f"{fault}=100"], mapping, promised, order)
        check(verdict == "violation" and wrong == counters, f"{name}, {fault}: found as {counters} ({verdict}, {wrong})")

mapping = MAPPINGS / "nothing.yaml"
verdict, wrong, result = play([], mapping, "at_most_once", "sender")
check(verdict == "pass" and not wrong, f"no answer at all: a sound chat passes what can be checked ({verdict}, {wrong})")
check("lost" in result["not_checked"] and result["totals"]["indeterminate"] == result["totals"]["sent"] > 0,
      "no answer at all: every send is indeterminate, and a loss is not checked")
verdict, wrong, _ = play(["repeat=100"], mapping, "at_most_once", "sender")
check(verdict == "violation" and wrong == {"duplicate": 1}, f"no answer at all: a repetition is found all the same ({verdict}, {wrong})")

# What cannot be checked is not promised: refused before anything starts, with the place.
for delivery, order, mapping, words in [("at_least_once", "sender", "nothing", "expect.delivery"), ("at_most_once", "conversation", "acks", "expect.order")]:
    file = scenario_for(MAPPINGS / f"{mapping}.yaml", delivery, order)
    done = subprocess.run([PROGRAM, "run", file], capture_output=True, text=True, timeout=60)
    check(done.returncode == 2 and words in done.stderr and re.search(rf"{re.escape(file)}:\d+:\d+: ", done.stderr),
          f"{words}: refused at the start: {done.stderr.strip()}")
    os.unlink(file)
