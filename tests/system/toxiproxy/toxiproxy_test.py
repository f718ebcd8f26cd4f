#!/usr/bin/env python3
"""Toxiproxy's npm client drives `hubbub proxy` as it is. The client comes from npm, so `./check --all` runs it."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from hubbub import PROGRAM, check  # noqa: E402  (what the system tests share)
from npm import npm_folder  # noqa: E402


script = os.path.join(npm_folder("toxiproxy"), "check.js")
read_end, write_end = os.pipe()
proxy = subprocess.Popen([PROGRAM, "proxy", "--api", "127.0.0.1:0", "--ready-fd", str(write_end)], pass_fds=[write_end])
os.close(write_end)
try:
    with os.fdopen(read_end) as ready:
        port = ready.readline().split()[1]
    done = subprocess.run(["node", script, f"http://127.0.0.1:{port}"], capture_output=True, text=True, timeout=120)
finally:
    proxy.terminate()
    proxy.wait(timeout=30)
print(done.stdout + done.stderr)
check(done.returncode == 0 and done.stdout.count("ok: ") > 60, "the client and the proxy agree")
