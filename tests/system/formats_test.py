#!/usr/bin/env python3
"""One result in every form: all say the same, hostile texts stay texts, and docs/result.schema.json fits real results and no broken ones."""
import base64
import csv
import json
import os
import pathlib
import struct
import subprocess
import tempfile
import xml.etree.ElementTree as xml
import zlib

from hubbub import PROGRAM, ROOT, check, scenario

HOSTILE = 'a <b>bold</b> & "quoted" ]]> | `x` ::error::%0A'
COUNTERS = ["lost", "duplicate", "duplicate_raw", "gap_live", "gap_healed", "order", "causality", "disagreement", "phantom", "corrupt", "leaked", "history",
            "receipts", "reactions", "presence", "resume"]
SCENARIO = scenario(f"""
version: 1
name: '{HOSTILE}'
seed: 3
target: {{start: {{server: embedded}}}}
population: {{users: 40}}
topology: [{{class: direct, count: 20}}, {{class: group, count: 5, size: 8}}]
behaviors: {{chatter: {{send: {{to: {{direct: 50%, group: 50%}}, bytes: 100}}}}}}
load:
  - {{phase: connect, ramp: 1000/s, until: population, max_duration: 20s}}
  - {{phase: steady, for: 4s, messages: 100/s}}
  - {{phase: drain, settle: 1s, max_duration: 20s}}
expect: {{delivery: effectively_once, slo: [delivery.p99 < 10s, connect.errors < 50%]}}
""")


def outputs(folder):
    return [f"--out={name}={folder}/{file}" for name, file in
            (("json", "r.json"), ("junit", "r.xml"), ("md", "r.md"), ("csv", "csv"), ("hgrm", "hgrm"), ("hlog", "r.hlog"))]


def played(folder, command, *arguments, environment=None):
    """Exit status, result, and what was said on stderr."""
    done = subprocess.run([PROGRAM, command, SCENARIO, *outputs(folder), *arguments], capture_output=True, text=True, timeout=120,
                          env={**os.environ, **(environment or {})})
    return done.returncode, json.loads(pathlib.Path(folder, "r.json").read_text()), done.stderr


def junit_agrees(folder, result, what):
    suite = xml.parse(f"{folder}/r.xml").getroot().find("testsuite")
    cases = suite.findall("testcase")
    marks = {(case.get("classname").rsplit(".", 1)[1], case.get("name")): [child.tag for child in case] for case in cases}
    for tag, total in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert int(suite.get(total)) == len(suite.findall(f".//{tag}")), suite.attrib
    assert int(suite.get("tests")) == len(cases)
    bad = [key for key, tags in marks.items() if "failure" in tags or "error" in tags]
    check(bool(bad) == (result["verdict"] != "pass"), f"{what}: JUnit fails exactly when the verdict ({result['verdict']}) is no pass: {bad}")
    check(HOSTILE in suite.get("name"), f"{what}: the scenario's name is what it is")
    if result["verdict"] == "unreachable":
        check(set(marks) == {("run", "the run itself")}, f"{what}: who was not reached was not judged")
        return
    check({name for kind, name in marks if kind == "expectations"} == {e["text"] for e in result["expectations"]}, f"{what}: a case an expectation")
    check([name for kind, name in marks if kind == "counters"] == COUNTERS, f"{what}: a case a counter")
    check({name for (_, name), tags in marks.items() if "skipped" in tags} == set(result["not_checked"]) - set(result["broken"]), f"{what}: what was not checked is skipped")
    check({name for (kind, name), tags in marks.items() if kind == "counters" and "failure" in tags} == set(result["broken"]), f"{what}: what is broken fails")


