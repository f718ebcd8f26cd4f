#!/usr/bin/env python3
"""Clients that share no code with us hold a conversation with the server, from docs/PROTOCOL.md alone."""
import os
import subprocess

from hubbub import DEBIAN_PYTHON, ROOT, Server, check

CLIENTS = {
    "npm's ws": ["node", str(ROOT / "tests/system/strangers/ws_client.js")],
    "Debian's python3-websockets": [DEBIAN_PYTHON, str(ROOT / "tests/system/strangers/websockets_client.py")],
}

with Server("--shards", "2") as server:
    for name, command in CLIENTS.items():
        done = subprocess.run([*command, server.url], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "NODE_PATH": "/usr/share/nodejs"})
        check(done.returncode == 0 and "conversation held" in done.stdout,
              f"{name} holds a conversation with the server\n{done.stdout}{done.stderr}")
    check(server.stop() == 0, "the server ends cleanly on SIGTERM")
