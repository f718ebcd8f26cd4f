#!/usr/bin/env python3
"""Writes dashboards/grafana/*.json: panels are lines of the tables below, the rest is the same everywhere.

    dashboards/make.py           writes them
    dashboards/make.py --check   exits 1 when they are not what this file says

tests/system/dashboards_test.py asks a real Prometheus every query.
"""
import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "grafana"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}

# ---- what queries select by
SERVER = 'job=~"$server_job",instance=~"$server"'
RUN = 'job=~"$run_job",instance=~"$run"'


def rate(metric, selector, more="", by=""):
    labels = ",".join(part for part in (selector, more) if part)
    return f"sum{f' by ({by})' if by else ''} (rate({metric}{{{labels}}}[$__rate_interval]))"


def quantile(q, metric, selector, by=""):
    labels = f" by ({'le, ' + by if by else 'le'})"
    return f"histogram_quantile({q}, sum{labels} (rate({metric}_bucket{{{selector}}}[$__rate_interval])))"


def quantiles(metric, selector, which=((0.5, "P50"), (0.9, "P90"), (0.99, "P99"), (0.999, "P99.9"))):
    return [(quantile(q, metric, selector), name) for q, name in which]


# ---- panels: (kind, title, unit, width, [(query, legend)], what it says)
def server_panels():
    s = "hubbub_server_"
    return [
        ("stat", "Connections", "short", 4, [(f"sum({s}connections{{{SERVER}}})", "")], "Open links of the chosen servers."),
        ("stat", "Sessions", "short", 4, [(f"sum({s}sessions{{{SERVER}}})", "")], "Links with an accepted hello."),
        ("stat", "Messages", "cps", 4, [(rate(s + "sends_total", SERVER), "")], "Sends that took a sequence number, a second."),
        ("stat", "Deliveries", "cps", 4, [(rate(s + "deliveries_total", SERVER), "")], "Frames queued to recipients, a second."),
        ("stat", "Commit P99", "s", 4, [(quantile(0.99, s + "commit_duration_seconds", SERVER), "")],
         "From a message's turn to its acknowledgement."),
        ("stat", "Read-only shards", "short", 4, [(f"sum({s}read_only{{{SERVER}}})", "")], "After a failed commit, until a restart. Must be 0."),
        ("series", "Connections and sessions", "short", 12,
         [(f"sum({s}connections{{{SERVER}}})", "connections"), (f"sum({s}sessions{{{SERVER}}})", "sessions")], ""),
        ("series", "Traffic", "cps", 12,
         [(rate(s + "sends_total", SERVER), "messages"), (rate(s + "resends_total", SERVER), "resends"), (rate(s + "acks_total", SERVER), "acks"),
          (rate(s + "deliveries_total", SERVER), "deliveries")], ""),
        ("series", "Commit: turn to acknowledgement", "s", 12, quantiles(s + "commit_duration_seconds", SERVER),
         "What the server adds to an acknowledgement; with wal-sync most of it is the disk."),
        ("heatmap", "Commit, all of it", "s", 12, [(rate(s + "commit_duration_seconds_bucket", SERVER, by="le"), "{{le}}")], ""),
        ("series", "Group commit", "short", 12,
         [(rate(s + "entries_total", SERVER) + " / " + rate(s + "store_groups_total", SERVER), "entries a synced group"),
          (f"sum({s}uncommitted{{{SERVER}}})", "waiting for the store")], "Groups grow with the load: that is what keeps a sync affordable."),
        ("series", "Refused, by code", "cps", 12, [(rate(s + "rejects_total", SERVER, by="code"), "{{code}}")], "docs/PROTOCOL.md says what each means."),
        ("series", "Event loops: busy", "percentunit", 12, [(rate(s + "loop_busy_seconds_total", SERVER, by="instance, shard"), "{{instance}} {{shard}}")],
         "A shard at 100 % has no core left."),
        ("series", "Event loops: turns", "s", 12,
         [(quantile(0.99, s + "loop_turn_duration_seconds", SERVER), "P99"), (f"max({s}loop_longest_turn_seconds{{{SERVER}}})", "longest so far")], ""),
        ("series", "System calls a delivery", "short", 12,
         [(rate(s + "system_calls_total", SERVER, by="call") + " / on () group_left () " + rate(s + "deliveries_total", SERVER), "{{call}}")],
         "The number of system calls is the cost."),
        ("series", "Bytes", "Bps", 12,
         [(rate(s + "received_bytes_total", SERVER), "received"), (rate(s + "queued_bytes_total", SERVER), "queued"), (rate(s + "sent_bytes_total", SERVER), "written to sockets")], ""),
        ("series", "Ended by the server", "cps", 12,
         [(rate(s + "outbox_overflows_total", SERVER), "slow readers"), (rate(s + "connections_silent_total", SERVER), "silent"),
          (rate(s + "sessions_replaced_total", SERVER), "replaced by a newer session")], ""),
        ("series", "Beside the log", "cps", 12,
         [(rate(s + "presence_notices_total", SERVER), "presence"), (rate(s + "receipt_notices_total", SERVER), "receipts"),
          (rate(s + "typing_notices_total", SERVER), "typing"), (rate(s + "reaction_notices_total", SERVER), "reactions"),
          (rate(s + "whispers_dropped_total", SERVER), "dropped")], ""),
        ("series", "What must be 0", "cps", 12,
         [(rate(s + "store_failures_total", SERVER), "store failures"), (rate(s + "mailbox_rejects_total", SERVER), "mails refused by a full queue")], ""),
        ("series", "Processor", "percentunit", 12, [(rate("process_cpu_seconds_total", SERVER, by="instance"), "{{instance}}")], "Of one core."),
        ("series", "Memory", "bytes", 12, [(f"process_resident_memory_bytes{{{SERVER}}}", "{{instance}}")], ""),
        ("series", "Descriptors in use", "percentunit", 12, [(f"process_open_fds{{{SERVER}}} / process_max_fds{{{SERVER}}}", "{{instance}}")], ""),
    ]


