#!/usr/bin/env python3
"""Every shipped scenario fits the published JSON Schema, and broken ones do not, by a validator that knows only that file."""
import os
import pathlib
import subprocess
import tempfile

from hubbub import PROGRAM, ROOT, check

SCENARIOS = sorted(file for file in (ROOT / "scenarios").rglob("*.yaml") if "mappings" not in file.parts)
SCHEMA = ROOT / "scenarios/scenario.schema.json"
CORPUS = ROOT / "tests/fuzz/corpus/scenario/every_key.yaml"

# What to replace in smoke.yaml, and by what: each must be refused.
BROKEN = {
    "an unknown key": ("seed: 1", "sed: 1"),
    "a key that is not built": ("seed: 1", "report: {baseline: {}}"),
    "no version": ("version: 1", ""),
    "another version": ("version: 1", "version: 2"),
    "no users": ("  users: 200", "  online: 200"),
    "users without a number": ("users: 200", "users: many"),
    "half a user": ("users: 200", "users: 0.5"),
    "no user at all": ("users: 200", "users: 0"),
    "a rate without its unit": ("ramp: 500/s", "ramp: 500"),
    "a duration without its unit": ("for: 3s", "for: 3"),
    "a share without %": ("direct: 60%", "direct: 0.6"),
    "an unknown class": ("class: group", "class: clan"),
    "a row without a class": ("class: group, ", ""),
    "a size of an unknown kind": ("{min: 3, max: 12}", "{least: 3}"),
    "a body above the limit": ("bytes: 120", "bytes: 1_000_000"),
    "a map for a value": ("seed: 1", "seed: {a: 1}"),
    "a list for a map": ("population:\n  users: 200", "population: [200]"),
    "a level that compares nothing": ("order: conversation", "order: conversation\n  slo: [delivery.p99]"),
    "a behavior whose name is a number": ("everyone:", "'1':"),
    "an order that does not exist": ("order: conversation", "order: alphabetical"),
}


def verdicts(files):
    done = subprocess.run(["node", str(ROOT / "tests/system/strangers/schema_check.js"), str(SCHEMA), *map(str, files)],
                          capture_output=True, text=True, timeout=120, env={**os.environ, "NODE_PATH": "/usr/share/nodejs"})
    check(done.returncode == 0, f"ajv runs\n{done.stderr}")
    return done.stdout.splitlines()


printed = subprocess.run([PROGRAM, "schema"], capture_output=True, text=True, timeout=60).stdout
check(printed == SCHEMA.read_text(), "`hubbub schema` prints the committed file")

for line in verdicts([*SCENARIOS, CORPUS]):
    check(line.endswith(" ok"), line)

with tempfile.TemporaryDirectory() as folder:
    smoke = (ROOT / "scenarios/smoke.yaml").read_text()
    files = []
    for number, (what, (old, new)) in enumerate(BROKEN.items()):
        check(old in smoke, f"smoke.yaml still has {old!r}")
        files.append(pathlib.Path(folder) / f"{number}.yaml")
        files[-1].write_text(smoke.replace(old, new, 1))
    part = pathlib.Path(folder) / "part.yaml"
    part.write_text("extends: smoke.yaml\npopulation: {online: 100}\n")
    reuse = pathlib.Path(folder) / "reuse.yaml"
    reuse.write_text("version: 1\ntarget: {endpoints: ['ws://127.0.0.1:1/'], setup: {conversations: reuse}}\n" + smoke[smoke.index("behaviors:"):])
    found = verdicts([*files, part, reuse])
    for what, line in zip(BROKEN, found):
        check(" refused: " in line, f"{what}: {line.split('/')[-1]}")
    check(found[-2].endswith(" ok"), f"a file that extends another may leave out what that one says: {found[-2]}")
    check(found[-1].endswith(" ok"), f"and one that reuses who is there may leave them out: {found[-1]}")
