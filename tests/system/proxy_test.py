#!/usr/bin/env python3
"""`hubbub proxy`: Toxiproxy's interface as a raw client sees it, and what the faults do to plain sockets. No timing: only what comes, and that it comes."""
import hashlib
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from hubbub import PROGRAM, Server, check, run, sum_of

PATIENCE = 30


def wait_for(condition, what):
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, f"waited in vain: {what}"
        time.sleep(0.005)
    check(True, what)


class Proxy:
    """`hubbub proxy` on free ports; ends with the `with` block."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __enter__(self):
        read_end, write_end = os.pipe()
        self.process = subprocess.Popen([PROGRAM, "proxy", "--api", "127.0.0.1:0", "--ready-fd", str(write_end), *self.arguments],
                                        pass_fds=[write_end])
        os.close(write_end)
        with os.fdopen(read_end) as ready:
            line = ready.readline().split()
        if len(line) != 2:
            raise RuntimeError(f"the proxy did not become ready, exit status {self.process.wait()}")
        self.api = f"http://127.0.0.1:{line[1]}"
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE)

    def ask(self, method, path, body=None, text=None, agent="test"):
        """(status, JSON or None)"""
        data = text.encode() if text is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, method=method, data=data, headers={"User-Agent": agent})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                status, raw = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, raw = error.code, error.read()
        return status, json.loads(raw) if raw else None

    def metrics(self):
        with urllib.request.urlopen(self.api + "/metrics", timeout=PATIENCE) as answer:
            return answer.read().decode()

    def create(self, name, upstream, **more):
        status, made = self.ask("POST", "/proxies", {"name": name, "listen": "127.0.0.1:0", "upstream": upstream, **more})
        assert status == 201, (status, made)
        host, port = made["listen"].rsplit(":", 1)
        return host, int(port)

    def toxic(self, proxy, kind, stream="downstream", **attributes):
        status, made = self.ask("POST", f"/proxies/{proxy}/toxics", {"type": kind, "stream": stream, "attributes": attributes})
        assert status == 200, (status, made)
        return made

    def bites(self, toxic):
        return sum(float(line.rsplit(" ", 1)[1]) for line in self.metrics().splitlines()
                   if line.startswith("hubbub_proxy_fault_bites_total{") and f'toxic="{toxic}"' in line)


class Upstream:
    """Answers every connection by what `serve` does with it, on a thread each."""

    def __init__(self, serve):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.serve = serve
        self.lock = threading.Lock()
        self.accepted = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.socket.accept()
            with self.lock:
                self.accepted += 1
            threading.Thread(target=self.quietly, args=(connection,), daemon=True).start()

    def quietly(self, connection):
        with connection:
            try:
                self.serve(connection)
            except OSError:
                pass


def echo(connection):
    while True:
        got = connection.recv(65536)
        if not got:
            return
        connection.sendall(got)


def connect(address):
    connection = socket.create_connection(address, timeout=PATIENCE)
    connection.settimeout(PATIENCE)
    return connection


def read_all(connection):
    """(bytes, how it ended: 'end' or 'reset')"""
    out = b""
    while True:
        try:
            got = connection.recv(65536)
        except ConnectionResetError:
            return out, "reset"
        if not got:
            return out, "end"
        out += got


def read_exactly(connection, size):
    out = b""
    while len(out) < size:
        got = connection.recv(size - len(out))
        assert got, f"the end after {len(out)} of {size} bytes"
        out += got
    return out


def interface(proxy, upstream):
    status, version = proxy.ask("GET", "/version")
    check(status == 200 and version["version"].startswith("2."), "the version is that of Toxiproxy's interface")
    check(proxy.ask("GET", "/proxies") == (200, {}), "no proxies at first")
    status, made = proxy.ask("POST", "/proxies", {"name": "one", "listen": "localhost:0", "upstream": upstream.address})
    check(status == 201 and made == {"name": "one", "listen": made["listen"], "upstream": upstream.address, "enabled": True, "toxics": []}
          and made["listen"].startswith("127.0.0.1:") and not made["listen"].endswith(":0"), "a proxy is created, on a port that the kernel chose")
    check(proxy.ask("GET", "/proxies/one") == (200, made) and proxy.ask("GET", "/proxies") == (200, {"one": made}), "and shown")
    status, toxic = proxy.ask("POST", "/proxies/one/toxics", {"type": "latency", "attributes": {"latency": 7}})
    check((status, toxic) == (200, {"attributes": {"latency": 7, "jitter": 0}, "name": "latency_downstream", "type": "latency", "stream": "downstream",
                                    "toxicity": 1}), "a toxic has Toxiproxy's defaults")
    status, toxic = proxy.ask("POST", "/proxies/one/toxics/latency_downstream", {"attributes": {"jitter": 3}, "toxicity": 0.5})
    check(status == 200 and toxic["attributes"] == {"latency": 7, "jitter": 3} and toxic["toxicity"] == 0.5, "an update keeps what it does not name")
    check(proxy.ask("PATCH", "/proxies/one/toxics/latency_downstream", {"attributes": {"jitter": 4}})[1]["attributes"]["jitter"] == 4, "PATCH as well")
    check(proxy.ask("GET", "/proxies/one/toxics")[1] == [proxy.ask("GET", "/proxies/one/toxics/latency_downstream")[1]], "the list has it")
    check(proxy.ask("DELETE", "/proxies/one/toxics/latency_downstream") == (204, None), "and it is removed")
    status, populated = proxy.ask("POST", "/populate", [{"name": "one", "listen": made["listen"], "upstream": upstream.address},
                                                        {"name": "two", "upstream": upstream.address, "enabled": False,
                                                         "toxics": [{"type": "slicer", "attributes": {"average_size": 9}}]}])
    check(status == 201 and [each["name"] for each in populated["proxies"]] == ["one", "two"] and populated["proxies"][0] == made
          and not populated["proxies"][1]["enabled"] and len(populated["proxies"][1]["toxics"]) == 1, "populate keeps the equal one and creates the other")
    check(proxy.ask("POST", "/reset") == (204, None) and proxy.ask("GET", "/proxies/two")[1]["enabled"]
          and proxy.ask("GET", "/proxies/two/toxics")[1] == [], "reset enables all and removes all toxics")
    check(proxy.ask("DELETE", "/proxies/two") == (204, None) and proxy.ask("GET", "/proxies/two")[0] == 404, "a proxy is removed")
    return made


def refusals(proxy):
    wrong = [
        ("GET", "/proxies/none", None, 404, "proxy not found"),
        ("GET", "/proxies/one/toxics/none", None, 404, "toxic not found"),
        ("POST", "/proxies/one/toxics/none", {}, 404, "toxic not found"),
        ("DELETE", "/proxies/one/toxics/none", None, 404, "toxic not found"),
        ("POST", "/proxies", {"listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"}, 400, "missing required field: name"),
        ("POST", "/proxies", {"name": "x"}, 400, "missing required field: upstream"),
        ("POST", "/proxies", {"name": "one", "upstream": "127.0.0.1:1"}, 409, "proxy already exists"),
        ("POST", "/proxies", {"name": "x", "upstrem": "127.0.0.1:1"}, 400, "bad request body: unknown key 'upstrem' (known: name, listen, upstream"),
        ("POST", "/proxies", {"name": "x", "upstream": "127.0.0.1"}, 400, "bad request body: 127.0.0.1: expected host:port"),
        ("POST", "/proxies", {"name": "x", "upstream": 7}, 400, "bad request body: upstream: expected a string"),
        ("POST", "/proxies/one/toxics", {"type": "magic"}, 400, "invalid toxic type"),
        ("POST", "/proxies/one/toxics", {"type": "latency", "stream": "sideways"}, 400, "stream was invalid, can be either upstream or downstream"),
        ("POST", "/proxies/one/toxics", {"type": "latency", "toxicity": 2}, 400, "bad request body: toxicity: expected a share of the connections, 0 to 1"),
        ("POST", "/proxies/one/toxics", {"type": "latency", "attributes": {"latncy": 7}}, 400,
         "bad request body: attributes: 'latency' has no 'latncy' (it has: latency, jitter, distribution)"),
        ("POST", "/proxies/one/toxics", {"type": "latency", "attributes": {"latency": -1}}, 400,
         "bad request body: attributes.latency: expected whole milliseconds, 0 to 86400000"),
        ("POST", "/proxies/one/toxics", {"type": "latency", "attributes": {"latency": "7"}}, 400, "bad request body: attributes.latency: expected whole milliseconds"),
        ("POST", "/proxies/one/toxics", {"type": "latency", "attributes": {"latency": 1.5}}, 400, "bad request body: attributes.latency: expected whole milliseconds"),
        ("POST", "/proxies/one/toxics", {"type": "latency", "attributes": {"distribution": "flat"}}, 400,
         "bad request body: attributes.distribution: expected one of: uniform normal lognormal"),
        ("POST", "/proxies/one/toxics", {"type": "slicer"}, 400, "bad request body: attributes.average_size: must be given, at least 1"),
        ("POST", "/proxies/one/toxics", {"type": "slicer", "attributes": {"average_size": 3, "size_variation": 4}}, 400,
         "bad request body: attributes.size_variation: must not be above average_size"),
        ("POST", "/populate", {"name": "x"}, 400, "bad request body: expected a list of proxies"),
        ("POST", "/populate", [{"name": "y", "upstream": "127.0.0.1:1"}, {"name": "x"}], 400, "missing required field: upstream at proxy 2"),
        ("PUT", "/proxies", {}, 405, "method not allowed"),
        ("GET", "/toxics", None, 404, "no such path"),
    ]
    for method, path, body, status, message in wrong:
        got, answer = proxy.ask(method, path, body)
        check(got == status and answer["status"] == status and answer["error"].startswith(message), f"{method} {path} {body} -> {status} {answer}")
    got, answer = proxy.ask("POST", "/proxies", text='{"name": ')
    check(got == 400 and answer["error"].startswith("bad request body: "), f"what is no JSON -> {answer}")
    check(proxy.ask("GET", "/proxies", agent="Mozilla/5.0")[0] == 403, "browsers are kept out, as by Toxiproxy")
    check(list(proxy.ask("GET", "/proxies")[1]) == ["one"], "none of it has made anything")


def carries(proxy, address):
    """Megabytes both ways, through slices and a short latency, with a slow start of the reader: nothing lost, nothing swapped."""
    proxy.toxic("one", "latency", "upstream", latency=2, jitter=2)
    proxy.toxic("one", "slicer", "downstream", average_size=700, size_variation=600)
    sent = os.urandom(3_000_000)
    with connect(address) as connection:
        def talk():
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        writer = threading.Thread(target=talk)
        writer.start()
        writer.join(timeout=0.3)  # so far nobody reads: the proxy has stopped taking
        got, how = read_all(connection)
        writer.join()
    check(how == "end" and hashlib.sha256(got).digest() == hashlib.sha256(sent).digest(), f"{len(got)} bytes came back as they went, then the end")
    check(proxy.bites("latency_upstream") > 0 and proxy.bites("slicer_downstream") > 0, "both faults bit")
    check(sum_of(proxy.metrics(), "hubbub_proxy_pauses_total") > 0, "sources were paused: what is inside is bounded")
    proxy.ask("POST", "/reset")


def endings(proxy, address):
    proxy.toxic("one", "limit_data", bytes=5)
    with connect(address) as connection:
        connection.sendall(b"0123456789")
        check(read_all(connection) == (b"01234", "end"), "limit_data: five bytes, then the end")
    proxy.ask("POST", "/reset")
    proxy.toxic("one", "reset_peer", bytes=4)
    with connect(address) as connection:
        connection.sendall(b"0123456789")
        check(read_all(connection)[1] == "reset", "reset_peer: a reset in the middle")
    proxy.ask("POST", "/reset")
    proxy.toxic("one", "timeout", timeout=1)
    with connect(address) as connection:
        connection.sendall(b"0123456789")
        check(read_all(connection) == (b"", "end"), "timeout: nothing, then the end")
    proxy.ask("POST", "/reset")
    proxy.toxic("one", "half_close", "upstream", bytes=3)
    with connect(address) as connection:
        connection.sendall(b"0123456789")
        check(read_all(connection) == (b"012", "end"), "half_close: the server heard three bytes and the end, and its answer came back")
    proxy.ask("POST", "/reset")
    proxy.toxic("one", "connect_refused")
    try:
        with connect(address) as connection:
            ended = read_all(connection)
    except ConnectionResetError:
        ended = (b"", "reset")
    check(ended == (b"", "reset"), "connect_refused: a reset at once")
    proxy.ask("POST", "/reset")


def changes_reach_open_connections(proxy, address):
    with connect(address) as connection:
        connection.sendall(b"before")
        check(read_exactly(connection, 6) == b"before", "a connection stands")
        proxy.toxic("one", "partition")
        connection.sendall(b" within")
        wait_for(lambda: proxy.bites("partition_downstream") > 0, "a partition bites")
        connection.setblocking(False)
        try:
            got = connection.recv(100)
        except BlockingIOError:
            got = None
        check(got is None, "partition: nothing comes through")
        connection.settimeout(PATIENCE)
        proxy.ask("DELETE", "/proxies/one/toxics/partition_downstream")
        check(read_exactly(connection, 7) == b" within", "and what was sent within it arrives when it is removed")
        proxy.toxic("one", "half_open", "upstream")
        connection.sendall(b"lost")
        wait_for(lambda: sum_of(proxy.metrics(), "hubbub_proxy_fault_swallowed_bytes_total") == 4, "half_open: swallowed in silence")
        check(proxy.bites("half_open_upstream") == 1, "and counted once")
        proxy.ask("POST", "/reset")
        connection.sendall(b"after")
        check(read_exactly(connection, 5) == b"after", "which ends with its removal")
        proxy.ask("POST", "/proxies/one", {"enabled": False})
        check(read_all(connection)[0] == b"", "disabling drops the connection")
    try:
        connect(address).close()
        refused = False
    except ConnectionRefusedError:
        refused = True
    check(refused, "and nobody listens")
    check(proxy.ask("POST", "/proxies/one", {"enabled": True})[1]["enabled"], "enabled again")
    with connect(address) as connection:
        connection.sendall(b"x")
        check(read_exactly(connection, 1) == b"x", "and it carries, at the same address")


def toxicity(proxy, address):
    status, _ = proxy.ask("POST", "/proxies/one/toxics", {"type": "limit_data", "toxicity": 0.5, "attributes": {"bytes": 1}})
    assert status == 200

    def hit():
        with connect(address) as connection:
            connection.sendall(b"ab")
            connection.shutdown(socket.SHUT_WR)
            return read_all(connection)[0] == b"a"
    hits = sum(hit() for _ in range(200))
    check(60 < hits < 140, f"a toxicity of one half met {hits} of 200 connections")
    check(proxy.bites("limit_data_downstream") == hits, "and was counted as often")
    proxy.ask("POST", "/reset")


def peers_end_as_they_will(proxy):
    def rude(connection):
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    address = proxy.create("rude", Upstream(rude).address)
    with connect(address) as connection:
        connection.sendall(b"x")
        check(read_all(connection)[1] == "reset", "a server's reset is the client's reset")
    dead = socket.create_server(("127.0.0.1", 0))
    port = dead.getsockname()[1]
    dead.close()
    address = proxy.create("dead", f"127.0.0.1:{port}")
    with connect(address) as connection:
        check(read_all(connection)[0] == b"", "an upstream that is not there: the client is let go")
    check(sum_of(proxy.metrics(), "hubbub_proxy_upstream_failures_total") == 1, "and it is counted")


def many(proxy, address, upstream):
    before = upstream.accepted
    connections = [connect(address) for _ in range(300)]
    for i, connection in enumerate(connections):
        connection.sendall(b"%06d" % i)
    check(all(read_exactly(connection, 6) == b"%06d" % i for i, connection in enumerate(connections)), "300 connections at once, each its own bytes")
    check(upstream.accepted - before == 300, "each its own connection to the upstream")
    proxy.toxic("one", "reset_peer")
    check(all(read_all(connection)[1] == "reset" for connection in connections), "and one request resets them all")
    proxy.ask("POST", "/reset")
    for connection in connections:
        connection.close()
    wait_for(lambda: sum_of(proxy.metrics(), "hubbub_proxy_connections") == 0, "nothing is left of them")


def command_line(upstream):
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "toxics.json"
        config.write_text(json.dumps([{"name": "chat", "listen": "127.0.0.1:0", "upstream": upstream.address,
                                       "toxics": [{"type": "latency", "stream": "upstream", "attributes": {"latency": 5}}]}]))
        with Proxy("--config", str(config), "--upstream", upstream.address, "--toxic", "limit_data:bytes=2,toxicity=1") as proxy:
            proxies = proxy.ask("GET", "/proxies")[1]
            check(sorted(proxies) == ["chat", "main"] and proxies["chat"]["toxics"][0]["attributes"]["latency"] == 5, "--config and flags together")
            host, port = proxies["main"]["listen"].rsplit(":", 1)
            with connect((host, int(port))) as connection:
                connection.sendall(b"abc")
                check(read_all(connection) == (b"ab", "end"), "--toxic bites")
        config.write_text('[{"name": "chat", "upstream": "127.0.0.1:1", "listn": "x"}]')
        for arguments, message in [(["--config", str(config)], "unknown key 'listn'"), (["--config", "/nowhere"], "cannot read /nowhere"),
                                   (["--listen", "127.0.0.1:0"], "--upstream HOST:PORT is missing"),
                                   (["--upstream", upstream.address, "--toxic", "latency:latncy=3"], "'latency' has no 'latncy'"),
                                   (["--connections", "100000000"], "descriptors, and this process may have"),
                                   (["--upstream", "nowhere.invalid:1"], "nowhere.invalid"),
                                   (["--upstream", upstream.address, "--listen", upstream.address], "cannot listen on")]:
            done = subprocess.run([PROGRAM, "proxy", "--api", "127.0.0.1:0", *arguments], capture_output=True, text=True, timeout=PATIENCE)
            check(done.returncode == 2 and message in done.stderr, f"{' '.join(arguments)}: exit 2, {done.stderr.strip()}")


def a_whole_run():
    """A load test through the proxy, its connections sliced, late and cut: the server's fault is none of it."""
    with Server() as server, Proxy("--upstream", f"127.0.0.1:{server.port}", "--toxic", "slicer:average_size=40,size_variation=39,stream=upstream",
                                   "--toxic", "latency:latency=3,jitter=3", "--toxic", "reset_peer:after=3000,bytes=500,toxicity=0.3") as proxy:
        listen = proxy.ask("GET", "/proxies/main")[1]["listen"]
        _, result = run(os.path.join(os.path.dirname(__file__), "../../scenarios/smoke.yaml"), "--url", f"ws://{listen}/chat", expect=0)
        check(proxy.bites("reset_peer_downstream") > 0, f"{proxy.bites('reset_peer_downstream'):.0f} connections were cut")
        check(result["totals"]["missing"] == 0 and all(count == 0 for count in result["violations"].values()), "and nothing was lost or accused")


upstream = Upstream(echo)
with Proxy("--seed", "5") as main_proxy:
    one = interface(main_proxy, upstream)
    listen_host, listen_port = one["listen"].rsplit(":", 1)
    where = (listen_host, int(listen_port))
    refusals(main_proxy)
    carries(main_proxy, where)
    endings(main_proxy, where)
    changes_reach_open_connections(main_proxy, where)
    toxicity(main_proxy, where)
    many(main_proxy, where, upstream)
    peers_end_as_they_will(main_proxy)
    families = [line.split()[2] for line in main_proxy.metrics().splitlines() if line.startswith("# HELP")]
    check(len(families) >= 9 and all(name.startswith("hubbub_proxy_") for name in families), f"metrics: {families}")
command_line(upstream)
a_whole_run()
