#!/usr/bin/env python3
"""docs/openapi.yaml is valid, names exactly the server's routes, and every answer is as it says. Its validators come from npm, so `./check --all` runs it."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from hubbub import ROOT, Server, check, free_port  # noqa: E402  (the system tests' way to start a server)
from npm import npm_folder  # noqa: E402

TOKEN = "a token of sixteen bytes or more"


script = os.path.join(npm_folder("openapi"), "check.mjs")
port = free_port()
with tempfile.TemporaryDirectory() as folder:
    with Server("--shards", "2", "--durability", "wal", "--api", f"127.0.0.1:{port}", "--admin-token", TOKEN, "--backups", folder):
        done = subprocess.run(["node", script, str(ROOT / "docs/openapi.yaml"), f"http://127.0.0.1:{port}", TOKEN],
                              capture_output=True, text=True, timeout=120)
print(done.stdout + done.stderr)
check(done.returncode == 0 and done.stdout.count("ok: ") > 80, "the file and the server agree")