def run_panels():
    r = "hubbub_run_"
    return [
        ("stat", "Users online", "short", 4, [(f"sum({r}users_online{{{RUN}}})", "")], "Of those planned."),
        ("stat", "Messages", "cps", 4, [(rate(r + "sent_total", RUN), "")], ""),
        ("stat", "Delivery P99", "s", 4, [(quantile(0.99, r + "delivery_latency_seconds", RUN), "")], "From the intended send time."),
        ("stat", "Violations", "short", 4, [(f"sum({r}violations_total{{{RUN}}})", "")], "Losses are known at the end only. Must be 0."),
        ("stat", "Generator late, P99", "s", 4, [(quantile(0.99, r + "schedule_lag_seconds", RUN), "")], "Above 5 ms, look at the generator before the server."),
        ("stat", "Finished", "short", 4, [(f"sum({r}finished{{{RUN}}})", "")], ""),
        ("table", "Phase", "short", 8, [(f"{r}phase{{{RUN}}} == 1 or on () {r}finished{{{RUN}}} == 1", "")], "Or that the run is over."),
        ("table", "Verdict", "short", 8, [(f"{r}verdict{{{RUN}}}", "")], "1 at the verdict, once it is known."),
        ("table", "Service levels", "short", 8, [(f"{r}expectation_met{{{RUN}}}", "")], "1: held."),
        ("series", "Messages and deliveries", "cps", 12,
         [(rate(r + "sent_total", RUN), "sent"), (rate(r + "acked_total", RUN), "acknowledged"), (rate(r + "rejected_total", RUN), "refused"),
          (rate(r + "delivered_total", RUN), "delivered")], ""),
        ("series", "Violations, by kind", "short", 12, [(f"sum by (kind) ({r}violations_total{{{RUN}}})", "{{kind}}")], "docs/CHECKS.md says what each means."),
        ("series", "Delivery", "s", 12, quantiles(r + "delivery_latency_seconds", RUN), "Measured phases only, from the intended send time: a stalled server does not hide."),
        ("series", "Delivery P99, by class", "s", 12, [(quantile(0.99, r + "delivery_latency_seconds", RUN, by="class"), "{{class}}")], ""),
        ("heatmap", "Delivery, all of it", "s", 12, [(rate(r + "delivery_latency_seconds_bucket", RUN, by="le"), "{{le}}")], ""),
        ("series", "Acknowledgement", "s", 12, quantiles(r + "ack_latency_seconds", RUN), ""),
        ("series", "Backlog", "short", 12,
         [(f"sum({r}sends_waiting{{{RUN}}})", "due, not sent"), (f"sum({r}sends_in_flight{{{RUN}}})", "sent, not answered"),
          (f"sum({r}streams_owed{{{RUN}}})", "receivers behind, at the drain")], ""),
        ("series", "Connections", "cps", 12,
         [(rate(r + "connects_total", RUN), "live"), (rate(r + "connect_errors_total", RUN), "failed"), (rate(r + "reconnects_total", RUN), "live again")], ""),
        ("series", "The generator itself: late", "s", 12, quantiles(r + "schedule_lag_seconds", RUN), "How much later than intended it sent."),
        ("series", "The generator itself: processor", "percentunit", 6, [(rate("process_cpu_seconds_total", RUN, by="instance"), "{{instance}}")], "Of one core."),
        ("series", "The generator itself: memory", "bytes", 6, [(f"process_resident_memory_bytes{{{RUN}}}", "{{instance}}")], ""),
    ]


