"""Debian's Prometheus as a test's peer: started on a free port, asked through its HTTP API."""
import json
import math
import os
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from hubbub import free_port


class Prometheus:
    """`prometheus` with this configuration; ends with the `with` block."""

    def __init__(self, config, folder):
        self.port = free_port()
        self.config = os.path.join(folder, "prometheus.yml")
        self.folder = folder
        self.at = None  # when instant queries are for; None: now
        with open(self.config, "w") as file:
            file.write(config)

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "prometheus.log"), "w+")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={self.config}", f"--storage.tsdb.path={self.folder}/tsdb", f"--web.listen-address=127.0.0.1:{self.port}"],
            stdout=self.log, stderr=self.log)
        try:
            wait_for(lambda: self.get("/-/ready", raw=True), "Prometheus is ready")
        except AssertionError:
            self.log.seek(0)
            print(self.log.read())
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def get(self, path, raw=False, **parameters):
        url = f"http://127.0.0.1:{self.port}{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            if raw:
                return None
            raise AssertionError(f"{path} {parameters}: {error.read().decode()}") from error
        except OSError:
            if raw:
                return None  # not listening yet
            raise
        return text if raw else json.loads(text)["data"]

    def instant(self, query):
        when = {} if self.at is None else {"time": f"{self.at:.3f}"}
        return self.get("/api/v1/query", query=query, **when)["result"]

    def value(self, query):
        """The one sample of an instant query; None without one."""
        result = self.instant(query)
        return float(result[0]["value"][1]) if result else None

    def buckets(self, metric, selector=""):
        """[(upper bound, cumulative count)], rising."""
        result = self.instant(f"sum by (le) ({metric}_bucket{{{selector}}})")
        return sorted((float(each["metric"]["le"]), float(each["value"][1])) for each in result)

    def finite_samples(self, query, start, end):
        """How many numbers the query gave between the two times, second by second."""
        # Counted back from the end, so that the last second is one of them.
        first = end - int(end - start)
        result = self.get("/api/v1/query_range", query=query, start=f"{first:.3f}", end=f"{end:.3f}", step="1")["result"]
        return sum(math.isfinite(float(value)) for series in result for _, value in series["values"])


def wait_for(condition, what, seconds=120):
    """Until the condition holds; its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        held = condition()
        if held:
            return held
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")
