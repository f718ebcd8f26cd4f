#!/usr/bin/env python3
"""Every query of every panel, variable, annotation and rule in dashboards/ returns data from a real Prometheus that scraped a real run with a
reconnect storm in it; each alert is proven to fire and not to fire; Prometheus' P99 is the report's, within the bucket."""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

from hubbub import PROGRAM, ROOT, Server, check, free_port, scenario
from prometheus import Prometheus, wait_for

BOARDS = ROOT / "dashboards"
RULES = BOARDS / "prometheus"
server_metrics, run_metrics = free_port(), free_port()


def configuration():
    """The shipped one, at this test's addresses and a test's pace."""
    text = (RULES / "prometheus.yml").read_text()
    for shipped, here in (("127.0.0.1:9465", f"127.0.0.1:{server_metrics}"), ("127.0.0.1:9464", f"127.0.0.1:{run_metrics}"),
                          ("scrape_interval: 5s", "scrape_interval: 1s"), ("evaluation_interval: 15s", "evaluation_interval: 1s"),
                          ("- rules.yaml", f"- {RULES / 'rules.yaml'}")):
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    return text


def filled_in(query):
    """As Grafana would with everything chosen."""
    query = query.replace("$__rate_interval", "10s")
    query = re.sub(r"\$(server_job|server|run_job|run)\b", ".*", query)
    assert "$" not in query, query
    return query


def always_answering(expression):
    """A comparison filters; with `bool` it says 0 or 1 wherever there is something to compare."""
    parts = re.split(r"(\{[^}]*\}|\"[^\"]*\")", expression)
    return "".join(part if i % 2 else re.sub(r"(==|!=|>=|<=|>|<)", r"\1 bool", part) for i, part in enumerate(parts))


def series_of(expression):
    """What an expression is made of: a sum of two would hide that one is missing."""
    return set(re.findall(r"\b(?:(?:job:)?hubbub_|process_|up\b)[a-z0-9_:]*(?:\{[^}]*\})?", expression))


def queries_of_dashboards():
    for file in sorted((BOARDS / "grafana").glob("*.json")):
        board = json.loads(file.read_text())
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield f"{file.stem}: {panel['title']} {target['refId']}", filled_in(target["expr"])
        for annotation in board["annotations"]["list"]:
            yield f"{file.stem}: annotation {annotation['name']}", always_answering(filled_in(annotation["expr"]))


def variables_of_dashboards():
    for file in sorted((BOARDS / "grafana").glob("*.json")):
        for variable in json.loads(file.read_text())["templating"]["list"]:
            if variable["type"] == "query":
                selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"]).groups()
                yield f"{file.stem}: ${variable['name']}", filled_in(selector), label


def rules_are_tested(rules):
    """`promtool test rules` passes, and no alert is without a case of each kind."""
    text = (RULES / "rules_test.yaml").read_text()
    alerts = [rule["name"] for group in rules["groups"] for rule in group["rules"] if rule["type"] == "alerting"]
    for alert in alerts:
        cases = re.findall(rf"alertname: {alert}\b[^\n]*?(exp_alerts: \[\]|\n)", text)
        check(any("[]" in case for case in cases) and any("[]" not in case for case in cases), f"{alert} has cases that fire it and cases that do not")
    return len(alerts)


def storm(server, prometheus):
    """The server dies and comes back; everybody reconnects."""
    wait_for(lambda: prometheus.value('hubbub_run_phase{phase="steady"} == 1'), "the load began")
    wait_for(lambda: prometheus.finite_samples("rate(hubbub_run_delivered_total[10s])", time.time() - 20, time.time()) >= 8, "some seconds of load were scraped")
    server.kill()
    wait_for(lambda: prometheus.value("hubbub_run_connect_errors_total > 0"), "clients found the server gone")
    server.start()
    wait_for(lambda: prometheus.value("hubbub_run_users_online == hubbub_run_users"), "everybody is back")
    check(prometheus.value("hubbub_run_reconnects_total") > 0, f"{prometheus.value('hubbub_run_reconnects_total'):.0f} sessions became live again after the storm")


def same_bucket(prometheus, metric, reported, selector=""):
    """Prometheus knows between which bounds the percentile lies: the report's lies there too, so they differ by its width at most."""
    reported = float(str(reported).replace("+Inf", "inf"))
    asked = prometheus.value(f"histogram_quantile(0.99, sum by (le) ({metric}_bucket{{{selector}}}))")
    buckets = prometheus.buckets(metric, selector)
    rank = 0.99 * buckets[-1][1]
    at = next(i for i, (_, count) in enumerate(buckets) if count >= rank)
    low, high = buckets[at - 1][0] if at else 0.0, buckets[at][0]
    what = f"{metric}{{{selector}}} P99: Prometheus {asked * 1e3:.3f} ms, report {reported * 1e3:.3f} ms, both in ({low * 1e3:g}, {high * 1e3:g}] ms"
    check(low < reported <= high and low <= asked <= high, what + f": off by {abs(asked - reported) * 1e3:.3f}, at most {(high - low) * 1e3:g} ms")