def storm_panels():
    s, r = "hubbub_server_", "hubbub_run_"
    back = ((0.5, "half"), (0.95, "95 %"), (0.99, "99 %"), (0.999, "99.9 %"))
    return [
        ("stat", "Back online", "percentunit", 6, [(f"sum({r}users_online{{{RUN}}}) / sum({r}users{{{RUN}}})", "")], "Of the planned users."),
        ("stat", "Reconnects", "short", 6, [(f"sum({r}reconnects_total{{{RUN}}})", "")], "Sessions that became live again."),
        ("stat", "Failed attempts", "short", 6, [(f"sum({r}connect_errors_total{{{RUN}}})", "")], ""),
        ("stat", "Back within, P99", "s", 6, [(f"histogram_quantile(0.99, sum by (le) ({r}reconnect_latency_seconds_bucket{{{RUN}}}))", "")],
         "From the lost connection to the live session, over the whole run."),
        ("series", "Users online", "short", 12, [(f"sum({r}users_online{{{RUN}}})", "online"), (f"sum({r}users{{{RUN}}})", "planned")], "The recovery curve."),
        ("series", "Attempts", "cps", 12,
         [(rate(r + "reconnects_total", RUN), "live again"), (rate(r + "connects_total", RUN), "live"), (rate(r + "connect_errors_total", RUN), "failed")], ""),
        ("series", "Time to be back", "s", 12, quantiles(r + "reconnect_latency_seconds", RUN, back), ""),
        ("heatmap", "Time to be back, all of it", "s", 12, [(rate(r + "reconnect_latency_seconds_bucket", RUN, by="le"), "{{le}}")], ""),
        ("series", "At the server's door", "cps", 12,
         [(rate(s + "connections_accepted_total", SERVER), "accepted"), (rate(s + "sessions_replaced_total", SERVER), "replaced a dead session"),
          (rate(s + "connections_silent_total", SERVER), "given up for silence")], ""),
        ("series", "Turned away", "cps", 12,
         [(rate(s + "rejects_total", SERVER, 'code=~"overloaded|going_away|rate_limited|unauthenticated|expired"', by="code"), "{{code}}")],
         "A server that defends itself answers with a time to come back."),
        ("series", "Resumes", "cps", 12, [(rate(s + "resumes_total", SERVER), "positions"), (rate(s + "catch_up_entries_total", SERVER), "entries caught up")],
         "What a storm costs beyond the handshakes."),
        ("series", "Messages held back", "short", 12,
         [(f"sum({r}sends_waiting{{{RUN}}})", "due, not sent"), (f"sum({r}sends_in_flight{{{RUN}}})", "sent, not answered"),
          (f"sum({r}gaps_healed_total{{{RUN}}})", "gaps healed so far")], ""),
        ("series", "Delivery P99 meanwhile", "s", 12, [(quantile(0.99, r + "delivery_latency_seconds", RUN, by="class"), "{{class}}")], ""),
        ("series", "Server's processor", "percentunit", 12, [(rate("process_cpu_seconds_total", SERVER, by="instance"), "{{instance}}")], "Of one core."),
        ("series", "Server's memory", "bytes", 12, [(f"process_resident_memory_bytes{{{SERVER}}}", "{{instance}}")], ""),
        ("series", "Violations", "short", 12, [(f"sum by (kind) ({r}violations_total{{{RUN}}})", "{{kind}}")], "A storm is no excuse: what was acknowledged must arrive."),
    ]


