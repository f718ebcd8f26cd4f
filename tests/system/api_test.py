#!/usr/bin/env python3
"""REST and WebSocket are one: numbers, positions, live delivery; the audit log says who came, left and administered."""
import asyncio
import concurrent.futures
import json
import os
import sys
import tempfile
import urllib.error
import urllib.request

from hubbub import DEBIAN_PYTHON, Server, check, free_port

if sys.executable != DEBIAN_PYTHON and os.path.exists(DEBIAN_PYTHON):
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])  # python3-websockets is Debian's

import websockets

PORT = free_port()


def rest(method, path, body=None, user="ann", device="phone", **headers):
    """(status, body)"""
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Hubbub-User": user, "Hubbub-Device": device, **headers})
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


async def connect(url, user, device):
    socket = await websockets.connect(url, subprotocols=["hubbub.v1.json"])
    await socket.send(json.dumps({"t": "hello", "user": user, "device": device}))
    assert json.loads(await socket.recv())["t"] == "welcome"
    return socket


async def hear(socket):
    return json.loads(await asyncio.wait_for(socket.recv(), 30))


async def ack_of(socket, n):
    """The first ack of this number. Before it may come those of what the device sent by REST meanwhile: acks go to a device, wherever it is."""
    while True:
        message = await hear(socket)
        assert message["t"] == "ack", message
        if message["n"] >= n:
            return message


async def one_conversation(url):
    _, made = rest("POST", "/v1/conversations", {"key": "k", "class": "group", "members": ["ann", "bob"]})
    c = made["c"]
    bob = await connect(url, "bob", "laptop")
    await bob.send(json.dumps({"t": "resume", "at": [[c, made["epoch"], made["head"]]]}))
    assert (await hear(bob))["t"] == "resumed"
    ann = await connect(url, "ann", "phone")

    sent = [rest("PUT", f"/v1/conversations/{c}/messages/{n}", {"b": f"rest {n}"})[1]["q"] for n in (1, 2, 3)]
    await ann.send(json.dumps({"t": "send", "c": c, "n": 3, "b": "rest 3"}))
    check((await ack_of(ann, 3)) == {"t": "ack", "c": c, "n": 3, "q": sent[2]}, "a WebSocket's retry of what REST sent gets the position that REST got")
    await ann.send(json.dumps({"t": "send", "c": c, "n": 4, "b": "socket 4"}))
    ack = await ack_of(ann, 4)
    check(rest("PUT", f"/v1/conversations/{c}/messages/4", {"b": "socket 4"}) == (200, ack), "and REST's retry of what the WebSocket sent is answered by its ack")
    status, error = rest("PUT", f"/v1/conversations/{c}/messages/6", {"b": "too early"})
    check((status, error["code"], error["definite"]) == (409, "out_of_order", True), "a number too far is out_of_order for both")
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: rest("PUT", f"/v1/conversations/{c}/messages/5", {"b": "rest 5"}), range(16)))
    check(all(answer == answers[0] for answer in answers) and answers[0][0] == 200, "sixteen requests at once with one number are one message")
    heard = [await hear(bob) for _ in range(5)]
    check([m["q"] for m in heard] == [*sent, ack["q"], answers[0][1]["q"]] and [m["n"] for m in heard] == [1, 2, 3, 4, 5],
          "live listeners hear each once, in order")
    await ann.send(json.dumps({"t": "beat"}))
    check(ann.open, "the device's WebSocket was not replaced by its REST requests")
    await ann.send(json.dumps({"t": "role", "id": 7, "c": c, "members": ["bob"], "role": "reader"}))
    await bob.send(json.dumps({"t": "contact", "id": 8, "user": "ann", "change": "block"}))
    while (await hear(bob)).get("id") != 8:
        pass
    direct = {"key": "d", "class": "direct", "members": ["ann", "bob"]}
    check(rest("POST", "/v1/conversations", direct)[0] == 403, "who is blocked opens no direct conversation by REST either")
    check(rest("POST", "/v1/conversations", direct | {"members": ["ann", "cem"], "key": "e"})[0] == 200, "with others it does")
    while (await hear(ann)).get("id") != 7:
        pass
    await bob.send(json.dumps({"t": "leave", "id": 9, "c": c}))
    while (await hear(bob)).get("id") != 9:
        pass
    check(rest("GET", f"/v1/conversations/{c}/next", user="bob")[0] == 403 and rest("GET", "/v1/conversations", user="bob")[1]["items"] == [],
          "who has left is no member to REST")
    for socket in (ann, bob):
        await socket.close()
    return c


