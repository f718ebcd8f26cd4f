#!/usr/bin/env python3
"""SIGTERM under load: every client is told to come back, nothing acknowledged is lost, the process ends with 0."""
import asyncio
import json
import os
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request

import sys

from hubbub import DEBIAN_PYTHON, Server, check

if sys.executable != DEBIAN_PYTHON and os.path.exists(DEBIAN_PYTHON):
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])  # python3-websockets is Debian's

import websockets

CLIENTS = 40


class Client:
    """Sends into a conversation of its own as fast as it may, until it is sent away."""

    def __init__(self, number):
        self.user = f"drain-{number}"
        self.acked, self.sent, self.away, self.code = {}, 0, None, None

    async def open(self, url):
        self.socket = await websockets.connect(url, subprotocols=["hubbub.v1.json"])
        await self.say(t="hello", user=self.user, device="d")
        assert (await self.next())["t"] == "welcome"

    async def create(self):
        await self.say(t="create", id=1, key="drained", **{"class": "group"}, members=[self.user])
        self.conversation = (await self.next())["c"]

    async def say(self, **message):
        await self.socket.send(json.dumps(message))

    async def next(self):
        return json.loads(await asyncio.wait_for(self.socket.recv(), 30))

    async def send_one(self):
        self.sent += 1
        await self.say(t="send", c=self.conversation, n=self.sent, b=f"{self.user} says {self.sent}")

    async def work(self, busy):
        try:
            for _ in range(8):
                await self.send_one()
            while True:
                message = await self.next()
                if message["t"] == "ack":
                    self.acked[message["n"]] = message["q"]
                    if len(self.acked) == 5:
                        busy.release()
                    await self.send_one()
                else:
                    self.away = message
        except websockets.ConnectionClosed:
            await self.hear_the_rest()
            self.code = self.socket.close_code

    async def hear_the_rest(self):
        """A send may meet the closed connection before what came ahead of the close frame was read."""
        try:
            while True:
                message = await self.next()
                if message["t"] == "ack":
                    self.acked[message["n"]] = message["q"]
                else:
                    self.away = message
        except websockets.ConnectionClosed:
            pass

    async def history(self):
        entries, at = [], 1
        while True:
            await self.say(t="history", id=2, c=self.conversation, **{"from": at}, limit=200)
            page = await self.next()
            entries += page["entries"]
            at = entries[-1]["q"] + 1
            if at > page["head"]:
                return {entry["q"]: entry for entry in entries}


async def under_load(server):
    clients = [Client(number) for number in range(CLIENTS)]
    for client in clients:
        await client.open(server.url)
        await client.create()
    busy = asyncio.Semaphore(0)
    work = [asyncio.create_task(client.work(busy)) for client in clients]
    for _ in clients:
        await asyncio.wait_for(busy.acquire(), 60)
    server.process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(asyncio.gather(*work), 60)
    check(server.process.wait(timeout=60) == 0, "SIGTERM under load ends the server with 0")
    check({client.code for client in clients} == {3004}, "every client was closed with 3004")
    check(all(c.away and c.away["code"] == "going_away" and c.away["definite"] for c in clients), "every client heard going_away")
    waits = [client.away["retry_after"] for client in clients]
    check(all(1 <= wait <= 5000 for wait in waits) and len(set(waits)) > CLIENTS // 4,
          f"each got a wait of its own, {min(waits)} to {max(waits)} ms")

    server.start()
    for client in clients:
        await client.open(server.url)
        log = await client.history()
        for n, q in client.acked.items():
            assert log[q]["n"] == n and log[q]["b"] == f"{client.user} says {n}", f"{client.user}: acknowledged n={n} q={q} is not in the log"
        assert len([e for e in log.values() if e["t"] == "msg"]) <= client.sent
        await client.socket.close()
    check(True, f"all {sum(len(client.acked) for client in clients)} acknowledged messages are in the store")


def ready(server):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.metrics_port}/readyz", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def with_a_dead_client(server, second_signal):
    """A client that never answers the close frame; what ends the drain must be said."""
    client = Client(1000)
    await client.open(server.url)
    check(ready(server) == (200, "ready\n"), "ready while it serves")
    transport = client.socket.transport
    transport.pause_reading()  # its close frame is never answered: the library does not see it
    server.process.send_signal(signal.SIGTERM)
    if second_signal:
        while (answer := ready(server))[0] == 200:
            pass
        check(answer == (503, "draining: the server is about to end\n"), "not ready any more while it drains")
        check(server.metric("hubbub_server_draining") == 1, "hubbub_server_draining is 1")
        with urllib.request.urlopen(f"http://127.0.0.1:{server.metrics_port}/healthz", timeout=10) as health:
            check(health.status == 200, "alive while it drains")
        server.process.send_signal(signal.SIGTERM)
    said = server.process.stderr.read().decode()  # until its end
    check(server.process.wait(timeout=60) == 0, "it ends with 0")
    transport.abort()
    return said


with tempfile.TemporaryDirectory() as data:
    with Server("--shards", "2", "--data", os.path.join(data, "db")) as server:
        asyncio.run(under_load(server))
        check(server.stop() == 0, "and again with nobody there")
with Server("--shards", "2", "--drain-deadline", "60s", metrics=True, stderr=subprocess.PIPE) as server:
    said = asyncio.run(with_a_dead_client(server, True))
    check("a second signal came: 1 connections are cut" in said, f"a second SIGTERM ends the drain at once: {said.strip()}")
with Server("--shards", "2", "--drain-deadline", "50ms", metrics=True, stderr=subprocess.PIPE) as server:
    said = asyncio.run(with_a_dead_client(server, False))
    check("the drain deadline has passed: 1 connections are cut" in said, f"the deadline ends the drain: {said.strip()}")
