#!/usr/bin/env python3
"""docs/openapi.yaml is valid, names exactly the server's routes, and every answer is as it says. Its validators come from npm, so `./check --all` runs it."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from hubbub import PROGRAM, ROOT, Server, check, free_port  # noqa: E402  (the system tests' way to start a server)

TOKEN = "a token of sixteen bytes or more"


def strangers():
    """The validators from npm, once a build folder."""
    folder = os.path.join(os.path.dirname(os.path.dirname(PROGRAM)), "npm-openapi")
    os.makedirs(folder, exist_ok=True)
    for name in ("package.json", "check.mjs"):
        shutil.copy(ROOT / "tests/system/openapi" / name, folder)
    if not os.path.isdir(os.path.join(folder, "node_modules", "ajv")):
        assert shutil.which("npm"), "npm is needed: apt-get install npm"
        subprocess.run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True, timeout=300)
    return os.path.join(folder, "check.mjs")


script = strangers()
port = free_port()
with tempfile.TemporaryDirectory() as folder:
    with Server("--shards", "2", "--durability", "wal", "--api", f"127.0.0.1:{port}", "--admin-token", TOKEN, "--backups", folder):
        done = subprocess.run(["node", script, str(ROOT / "docs/openapi.yaml"), f"http://127.0.0.1:{port}", TOKEN],
                              capture_output=True, text=True, timeout=120)
print(done.stdout + done.stderr)
check(done.returncode == 0 and done.stdout.count("ok: ") > 80, "the file and the server agree")