def audit(path):
    """All lines, oldest file first."""
    lines = []
    for name in sorted(os.listdir(os.path.dirname(path)), reverse=True):
        if name.startswith("audit.log"):
            with open(os.path.join(os.path.dirname(path), name)) as file:
                lines += [json.loads(line) for line in file]
    return lines


with tempfile.TemporaryDirectory() as folder:
    log, backups = os.path.join(folder, "audit.log"), os.path.join(folder, "backups")
    settings = ["--shards", "2", "--durability", "wal", "--data", os.path.join(folder, "db"), "--api", f"127.0.0.1:{PORT}", "--backups", backups, "--audit-log", log]
    with Server(*settings, metrics=True) as server:
        c = asyncio.run(one_conversation(server.url))
        _, added = rest("POST", f"/v1/conversations/{c}/members", {"members": ["cem", "dan"]})
        check(rest("GET", "/v1/admin/counts", Origin="http://evil.example")[0] == 401, "a page in a browser is no administrator, loopback or not")
        check(rest("GET", "/v1/admin/counts", Host="evil.example")[0] == 401, "nor is a name that was rebound to this machine")
        check(rest("PUT", "/v1/admin/backups/b1")[0] == 201, "without a token, loopback is")
        rest("PUT", f"/v1/admin/conversations/{c}/messages/1", {"user": "cem", "b": "x"})
        said = audit(log)
        check([line["event"] for line in said] == ["created", "role", "created", "left", "joined", "denied", "denied", "backup", "publish"],
              f"the audit log says {[line['event'] for line in said]}")
        check(said[4] | {"at": 0} == {"at": 0, "event": "joined", "user": "ann", "c": c, "q": added["q"], "members": ["cem", "dan"]}, "who came, where, by whom, at which position")
        check(said[1]["members"] == ["bob"] and said[1]["user"] == "ann" and said[1]["detail"] == "reader", "whom who made what")
        check(said[3]["members"] == ["bob"] and said[3]["user"] == "bob" and said[3]["c"] == c, "who went")
        check(said[7]["user"] == "admin" and said[7]["detail"] == os.path.join(backups, "b1"), "which backup was made")
        check(server.metric("hubbub_server_audit_events_total") == len(said), "and /metrics counts them")
        check(server.stop() == 0, "the server ends")
    with Server(*settings, "--audit-bytes", "2000", "--audit-files", "2") as server:
        for number in range(100):
            rest("POST", "/v1/conversations", {"key": f"k{number}", "class": "group", "members": ["ann"]})
        files = {name: os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if name.startswith("audit.log")}
        check(set(files) == {"audit.log", "audit.log.1", "audit.log.2"} and max(files.values()) <= 2000, f"it is bounded: {files}")
        last = audit(log)
        check(len(last) > 20 and all(line["event"] == "created" for line in last) and [line["at"] for line in last] == sorted(line["at"] for line in last),
              f"the newest {len(last)} events are kept, in order and whole")
        check(server.stop() == 0, "the server ends")
    with Server(*[word if word != log else "" for word in settings]) as server:
        before = os.path.getsize(log)
        rest("POST", "/v1/conversations", {"key": "unseen", "class": "group", "members": ["ann"]})
        server.stop()
        check(os.path.getsize(log) == before, "without the setting nothing is written")