SCENARIO = scenario(f"""
version: 1
name: watched by Prometheus
seed: 5
target: {{endpoints: ["ws://127.0.0.1:1/chat"]}}
population: {{users: 150}}
topology:
  - {{class: direct, count: 100, size: 2}}
  - {{class: group, count: 20, size: {{min: 4, max: 12}}}}
  - {{class: channel, count: 1, size: 100}}
behaviors:
  chatter: {{send: {{to: {{direct: 50%, group: 49%, channel: 1%}}, bytes: 100}}}}
load:
  - {{phase: connect, ramp: 200/s, until: population, max_duration: 30s}}
  - {{phase: steady, for: 30s, messages: 60/s, arrivals: poisson}}
  - {{phase: drain, settle: 5s, max_duration: 60s}}
expect: {{delivery: at_least_once, slo: [delivery.p99 < 60s]}}
report: {{prometheus: {{listen: "127.0.0.1:{run_metrics}", linger: 10m}}}}
""")

check(subprocess.run([sys.executable, BOARDS / "make.py", "--check"]).returncode == 0, "dashboards/grafana is what dashboards/make.py says")
with tempfile.TemporaryDirectory() as folder:
    tested = subprocess.Popen(["promtool", "test", "rules", "rules_test.yaml"], cwd=RULES, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    shipped = subprocess.run(["promtool", "check", "config", RULES / "prometheus.yml"], capture_output=True, text=True)
    check(shipped.returncode == 0, f"the shipped configuration is one {shipped.stdout if shipped.returncode else ''}")
    out = os.path.join(folder, "result.json")
    server = Server("--data", os.path.join(folder, "db"), "--durability", "wal", "--metrics", f"127.0.0.1:{server_metrics}")
    with Prometheus(configuration(), folder) as prometheus, server:
        begin = time.time()
        load = subprocess.Popen([PROGRAM, "run", SCENARIO, "--quiet", "--url", server.url, "--out", f"json={out}"], stdout=subprocess.DEVNULL)
        storm(server, prometheus)
        wait_for(lambda: prometheus.value("hubbub_run_finished") == 1, "the end of the run was scraped", 180)
        end = prometheus.at = time.time()  # the generator is gone soon after
        load.terminate()  # ends the lingering
        status = load.wait(timeout=60)
        with open(out) as file:
            result = json.load(file)
        check(status != 4, f"the storm cost nothing that was acknowledged (exit status {status}, verdict {result['verdict']})")

        empty = [f"{where}: {query}" for where, query in queries_of_dashboards() if not prometheus.finite_samples(query, begin, end)]
        check(not empty, f"{len(list(queries_of_dashboards()))} queries of panels and annotations return data {empty or ''}")
        parts = {part for _, query in queries_of_dashboards() for part in series_of(query)}
        parts |= {part for group in prometheus.get("/api/v1/rules")["groups"] for rule in group["rules"] for part in series_of(rule["query"])}
        empty = sorted(part for part in parts if not prometheus.finite_samples(part, begin, end))
        check(not empty and len(parts) > 80, f"and so does each of the {len(parts)} series that they and the rules are made of {empty or ''}")
        check(not prometheus.finite_samples("sum(rate(hubbub_run_no_such_metric[10s]))", begin, end), "a query for what does not exist would have been found")
        empty = [f"{where}: {selector}" for where, selector, label in variables_of_dashboards()
                 if not prometheus.get(f"/api/v1/label/{label}/values", **{"match[]": selector, "start": begin, "end": end})]
        check(not empty, f"{len(list(variables_of_dashboards()))} variables have values {empty or ''}")

        rules = prometheus.get("/api/v1/rules")
        for rule in (rule for group in rules["groups"] for rule in group["rules"]):
            query = rule["name"] if rule["type"] == "recording" else always_answering(rule["query"])
            assert rule["health"] == "ok", rule
            check(prometheus.finite_samples(query, begin, end), f"rule {rule['name']} has data")
        alerts = rules_are_tested(rules)

        latency = result["latency"]
        for kind in ("delivery", "ack", "connect", "reconnect"):
            same_bucket(prometheus, f"hubbub_run_{kind}_latency_seconds", latency[kind]["p99"])
        for of_class in ("direct", "group", "channel"):
            same_bucket(prometheus, "hubbub_run_delivery_latency_seconds", latency["delivery"]["by"][f"class={of_class}"]["p99"], f'class="{of_class}"')
        check(prometheus.value("sum(hubbub_run_delivery_latency_seconds_count)") == latency["delivery"]["count"] + latency["delivery"]["missing"],
              f"and Prometheus counts the report's {latency['delivery']['count']} deliveries")
    said, _ = tested.communicate(timeout=120)
    check(tested.returncode == 0, f"promtool test rules: all {alerts} alerts {'' if tested.returncode == 0 else said}")
os.unlink(SCENARIO)