def csv_agrees(folder, result, what):
    tables = {file.stem: list(csv.DictReader(file.open(newline=""))) for file in pathlib.Path(folder, "csv").iterdir()}
    for row in tables["latency"]:
        of = result["latency"][row["kind"]]
        of = of["by"][row["label"]] if row["label"] else of
        for key in ("count", "p50", "p99", "p999", "max"):
            wanted = of[key] if of[key] != "+Inf" else float("inf")
            assert wanted is None and row[key] == "" or abs(float(row[key]) - wanted) <= 1e-6 * abs(wanted) or float(row[key]) == wanted, (row, key, of[key])
    kinds = {row["kind"] for row in tables["latency"]}
    check(kinds == {kind for kind, of in result["latency"].items() if of["count"] + of["missing"]}, f"{what}: latency.csv has the figures of {len(kinds)} kinds")
    check({row["counter"]: int(row["count"]) for row in tables["counters"]} == result["violations"], f"{what}: counters.csv")
    check([row["expectation"] for row in tables["expectations"]] == [e["text"] for e in result["expectations"]], f"{what}: expectations.csv")
    check(len(tables["series"]) == len(result["series"]), f"{what}: series.csv")


def decoded(text):
    """HdrHistogram's V2 encoding, read by its description alone: (counts by index, the header)."""
    blob = base64.b64decode(text)
    cookie, length = struct.unpack(">II", blob[:8])
    assert cookie & ~0xF0 == 0x1C849304, hex(cookie)
    payload = zlib.decompress(blob[8:8 + length])
    inner, size, _, digits, lowest, highest, _ = struct.unpack(">IIIIQQd", payload[:40])
    assert inner & ~0xF0 == 0x1C849303 and digits == 2 and lowest == 1, hex(inner)
    counts, index, at = {}, 0, 40
    while at < 40 + size:
        value = shift = 0
        for byte_number in range(9):
            byte = payload[at]
            at += 1
            value |= (byte if byte_number == 8 else byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        signed = (value >> 1) ^ -(value & 1)
        if signed < 0:
            index -= signed
        else:
            counts[index] = signed
            index += 1
    return counts


def hdr_agrees(folder, result, what):
    totals = {}
    for line in pathlib.Path(folder, "r.hlog").read_text().splitlines():
        if not line.startswith("Tag="):
            assert line[0] in "#\"", line
            continue
        tag, start, length, longest, blob = line[4:].split(",")
        totals[tag] = totals.get(tag, 0) + sum(decoded(blob).values())
        assert float(start) >= 0 and float(length) > 0 and float(longest) >= 0
    wanted = {kind: of["count"] for kind, of in result["latency"].items() if of["count"]}
    check(totals == wanted, f"{what}: the intervals of r.hlog add up to {sum(wanted.values())} observations of {len(wanted)} kinds")
    for kind, count in wanted.items():
        lines = pathlib.Path(folder, "hgrm", f"{kind}.hgrm").read_text().splitlines()
        rows = [line.split() for line in lines[2:] if not line.startswith("#")]
        p50 = next(float(row[0]) for row in rows if float(row[1]) >= 0.5)
        assert int(rows[-1][2]) == count, rows[-1]
        assert abs(p50 / 1e3 - result["latency"][kind]["p50"]) < 1e-5 or result["latency"][kind]["missing"], (kind, p50, result["latency"][kind]["p50"])
    check(True, f"{what}: and so do the .hgrm files, in milliseconds")


def fits(files, strict=False):
    """What ajv, which knows only the schema, says of each result."""
    schema = json.loads((ROOT / "docs/result.schema.json").read_text())
    if strict:
        closed(schema)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(schema, file)
        file.flush()
        done = subprocess.run(["node", str(ROOT / "tests/system/strangers/schema_check.js"), file.name, *map(str, files)], capture_output=True, text=True,
                              timeout=120, env={**os.environ, "NODE_PATH": "/usr/share/nodejs"})
    check(done.returncode == 0, f"ajv runs {done.stderr}")
    return done.stdout.splitlines()


def closed(schema):
    """No key that the schema does not name: so that none of a real result is missing from it."""
    if isinstance(schema, dict):
        # `allOf` adds keys to a definition; closing one part would refuse the other's.
        if "properties" in schema and "by" not in schema["properties"] and "histogram" not in schema["properties"]:
            schema.setdefault("additionalProperties", False)
        for inner in schema.values():
            closed(inner)
    elif isinstance(schema, list):
        for inner in schema:
            closed(inner)


BROKEN = {
    "no verdict": lambda r: r.pop("verdict"),
    "an unknown verdict": lambda r: r.update(verdict="fine"),
    "another version": lambda r: r.update(schema_version=2),
    "half a message": lambda r: r["totals"].update(sent=0.5),
    "a latency as text": lambda r: r["latency"]["delivery"].update(p99="fast"),
    "a negative latency": lambda r: r["latency"]["delivery"].update(p99=-1),
    "no histogram by class": lambda r: next(iter(r["latency"]["delivery"]["by"].values())).pop("histogram"),
    "an unknown counter is broken": lambda r: r["broken"].update(untidy=1),
    "an expectation without an answer": lambda r: r["expectations"][0].pop("ok"),
    "a counter is gone": lambda r: r["violations"].pop("lost"),
    "an hour as text": lambda r: r.update(duration="1h"),
}

CASES = {
    "a clean run": (["sim"], 0),
    "messages that get lost": (["sim", "--set", "target.start.sabotage=drop_live:0.05", "--set", "expect.slo.+=delivery.p99 < 10us"], 4),
    "a missed level": (["sim", "--set", "expect.slo.+=delivery.p50 < 10us"], 99),
    "nobody there": (["run", "--quiet", "--url", "ws://127.0.0.1:1/chat", "--set", "load.connect.max_duration=2s"], 3),
}
with tempfile.TemporaryDirectory() as top:
    results = []
    for what, (arguments, expected) in CASES.items():
        folder = os.path.join(top, what.replace(" ", "-"))
        os.mkdir(folder)
        page = os.path.join(folder, "summary.md")
        status, result, said = played(folder, *arguments, environment={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": page})
        check(status == expected == result["exit_code"], f"{what}: exit status {status} {said if status != expected else ''}")
        junit_agrees(folder, result, what)
        csv_agrees(folder, result, what)
        hdr_agrees(folder, result, what)
        markdown = pathlib.Path(folder, "r.md").read_text()
        head, _, tail = markdown.partition("\n")
        check(result["verdict"] in head and "<b>" not in markdown.replace("<br>", "") and ("`" not in markdown or "The same again" in markdown), f"{what}: Markdown says so: {head}")
        check(pathlib.Path(page).read_text() == markdown, f"{what}: and is the job's summary")
        annotations = [line for line in said.splitlines() if line.startswith("::error ")]
        check(bool(annotations) == (expected != 0) and all(line.count("::") >= 2 for line in annotations), f"{what}: {len(annotations)} annotations")
        wanted = [e["text"] for e in result["expectations"] if not e["ok"]] if result["verdict"] != "unreachable" else []
        check(all(any(text in line for line in annotations) for text in [*wanted, *result["broken"]]), f"{what}: each thing that is wrong has one")
        results.append(os.path.join(folder, "r.json"))
    clean = json.loads(pathlib.Path(results[0]).read_text())
    _, _, said = played(os.path.join(top, "nobody-there"), "run", "--quiet", "--url", "ws://127.0.0.1:1/chat", "--set", "load.connect.max_duration=2s",
                        environment={"GITHUB_ACTIONS": ""})
    check("::error" not in said, "outside of GitHub Actions nobody is told")

    for line in fits(results) + fits(results, strict=True):
        check(line.endswith(" ok"), f"the schema fits {line.split('/')[-2]}: {line.split('/')[-1]}")
    broken = []
    for number, (what, damage) in enumerate(BROKEN.items()):
        wrong = json.loads(json.dumps(clean))
        damage(wrong)
        broken.append(os.path.join(top, f"{number}.json"))
        pathlib.Path(broken[-1]).write_text(json.dumps(wrong))
    for what, line in zip(BROKEN, fits(broken)):
        check(" refused: " in line, f"the schema refuses {what}: {line.split(' refused: ')[-1][:80]}")

    for out, expected in (("openmetrics=x.txt", "`openmetrics` is not built in this version"), ("yaml=x", "no such format"), ("junit", "expected junit=FILE"), ("csv=", "expected csv=FOLDER")):
        done = subprocess.run([PROGRAM, "run", SCENARIO, "--out", out], capture_output=True, text=True, timeout=60)
        check(done.returncode == 2 and expected in done.stderr, f"--out {out} is refused before the run: {done.stderr.strip()}")
os.unlink(SCENARIO)
