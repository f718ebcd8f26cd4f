#!/usr/bin/env python3
"""The audit log says who came, left and got which role, once that is stored; it is bounded and off unless asked for."""
import asyncio
import json
import os
import sys
import tempfile

from hubbub import DEBIAN_PYTHON, Server, check

if sys.executable != DEBIAN_PYTHON and os.path.exists(DEBIAN_PYTHON):
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])  # python3-websockets is Debian's

import websockets


async def asked(url, *requests):
    """Ann's requests, one after the other; the last answer. `c` of a request is that of the first answer where it is None."""
    async with websockets.connect(url, subprotocols=["hubbub.v1.json"]) as socket:
        await socket.send(json.dumps({"t": "hello", "user": "ann", "device": "phone"}))
        await socket.recv()
        c, answer = None, None
        for number, request in enumerate(requests, 1):
            await socket.send(json.dumps({**request, "id": number, **({"c": c} if "c" in request else {})}))
            while True:
                answer = json.loads(await asyncio.wait_for(socket.recv(), 30))
                if answer.get("id") == number:
                    break
            assert answer["t"] != "error", answer
            c = answer.get("c", c)
        return c, answer


def lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def group(key, *members):
    return {"t": "create", "key": key, "class": "group", "members": ["ann", *members]}


with tempfile.TemporaryDirectory() as folder:
    log = os.path.join(folder, "audit.log")
    with Server("--shards", "2", "--audit-log", log, metrics=True) as server:
        c, kicked = asyncio.run(asked(server.url, group("k", "bob"), {"t": "add", "c": None, "members": ["cem", "dan"]},
                                      {"t": "role", "c": None, "members": ["bob"], "role": "reader"}, {"t": "kick", "c": None, "members": ["dan"]}))
        said = [{name: value for name, value in line.items() if name != "at"} for line in lines(log)]
        check(said[0] | {"members": sorted(said[0]["members"])} == {"event": "created", "user": "ann", "c": c, "q": 1, "members": ["ann", "bob"]}, "who made which conversation of whom")
        check(said[1:] == [{"event": "joined", "user": "ann", "c": c, "q": 2, "members": ["cem", "dan"]},
                           {"event": "role", "user": "ann", "c": c, "q": 3, "members": ["bob"], "detail": "reader"},
                           {"event": "left", "user": "ann", "c": c, "q": kicked["q"], "members": ["dan"]}], "and who came, was made what, and went, by whom and where")
        check(server.metric("hubbub_server_audit_events_total") == 4, "and /metrics counts them")
        check(server.stop() == 0, "the server ends")
    with Server("--shards", "2", "--audit-log", log, "--audit-bytes", "2000", "--audit-files", "2") as server:
        asyncio.run(asked(server.url, *[group(f"k{number}") for number in range(100)]))
        names = ["audit.log.2", "audit.log.1", "audit.log"]
        check(sorted(os.listdir(folder)) == sorted(names), "a long log has as many files as were asked for")
        check(all(os.path.getsize(os.path.join(folder, name)) <= 2000 for name in names), "none larger than was asked for")
        times = [line["at"] for name in names for line in lines(os.path.join(folder, name))]
        check(len(times) > 20 and times == sorted(times), f"the newest {len(times)} events are kept, whole and in order")
        check(server.stop() == 0, "the server ends")
    before = os.path.getsize(log)
    with Server("--shards", "2") as server:
        asyncio.run(asked(server.url, group("unseen")))
        check(server.stop() == 0 and os.path.getsize(log) == before, "without the setting nothing is written")
