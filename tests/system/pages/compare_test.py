#!/usr/bin/env python3
"""The page of a comparison in a real Chromium: both curves, every figure with its verdict, and texts that stay texts.

The browser is driven by playwright-core from npm, so `./check --all` runs this."""
import json
import pathlib
import subprocess
import tempfile

from pages import PROGRAM, drive
from hubbub import ROOT  # noqa: E402

HOSTILE = '<img src=x onerror="window.hacked=1"></script><script>window.hacked=1</script>'
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    for side, latency in (("base", 50), ("now", 60)):
        (folder / side).mkdir()
        for number in (1, 2, 3):
            out = folder / side / f"run-{number}.json"
            subprocess.run([PROGRAM, "sim", ROOT / "scenarios/smoke.yaml", "--latency", str(latency), "--jitter", "2", "--world-seed", str(number), "--out", f"json={out}", "--label", f"side={HOSTILE if side == 'now' else side}"],
                           check=True, capture_output=True, timeout=120)
            result = json.loads(out.read_text())
            result["command"] = result["scenario"]["name"] = HOSTILE
            out.write_text(json.dumps(result))
    done = subprocess.run([PROGRAM, "compare", *sorted(folder.glob("*/*.json")), "--by", "side", "--out", f"html={folder}/compare.html"], capture_output=True, text=True)
    assert done.returncode == 99, done.stdout + done.stderr
    drive("compare.mjs", folder)