# What dashboards/prometheus/rules.yaml records: name -> (objective, what is bad).
SLOS = {
    "hubbub_server_requests_failed": (0.999, "Messages refused for the server's own reasons", "server"),
    "hubbub_server_commits_slow": (0.99, "Messages acknowledged later than 100 ms after their turn", "server"),
    "hubbub_run_deliveries_slow": (0.99, "Deliveries later than 500 ms after the intended send time", "run"),
}


def slo_panels():
    panels = [("stat", "Alerts firing", "short", 24, [('count(ALERTS{alertname=~"Hubbub.*",alertstate="firing"}) or vector(0)', "")], "")]
    for name, (objective, bad, side) in SLOS.items():
        jobs = f'job=~"${side}_job"'
        allowed = round(1 - objective, 6)
        panels += [
            ("stat", f"{bad}: 3 days", "percentunit", 8, [(f"max(job:{name}:ratio_rate3d{{{jobs}}})", "")], f"Objective: at most {allowed:.1%}."),
            ("gauge", "Budget left, 3 days", "percentunit", 4, [(f"1 - max(job:{name}:ratio_rate3d{{{jobs}}}) / {allowed}", "")], "Below 0 the objective is missed."),
            ("series", "Burn rate", "short", 12,
             [(f"max by (job) (job:{name}:ratio_rate{window}{{{jobs}}}) / {allowed}", f"{{{{job}}}} {window}") for window in ("5m", "30m", "1h", "6h", "3d")],
             "1 uses the budget up exactly; a page comes at 14.4 over 1 h and 5 min, or 6 over 6 h and 30 min; a ticket at 1 over 3 d and 6 h."),
        ]
    return panels


DASHBOARDS = {
    "hubbub-server": ("hubbub / server", server_panels, ("server",)),
    "hubbub-run": ("hubbub / load test", run_panels, ("run",)),
    "hubbub-storm": ("hubbub / reconnect storm", storm_panels, ("server", "run")),
    "hubbub-slo": ("hubbub / service levels", slo_panels, ("server", "run")),
}


# ---- Grafana's form of it
def panel(number, at, kind, title, unit, width, targets, text):
    height = {"stat": 4, "gauge": 8, "table": 6}.get(kind, 8)
    if kind == "stat" and width == 8:
        height = 8
    grafana = {"stat": "stat", "gauge": "gauge", "table": "table", "heatmap": "heatmap", "series": "timeseries"}[kind]
    defaults = {"unit": unit, "min": 0} if kind in ("series", "stat") else {"unit": unit}
    if kind == "series":
        defaults["custom"] = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 8, "showPoints": "never", "spanNulls": False}
    if kind == "gauge":
        defaults.update({"min": 0, "max": 1, "thresholds": {"mode": "absolute", "steps": [
            {"color": "red", "value": None}, {"color": "orange", "value": 0.1}, {"color": "green", "value": 0.5}]}})
    options = {
        "stat": {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "value", "graphMode": "area", "textMode": "auto"},
        "gauge": {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "showThresholdLabels": False, "showThresholdMarkers": True},
        "series": {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}, "tooltip": {"mode": "multi", "sort": "desc"}},
        "table": {"showHeader": True, "cellHeight": "sm"},
        "heatmap": {"calculate": False, "yAxis": {"unit": unit}, "color": {"mode": "scheme", "scheme": "Oranges", "exponent": 0.5}, "cellGap": 0,
                    "tooltip": {"show": True, "yHistogram": False}},
    }[kind]
    return {
        "id": number, "type": grafana, "title": title, "description": text, "datasource": SOURCE,
        "gridPos": {"x": at[0], "y": at[1], "w": width, "h": height},
        "fieldConfig": {"defaults": defaults, "overrides": []}, "options": options,
        "targets": [{"refId": chr(ord("A") + i), "datasource": SOURCE, "expr": query, "legendFormat": legend or "__auto",
                     "editorMode": "code", "range": kind != "table", "instant": kind == "table", "format": {"table": "table", "heatmap": "heatmap"}.get(kind, "time_series")}
                    for i, (query, legend) in enumerate(targets)],
    }


