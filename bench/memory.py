#!/usr/bin/env python3
"""Memory of idle users: the server's per connection and the generator's per virtual user, from two runs of different size.

    bench/memory.py PATH/TO/hubbub [small 1000] [large 15000]

Every user has a live session and three memberships (groups of twelve) and says nothing but its beats. Differences between
the two runs cancel what does not grow with the users. User memory is what is anonymous (smaps_rollup), since pages of files
belong to nobody. `server_memory_per_connection` is what the sessions added after the conversations had been created;
`server_memory_per_user` holds the conversations, their three memberships a user and the database's write buffer too.
Kernel memory (slab: sockets and epoll entries of both ends) stands apart.
"""
import os
import resource
import subprocess
import sys
import tempfile
import time

from support import Server, metric, print_figure

MEMBERSHIPS, GROUP = 3, 12

SCENARIO = """
version: 1
name: idle users
seed: 1
target: {{endpoints: ["{url}"], setup: {{rate: 5000/s}}}}
population: {{users: {users}}}
topology:
  - {{class: group, count: {groups}, size: {size}}}
behaviors:
  everyone: {{send: {{to: {{group: 100%}}, bytes: 100}}}}
load:
  - {{phase: connect, ramp: 2000/s, until: population, max_duration: 60s}}
  - {{phase: idle, for: 6s, messages: 0.01/s}}
  - {{phase: drain, settle: 1s}}
expect: {{delivery: effectively_once}}
report: {{prometheus: {{listen: "127.0.0.1:{port}"}}}}
"""


def anonymous_bytes(pid):
    """Private memory of a process that no file backs."""
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        return next(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Anonymous:"))


def slab_bytes():
    with open("/proc/meminfo") as meminfo:
        return next(int(line.split()[1]) * 1024 for line in meminfo if line.startswith("Slab:"))


def online(port):
    """Users that the generator has live; None while it has no endpoint yet."""
    return metric(port, "hubbub_run_users_online")


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"memory: not within {seconds} s: {what}")
        time.sleep(0.02)


def measure(program, users):
    """(server without sessions, server with them, generator before, generator with them, slab of both ends)"""
    with Server(program, "--shards", "1", "--durability", "memory") as server, tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        port = server.another_port()
        file.write(SCENARIO.format(users=users, groups=users * MEMBERSHIPS // GROUP, size=GROUP, port=port, url=server.url))
        file.flush()
        slab = slab_bytes()
        run = subprocess.Popen([program, "run", file.name, "--workers", "1", "--quiet"],
                               stdout=subprocess.DEVNULL)
        wait_for(lambda: online(port) is not None or run.poll() is not None, 60, "the conversations are there")
        server_before, run_before = anonymous_bytes(server.pid), anonymous_bytes(run.pid)
        wait_for(lambda: online(port) == users or run.poll() is not None, 60, "everybody is online")
        if run.poll() is not None:
            sys.exit(f"memory: the run ended early with {run.returncode}")
        time.sleep(1)
        figures = (server_before, anonymous_bytes(server.pid), run_before, anonymous_bytes(run.pid), slab_bytes() - slab)
        run.terminate()
        run.wait()
        return figures


def main():
    program = sys.argv[1]
    small, large = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((2, 1000), (3, 15000)))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    a, b = measure(program, small), measure(program, large)
    more = large - small
    print_figure("server_memory_per_connection", ((b[1] - b[0]) - (a[1] - a[0])) / more, "bytes")
    print_figure("server_memory_per_user", (b[1] - a[1]) / more, "bytes")
    print_figure("generator_memory_per_user", (b[3] - a[3]) / more, "bytes")
    print_figure("kernel_slab_per_connection_pair", (b[4] - a[4]) / more, "bytes")


main()
