#!/usr/bin/env python3
"""A server of strangers that breaks the WebSocket framing: the generator must name the broken rule, and must never pass it."""
import os
import subprocess

from hubbub import DEBIAN_PYTHON, ROOT, check, run, scenario

SCENARIO = scenario("""
version: 1
name: one user meets a broken server
seed: 1
target: {endpoints: ["ws://127.0.0.1:1/chat"]}   # --url says where
population: {users: 2}
topology:
  - {class: direct, count: 1}
load:
  - {phase: connect, ramp: 100/s, until: population, max_duration: 3s}
  - {phase: drain, settle: 1s}
""")

# fault -> words of the reason that the user must read
CONDEMNED = {
    "masked": "mask",
    "reserved_bits": "RSV",
    "reserved_opcode": "opcode",
    "fragmented_ping": "fragment",
    "long_ping": "125",
    "bad_utf8": "UTF-8",
    "long_form_length": "length",
    "orphan_continuation": "continuation",
    "huge": "too",
    "bad_close_code": "close code",
    "not_json": "JSON",
}

for fault, word in CONDEMNED.items():
    server = subprocess.Popen([DEBIAN_PYTHON, str(ROOT / "tests/system/strangers/buggy_server.py"), fault], stdout=subprocess.PIPE, text=True)
    try:
        port = server.stdout.readline().strip()
        done, result = run(SCENARIO, "--url", f"ws://127.0.0.1:{port}/chat")
        reasons = " | ".join(result["connection_errors"]) if result else done.stderr
        check(done.returncode not in (0, 70), f"{fault}: no pass (exit status {done.returncode}, {result and result['verdict']})")
        check(word.lower() in reasons.lower(), f"{fault}: the reason says '{word}': {reasons}")
    finally:
        server.kill()
        server.wait()
os.unlink(SCENARIO)
