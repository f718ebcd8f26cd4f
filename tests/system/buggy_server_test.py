#!/usr/bin/env python3
"""A server of strangers that breaks the WebSocket framing: the generator must name the broken rule, and must never pass it."""
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

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
    "masked": "masked frame from a server",
    "reserved_bits": "reserved bit",
    "reserved_opcode": "reserved opcode",
    "fragmented_ping": "fragmented control frame",
    "long_ping": "control frame of more than 125 bytes",
    "bad_utf8": "not UTF-8",
    "long_form_length": "length not in its shortest form",
    "orphan_continuation": "continuation of no message",
    "huge": "above the size limit",
    "bad_close_code": "close code that must not be sent",
    "not_json": "not JSON",
}


def meet(fault):
    """Runs the load against the server with this fault: (exit status, verdict, reasons)."""
    server = subprocess.Popen([DEBIAN_PYTHON, str(ROOT / "tests/system/strangers/buggy_server.py"), fault], stdout=subprocess.PIPE, text=True)
    try:
        port = server.stdout.readline().strip()
        done, result = run(SCENARIO, "--url", f"ws://127.0.0.1:{port}/chat")
        return done.returncode, result and result["verdict"], " | ".join(result["connection_errors"]) if result else done.stderr
    finally:
        server.kill()
        server.wait()


with ThreadPoolExecutor(max_workers=6) as pool:
    for (fault, words), (status, verdict, reasons) in zip(CONDEMNED.items(), pool.map(meet, CONDEMNED)):
        check(status == 3, f"{fault}: no pass (exit status {status}, {verdict})")
        check(words in reasons, f"{fault}: the reason names the rule: {reasons}")
os.unlink(SCENARIO)
