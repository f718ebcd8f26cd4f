#!/usr/bin/env python3
"""The live screen on a real terminal (a pty), and what takes its place: plain lines in logs, nothing with --quiet, no colour with NO_COLOR."""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios

from hubbub import PROGRAM, check, scenario

SCENARIO = scenario("""
version: 1
name: screen
target: {start: {server: embedded, durability: memory}}
population: {users: 20}
topology: [{class: group, count: 4, size: 5}]
behaviors: {chatter: {send: {to: {group: 100%}, bytes: 100}}}
load:
  - {phase: connect, ramp: 1000/s, until: population, max_duration: 20s}
  - {phase: steady, for: 2s, messages: 50/s}
  - {phase: drain, settle: 500ms, max_duration: 20s}
expect: {delivery: effectively_once}
""")
ROWS, COLUMNS = 24, 72


def on_terminal(*arguments, **environment):
    """(what the terminal was sent, what went to stdout): stderr is a terminal of 72 columns."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    variables = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen([PROGRAM, "run", SCENARIO, *arguments], stderr=follower, stdout=subprocess.PIPE, env={**variables, "TERM": "xterm", **environment})
    os.close(follower)
    sent = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        sent += part
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, (process.returncode, sent, out)
    return sent.decode(), out.decode()


class Screen:
    """As much of a terminal as the program asks for: rows that are written over, cleared, and moved over."""

    def __init__(self):
        self.rows, self.at, self.column, self.widest, self.seen = [""], 0, 0, 0, set()

    def feed(self, text):
        for mark in re.finditer(r"\x1b\[(\d*)([A-Za-z])|\r|\n|([^\x1b\r\n]+)|\x1b", text):
            if mark.group(3):
                row = self.rows[self.at]
                self.rows[self.at] = row[:self.column].ljust(self.column) + mark.group(3) + row[self.column + len(mark.group(3)):]
                self.column += len(mark.group(3))
                self.widest = max(self.widest, self.column)
                self.seen.add(self.rows[self.at].rstrip())
            elif mark.group() == "\r":
                self.column = 0
            elif mark.group() == "\n":
                self.at += 1
                if self.at == len(self.rows):
                    self.rows.append("")
            elif mark.group(2) == "A":
                self.at = max(0, self.at - int(mark.group(1)))
            elif mark.group(2) == "K":
                self.rows[self.at] = self.rows[self.at][:self.column]
            elif mark.group(2) == "J":
                self.rows = [*self.rows[:self.at], self.rows[self.at][:self.column]]
            else:
                assert mark.group(2) == "m", repr(mark.group())
        return self


sent, out = on_terminal()
screen = Screen().feed(sent)
seen = "\n".join(screen.seen)
for pattern in (r"  screen  steady, \d s", r"  connect +━{24} done", r"  steady +━*╌* \d+ %", r"  users +20 of 20 online", r"  sends +\d+ \(\d+/s\)", r"  deliveries +\d+ \(\d+/s\), P50 [\d.]+ [mu]?s, P99 [\d.]+ [mu]?s", r"  violations +none so far", r"  faults +none now", r"  generator +schedule lag P99"):
    assert re.search(pattern, seen), f"{pattern} in:\n{seen}"
check(True, "the screen has a bar a phase, users, sends, deliveries, violations, faults and the generator")
check(screen.widest < COLUMNS, f"no line is as wide as the terminal: {screen.widest} of {COLUMNS}")
left = [row for row in screen.rows if row.strip()]
check(all("setup: creating" in row or "server" in row for row in left), f"it is gone at the end, and the log above it stands: {left}")
check("\x1b[32m" in sent and "PASS" in out, "in colours; the summary is on stdout")

sent, _ = on_terminal(NO_COLOR="1")
check(not re.search(r"\x1b\[[\d;]*m", sent), "NO_COLOR: no colours, neither on the screen nor in the log")
sent, out = on_terminal("--json")
check(json.loads(out)["verdict"] == "pass" and "━" in sent, "--json: the result alone on stdout, the screen beside it")
sent, _ = on_terminal("--quiet")
check(sent == "", "--quiet: nothing")
sent, _ = on_terminal(TERM="dumb")
check("━" not in sent and re.search(r"^ +0\.0 s  connect", sent, re.M), "a terminal that cannot move its cursor gets lines")
done = subprocess.run([PROGRAM, "run", SCENARIO], capture_output=True, text=True, timeout=60)
check("\x1b" not in done.stderr + done.stdout and re.search(r"^ +0\.0 s  connect", done.stderr, re.M), "so do files and pipes, without any escape")
os.unlink(SCENARIO)