def laid_out(panels):
    x = y = row = 0
    for number, each in enumerate(panels, 1):
        width = each[3]
        if x + width > 24:
            x, y, row = 0, y + row, 0
        made = panel(number, (x, y), *each)
        row, x = max(row, made["gridPos"]["h"]), x + width
        yield made


def variable(name, label, metric, of, select=""):
    query = f"label_values({metric}{{{select}}}, {of})" if select else f"label_values({metric}, {of})"
    return {"name": name, "label": label, "type": "query", "datasource": SOURCE, "query": {"query": query, "refId": name}, "definition": query,
            "multi": True, "includeAll": True, "allValue": ".*", "current": {"text": ["All"], "value": ["$__all"]}, "refresh": 2, "sort": 1}


def variables(sides):
    out = [{"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "current": {}, "hide": 0}]
    if "server" in sides:
        out += [variable("server_job", "Server job", "hubbub_server_connections", "job"),
                variable("server", "Server", "hubbub_server_connections", "instance", 'job=~"$server_job"')]
    if "run" in sides:
        out += [variable("run_job", "Load test job", "hubbub_run_users", "job"), variable("run", "Load test", "hubbub_run_users", "instance", 'job=~"$run_job"')]
    return out


def annotation(name, colour, query, title):
    return {"name": name, "datasource": SOURCE, "enable": True, "hide": False, "iconColor": colour, "expr": query, "titleFormat": title, "step": "1s", "useValueForTime": False}


def annotations(sides):
    """A phase is a band; a restart or a violation is a line."""
    out = [annotation("Phases", "blue", 'hubbub_run_phase{phase!~"setup|start|finish"} == 1', "{{phase}}"),
           annotation("Server restarted", "orange", 'changes(process_start_time_seconds{job=~"$server_job"}[1m]) > 0' if "server" in sides
                      else 'changes(process_start_time_seconds[1m]) > 0', "{{instance}} restarted"),
           annotation("Violations", "red", "sum by (kind) (increase(hubbub_run_violations_total[1m])) > 0", "{{kind}}")]
    return {"list": out}


def dashboard(uid, title, panels, sides):
    return {
        "uid": uid, "title": title, "tags": ["hubbub"], "schemaVersion": 38, "version": 1, "editable": True, "graphTooltip": 1,
        "time": {"from": "now-15m", "to": "now"}, "refresh": "5s", "timezone": "browser",
        "links": [{"type": "dashboards", "tags": ["hubbub"], "title": "hubbub", "asDropdown": True, "includeVars": True, "keepTime": True}],
        "templating": {"list": variables(sides)}, "annotations": annotations(sides), "panels": list(laid_out(panels)),
    }


def main():
    wrong = []
    for uid, (title, panels, sides) in DASHBOARDS.items():
        file = FOLDER / f"{uid}.json"
        text = json.dumps(dashboard(uid, title, panels(), sides), indent=1, ensure_ascii=False) + "\n"
        if "--check" in sys.argv[1:]:
            if not file.exists() or file.read_text() != text:
                wrong.append(file.name)
        else:
            file.write_text(text)
    if wrong:
        sys.exit(f"not what dashboards/make.py says: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
