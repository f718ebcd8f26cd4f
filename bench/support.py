"""What the benchmark scripts share: the output line, and a server that is really running."""
import os
import signal
import socket
import subprocess
import urllib.request


def print_figure(name, value, unit, ratio="-"):
    """`name value unit ratio`: the form of every benchmark here."""
    print(f"{name:<52} {value:14.3f}  {unit:<24} {ratio}", flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def metric(port, sample):
    """One sample of a Prometheus endpoint of the loopback; None while nobody answers there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return None
    return next(float(line.split()[-1]) for line in lines if line.startswith(sample + " "))


class Server:
    """`hubbub serve` on a free port of the loopback; ends with the `with` block."""

    def __init__(self, program, *arguments, core=None):
        self.command = [program, "serve", "--listen", "127.0.0.1:0", *arguments]
        if core is not None:
            self.command = ["taskset", "-c", str(core), *self.command]

    def __enter__(self):
        read_end, write_end = os.pipe()
        self.process = subprocess.Popen([*self.command, "--ready-fd", str(write_end)], pass_fds=[write_end])
        os.close(write_end)
        with os.fdopen(read_end) as ready:
            line = ready.readline().split()
        if len(line) != 2 or line[0] != "ready":
            raise RuntimeError(f"the server did not become ready, exit status {self.process.wait()}")
        self.port = int(line[1])
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    @property
    def pid(self):
        return self.process.pid

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}/chat"

    another_port = staticmethod(free_port)
