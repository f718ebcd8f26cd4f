#!/usr/bin/env python3
"""docs/METRICS.md is what server and generator really expose, and promtool finds nothing to mend in it.

HUBBUB_REWRITE=1 tests/system/metrics_doc_test.py writes the tables instead of comparing them.
"""
import os
import re
import subprocess
import tempfile
import time
import urllib.request

from hubbub import PROGRAM, ROOT, Server, check, free_port, scenario

DOC = ROOT / "docs/METRICS.md"
SAMPLE = re.compile(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


def families(exposition):
    """name -> (type, HELP, sorted label names without le, labels' values)."""
    found = {}
    for line in exposition.splitlines():
        if line.startswith("# HELP "):
            _, _, name, text = line.split(" ", 3)
            found[name] = ["", text, set()]
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            found[name][0] = kind
        else:
            name, labels, _ = SAMPLE.match(line).groups()
            family = name if name in found else re.sub(r"_(bucket|sum|count)$", "", name)
            found[family][2] |= {label for label, _ in LABEL.findall(labels or "") if label != "le"}
    return {name: (kind, text, sorted(labels)) for name, (kind, text, labels) in found.items()}


def table(exposition, prefix):
    rows = ["| metric | type | labels | meaning |", "|---|---|---|---|"]
    for name, (kind, text, labels) in sorted(families(exposition).items()):
        if name.startswith(prefix):
            rows.append(f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {text} |")
    return "\n".join(rows) + "\n"


def scrape(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return answer.read().decode()


def lint(exposition, of):
    done = subprocess.run(["promtool", "check", "metrics"], input=exposition, capture_output=True, text=True, timeout=60)
    check(done.returncode == 0 and not done.stderr, f"promtool finds nothing to mend in the {of}'s metrics {done.stderr}")


port = free_port()
SCENARIO = scenario(f"""
version: 1
name: every metric
seed: 1
target: {{endpoints: ["ws://127.0.0.1:1/chat"]}}
population: {{users: 10, cohorts: {{far: {{share: 100%, network: {{latency: 1ms}}}}}}}}
topology: [{{class: group, count: 2, size: 5}}]
behaviors: {{chatter: {{send: {{to: {{group: 100%}}, bytes: 100}}}}}}
load:
  - {{phase: connect, ramp: 1000/s, until: population, max_duration: 20s}}
  - {{phase: steady, for: 1s, messages: 50/s}}
  - {{phase: drain, settle: 1s, max_duration: 20s}}
faults: [{{at: steady, do: reset}}]
expect: {{slo: [delivery.p99 < 10s]}}
report: {{prometheus: {{listen: "127.0.0.1:{port}", linger: 60s}}}}
""")
with tempfile.TemporaryDirectory() as folder:
    with Server("--audit-log", os.path.join(folder, "audit.jsonl"), metrics=True) as server:
        load = subprocess.Popen([PROGRAM, "run", SCENARIO, "--quiet", "--url", server.url], stdout=subprocess.DEVNULL)
        deadline, run = time.monotonic() + 120, ""
        while "\nhubbub_run_finished 1\n" not in run and time.monotonic() < deadline and load.poll() is None:
            time.sleep(0.1)
            try:
                run = scrape(port)
            except OSError:
                pass  # not up yet
        check("\nhubbub_run_finished 1\n" in run, "the endpoint still answers when the verdict is known")
        load.terminate()  # ends the lingering
        status = load.wait(timeout=30)
        check(status != 130, f"SIGTERM while the endpoint lingers changes no verdict (exit status {status})")
        serve = scrape(server.metrics_port)
os.unlink(SCENARIO)

lint(run, "generator")
lint(serve, "server")
doc = DOC.read_text()
for of, prefix, exposition in (("server", "hubbub_server_", serve), ("generator", "hubbub_run_", run), ("process", "process_", serve)):
    begin, end = f"<!-- {of}: held equal by tests/system/metrics_doc_test.py -->\n", f"<!-- end of {of} -->"
    start, stop = doc.index(begin) + len(begin), doc.index(end)
    wanted = table(exposition, prefix)
    if os.environ.get("HUBBUB_REWRITE"):
        doc = doc[:start] + wanted + doc[stop:]
        DOC.write_text(doc)
        continue
    missing = sorted(set(wanted.splitlines()) - set(doc[start:stop].splitlines()))
    too_many = sorted(set(doc[start:stop].splitlines()) - set(wanted.splitlines()))
    check(doc[start:stop] == wanted, f"docs/METRICS.md has the {of}'s {len(wanted.splitlines()) - 2} metrics"
          + (f"; missing {missing}, too many {too_many} (HUBBUB_REWRITE=1 {__file__} writes it)" if missing or too_many else ""))
described = set(re.findall(r"^\| `([a-z_]+)` \|(?! (?:counter|gauge|histogram))", doc, re.M))
used = {label for exposition in (serve, run) for _, _, labels in families(exposition).values() for label in labels}
check(used == described, f"and says what each label may be: {sorted(used ^ described) or sorted(used)}")
