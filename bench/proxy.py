#!/usr/bin/env python3
"""How many connections one proxy process holds, in how much memory, and that one request of its interface resets them all.

    bench/proxy.py PATH/TO/hubbub [connections 9500]

Prints lines `name value unit`. Both ends of all connections are in this process: 9,500 take 19,000 descriptors here and as many there.
"""
import json
import os
import resource
import socket
import subprocess
import sys
import time
import urllib.request

PATIENCE = 60


def resident_kb(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 9500
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < 2 * count + 100:
        sys.exit(f"{count} connections need {2 * count + 100} descriptors; this process may have {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    upstream = socket.create_server(("127.0.0.1", 0), backlog=4096)
    upstream.setblocking(False)
    read_end, write_end = os.pipe()
    proxy = subprocess.Popen([program, "proxy", "--api", "127.0.0.1:0", "--upstream", "127.0.0.1:%d" % upstream.getsockname()[1],
                              "--connections", str(count), "--ready-fd", str(write_end)], pass_fds=[write_end])
    os.close(write_end)
    try:
        with os.fdopen(read_end) as ready:
            api = f"http://127.0.0.1:{ready.readline().split()[1]}"
        with urllib.request.urlopen(api + "/proxies/main", timeout=PATIENCE) as answer:
            host, port = json.load(answer)["listen"].split(":")
        measure(proxy, api, upstream, (host, int(port)), count)
    finally:
        proxy.terminate()
        proxy.wait()


def measure(proxy, api, upstream, address, count):
    before, started = resident_kb(proxy.pid), time.monotonic()
    clients, servers = [], []

    def accept():
        try:
            while True:
                servers.append(upstream.accept()[0])
        except BlockingIOError:
            pass
    for i in range(count):
        clients.append(socket.create_connection(address, timeout=PATIENCE))
        if i % 200 == 0:
            accept()
    while len(servers) < count and time.monotonic() < started + PATIENCE:
        accept()
        time.sleep(0.01)
    print(f"proxy_connections {len(servers)} connections")
    print(f"proxy_connect_time {time.monotonic() - started:.2f} s")
    print(f"proxy_memory_per_connection {(resident_kb(proxy.pid) - before) * 1024 / count:.0f} B")

    for client in clients:
        client.sendall(b"x" * 120)
    carried = 0
    for server in servers:
        server.settimeout(PATIENCE)
        carried += len(server.recv(120, socket.MSG_WAITALL))
    print(f"proxy_bytes_lost {count * 120 - carried} B")

    urllib.request.urlopen(urllib.request.Request(api + "/proxies/main/toxics", data=b'{"type": "reset_peer"}', method="POST"), timeout=PATIENCE).read()
    reset = 0
    for client in clients:
        try:
            client.recv(1)
        except ConnectionResetError:
            reset += 1
    print(f"proxy_reset_by_one_request {reset} connections")


main()
