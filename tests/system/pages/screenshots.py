#!/usr/bin/env python3
"""Makes the pictures of docs/images anew, of real runs: python3 tests/system/pages/screenshots.py [SCENARIO]"""
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from pages import PROGRAM, drive
from hubbub import ROOT  # noqa: E402

SCENARIO = sys.argv[1] if len(sys.argv) > 1 else "scenarios/reconnect-storm.yaml"
images = ROOT / "docs/images"
images.mkdir(exist_ok=True)
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    process = subprocess.Popen([PROGRAM, "run", SCENARIO, "--web", "--quiet", "--out", f"html={folder}/report.html"], cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    url = re.search(r"http\S+", process.stderr.readline()).group()
    time.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 17)
    drive("screenshots.mjs", images, f"live={url}")
    process.wait(timeout=300)
    for side, latency in (("base", 50), ("now", 58)):
        (folder / side).mkdir()
        for number in range(1, 6):
            subprocess.run([PROGRAM, "sim", ROOT / "scenarios/smoke.yaml", "--latency", str(latency), "--jitter", "8", "--world-seed", str(number * latency), "--out", f"json={folder}/{side}/run-{number}.json"], check=True, capture_output=True)
    subprocess.run([PROGRAM, "compare", "base", "now", "--out", f"html={folder}/compare.html"], cwd=folder, capture_output=True)
    drive("screenshots.mjs", images, f"report=file://{folder}/report.html", f"compare=file://{folder}/compare.html")
