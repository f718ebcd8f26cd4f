#!/usr/bin/env python3
"""A reader that stops reading, over real sockets: each policy of `slow_reader`, what it announces, and that history has it."""
import asyncio
import json
import os
import socket
import sys

from hubbub import DEBIAN_PYTHON, Server, check

if sys.executable != DEBIAN_PYTHON and os.path.exists(DEBIAN_PYTHON):
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])  # python3-websockets is Debian's

import websockets

BODY = "x" * 16_000
AT_ONCE = 8
# Far more than kernels hold for one socket on the loopback: beyond it nobody was ever behind.
MESSAGES_MAX = 4_000


class Client:
    def __init__(self, user):
        self.user = user

    async def open(self, server, receive_buffer=None):
        peer = socket.socket()
        if receive_buffer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        peer.connect(("127.0.0.1", server.port))
        peer.setblocking(False)
        # With a full queue the library stops reading, and the kernel's buffers fill up.
        self.socket = await websockets.connect(server.url, sock=peer, subprotocols=["hubbub.v1.json"], max_queue=1, ping_interval=None)
        await self.say(t="hello", user=self.user, device="d")
        assert (await self.next())["t"] == "welcome"

    async def say(self, **message):
        await self.socket.send(json.dumps(message))

    async def next(self):
        return json.loads(await asyncio.wait_for(self.socket.recv(), 30))

    async def until(self, kind):
        while (message := await self.next())["t"] != kind:
            pass
        return message


async def flood(ann, bob, conversation, enough):
    """ann sends, bob shows life and reads nothing, until `enough`. Returns how many messages."""
    sent = 0
    while sent < MESSAGES_MAX and not enough():
        for _ in range(AT_ONCE):
            sent += 1
            await ann.say(t="send", c=conversation, n=sent, b=BODY)
        for _ in range(AT_ONCE):
            await ann.until("ack")
        try:
            await bob.say(t="beat")
        except websockets.ConnectionClosed:
            pass
    return sent


async def hear_up_to(bob, head):
    """Every number from 2 on in the order in which it came; announced ranges as they were said."""
    last, announced = 1, []
    while last < head:
        message = await bob.next()
        if message["t"] == "msg":
            assert message["q"] == last + 1, (message["q"], last)
            last = message["q"]
        elif message["t"] == "skipped":
            assert message["from"] == last + 1 and message["until"] >= message["from"], (message, last)
            announced.append((message["from"], message["until"]))
            last = message["until"]
    return announced


async def paged(bob, conversation, first, last):
    found = []
    while first <= last:
        await bob.say(t="history", id=first, c=conversation, **{"from": first}, limit=min(200, last - first + 1))
        page = await bob.until("page")
        found += [(entry["q"], entry["b"] == BODY) for entry in page["entries"]]
        first = page["entries"][-1]["q"] + 1
    return found


async def story(policy):
    with Server("--slow-reader", policy, "--durability", "memory", "--shards", "2", metrics=True) as server:
        ann, bob = Client("ann"), Client("bob")
        await ann.open(server)
        await ann.say(t="create", id=1, key="k", **{"class": "group"}, members=["ann", "bob"])
        conversation = (await ann.until("created"))["c"]
        await ann.say(t="resume", at=[], complete=True)
        await ann.until("resumed")
        await bob.open(server, receive_buffer=65_536)
        await bob.say(t="resume", at=[[conversation, 1, 1]])
        await bob.until("resumed")
        counted = "slow_dropped_entries_total" if policy in ("drop-oldest", "shed") else "outbox_overflows_total"
        sent = await flood(ann, bob, conversation, lambda: server.metric(f"hubbub_server_{counted}") >= 1)
        check(sent < MESSAGES_MAX, f"{policy}: after {sent} messages that nobody read the server did something")
        if policy in ("drop-oldest", "shed"):
            announced = await hear_up_to(bob, sent + 1)
            missing = sum(until - first + 1 for first, until in announced)
            check(missing == server.metric("hubbub_server_slow_dropped_entries_total"), f"{policy}: the {missing} dropped entries were announced, each once and in its place")
            found = [entry for first, until in announced for entry in await paged(bob, conversation, first, until)]
            check(found == [(q, True) for first, until in announced for q in range(first, until + 1)], f"{policy}: history has all of them")
            check(server.metric("hubbub_server_slow_readers") == 0, f"{policy}: nobody is behind any more")
        else:
            try:
                while True:
                    await bob.next()
            except websockets.ConnectionClosed:
                pass
            await bob.open(server)
            await bob.say(t="resume", at=[[conversation, 1, 1]])
            check(await hear_up_to(bob, sent + 1) == [], f"{policy}: it was cut, came back, and has everything by its resume")
        await bob.socket.close()
        await ann.socket.close()


for each in ("disconnect", "drop-oldest", "conflate", "shed"):
    asyncio.run(story(each))
