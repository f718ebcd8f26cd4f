#!/usr/bin/env python3
"""A channel of 25,000 (18,000 online) beside 1,000 direct messages a second, and the same direct messages without the channel.

  channel25k.py PATH/TO/hubbub [pairs 1]

Prints lines `name value unit ratio`: P99 of the channel's last recipient, P99 of the direct messages with and without the channel, and from
the server's own counters how many recipients the largest turn of a loop served, and how many turns were longer than their budget.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/system"))
import hubbub  # noqa: E402  (the system tests' way to start a server)


def line(name, value, unit, ratio="-"):
    print(f"{name:<44} {value:>14.3f}  {unit:<24} {ratio}", flush=True)


def one(scenario):
    """Runs a scenario against a server of its own: (result file, server's counters)."""
    with hubbub.Server(metrics=True) as server, tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([hubbub.PROGRAM, "run", str(ROOT / "scenarios" / scenario), "--quiet", "--url", server.url, "--out", f"json={out.name}"],
                       stdout=subprocess.DEVNULL, check=False)
        counters = {name: server.metric(f"hubbub_server_{name}") for name in
                    ("fanout_turn_max", "fanout_slices_total", "loop_slow_turns_total", "loop_turns_total", "deliveries_total", "system_calls_total")}
        return json.loads(pathlib.Path(out.name).read_text()), counters


def p99(result, kind, label):
    value = result["latency"][kind]["by"][label]["p99"]
    return float("inf") if value == "+Inf" else value


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    hubbub.PROGRAM = sys.argv[1]
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    rows = []
    for _ in range(pairs):
        quiet, _ = one("channel-25k-without.yaml")
        loud, counters = one("channel-25k.yaml")
        rows.append((p99(loud, "delivery_last", "class=channel"), p99(loud, "delivery", "class=direct"), p99(quiet, "delivery", "class=direct")))
        wrong = {k: v for r in (quiet, loud) for k, v in r["violations"].items() if v}
        line("channel25k_verdict", loud["exit_code"], "exit code", loud["verdict"] + (f" {wrong}" if wrong else ""))
        line("channel25k_deliveries", loud["totals"]["delivered"], "deliveries", f"expected {loud['totals']['expected']}")
    last, direct, alone = (statistics.median(column) for column in zip(*rows))
    line("channel25k_last_recipient_p99", last * 1e3, "ms", f"{last / 0.5:.2f} of 500 ms")
    line("channel25k_direct_p99", direct * 1e3, "ms", f"{direct / alone:.2f} of without")
    line("channel25k_direct_p99_without", alone * 1e3, "ms")
    line("channel25k_recipients_in_a_turn_max", counters["fanout_turn_max"], "recipients")
    line("channel25k_slices", counters["fanout_slices_total"], "slices")
    line("channel25k_slow_turns", counters["loop_slow_turns_total"], "turns above 2 ms", f"of {counters['loop_turns_total']:.0f}")
    line("channel25k_system_calls", counters["system_calls_total"] / max(counters["deliveries_total"], 1), "calls/delivery")


if __name__ == "__main__":
    main()
