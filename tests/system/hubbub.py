"""What the system tests share: the program, a server that is really running, a run with its result file."""
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("HUBBUB", str(ROOT / "build/release/bin/hubbub"))

# Debian's interpreter: where Debian's python3-websockets is, whatever else stands first in the PATH.
DEBIAN_PYTHON = "/usr/bin/python3"


def free_port():
    """A port that was free a moment ago, below those that the kernel gives to tests that run at the same time."""
    while True:
        with socket.socket() as probe:
            port = random.randrange(15000, 32000)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def sum_of(exposition, name):
    """The sum of a metric's samples in Prometheus' text format."""
    values = [float(line.rsplit(" ", 1)[1]) for line in exposition.splitlines() if line.split("{")[0].split(" ")[0] == name]
    return sum(values)


class Server:
    """`hubbub serve` on a free port of the loopback; ends with the `with` block."""

    def __init__(self, *arguments, port=0, metrics=False, stderr=None, breakable=False):
        self.arguments = arguments
        self.breakable, self.control = breakable, None
        self.port = port
        self.metrics_port = free_port() if metrics else None
        if metrics:
            self.arguments += ("--metrics", f"127.0.0.1:{self.metrics_port}")
        self.stderr = stderr
        self.process = None

    def start(self):
        read_end, write_end = os.pipe()
        handed_on, control = [write_end], []
        if self.breakable:
            self.close_control()
            self.control, theirs = socket.socketpair()
            handed_on.append(theirs.detach())
            control = ["--control-fd", str(handed_on[-1])]
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--listen", f"127.0.0.1:{self.port}", "--ready-fd", str(write_end), *control, *self.arguments],
            pass_fds=handed_on, stderr=self.stderr)
        for descriptor in handed_on:
            os.close(descriptor)
        with os.fdopen(read_end) as ready:
            line = ready.readline().split()
        if len(line) != 2 or line[0] != "ready":
            raise RuntimeError(f"the server did not become ready, exit status {self.process.wait()}")
        self.port = int(line[1])
        return self

    def tell(self, command):
        """One command of docs/FAULTS.md to a breakable server: its answer, '' from one that died of it."""
        self.control.sendall(command.encode() + b"\n")
        try:
            return self.control.recv(4096).decode().strip()
        except ConnectionResetError:
            return ""

    def lose_power(self, tail, seed):
        """What was not synced is gone, and so is the process."""
        self.tell(f"power-loss {tail} {seed}")
        self.process.wait()

    def close_control(self):
        if self.control:
            self.control.close()
        self.control = None

    def kill(self):
        """As the kernel's out-of-memory killer would."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def metric(self, sample):
        """The value of one sample of /metrics, summed over its label sets."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=10) as answer:
            return sum_of(answer.read().decode(), sample)

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}/chat"

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.close_control()


def scenario(text):
    """A scenario file of this text; the caller keeps the returned object alive."""
    file = tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False)
    file.write(text)
    file.close()
    return file.name


def run(scenario_file, *arguments, expect=None):
    """`hubbub run`: (exit status, result file as a dict). `expect`: the exit status that must come."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        done = subprocess.run([PROGRAM, "run", scenario_file, "--quiet", "--out", f"json={out.name}", *arguments],
                              capture_output=True, text=True, timeout=300)
        result = json.loads(pathlib.Path(out.name).read_text() or "null")
    if expect is not None and done.returncode != expect:
        sys.stderr.write(done.stdout + done.stderr)
        raise AssertionError(f"exit status {done.returncode}, expected {expect}")
    return done, result


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print(f"ok: {what}")
