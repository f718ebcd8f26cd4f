#!/usr/bin/env python3
"""A backup under load, the original goes on, the restored store: all that was acknowledged before is in it, and who saw more is told `reset`."""
import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.request

from hubbub import DEBIAN_PYTHON, PROGRAM, Server, check, free_port

if sys.executable != DEBIAN_PYTHON and os.path.exists(DEBIAN_PYTHON):
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])  # python3-websockets is Debian's

import asyncio

import websockets

TOKEN = "a token of sixteen bytes or more"
USERS = 8


class Api:
    def __init__(self, port, user):
        self.port, self.user = port, user

    def __call__(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Hubbub-User": self.user, "Hubbub-Device": "d"})
        with urllib.request.urlopen(request, timeout=40) as answer:
            return json.load(answer)

    def log(self, conversation):
        entries, at = {}, 1
        while True:
            page = self("GET", f"/v1/conversations/{conversation}/messages?from={at}&limit=200")
            entries.update({entry["q"]: entry for entry in page["entries"]})
            at = max(entries) + 1
            if at > page["head"]:
                return entries


class Sender(threading.Thread):
    """Sends one message after the other, and knows what was acknowledged."""

    def __init__(self, port, number, started):
        super().__init__()
        self.api, self.started = Api(port, f"user-{number}"), started
        self.acked, self.stopping = [], False
        self.conversation = self.api("POST", "/v1/conversations", {"key": "k", "class": "group", "members": [self.api.user]})["c"]

    def run(self):
        while not self.stopping:
            n = len(self.acked) + 1
            self.acked.append(self.api("PUT", f"/v1/conversations/{self.conversation}/messages/{n}", {"b": f"text {n}"})["q"])
            if n == 10:
                self.started.release()


def hubbub(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=120, env={**os.environ, **environment})


async def position_told(url, user, conversation, epoch, q):
    """What a resume from this position is answered."""
    async with websockets.connect(url, subprotocols=["hubbub.v1.json"]) as socket:
        await socket.send(json.dumps({"t": "hello", "user": user, "device": "late"}))
        await socket.recv()
        await socket.send(json.dumps({"t": "resume", "at": [[conversation, epoch, q]]}))
        return json.loads(await socket.recv())["at"][0]


with tempfile.TemporaryDirectory() as folder:
    port, data, backups = free_port(), os.path.join(folder, "db"), os.path.join(folder, "backups")
    settings = ["--shards", "2", "--durability", "wal", "--api", f"127.0.0.1:{port}", "--backups", backups]
    here = ["--api", f"127.0.0.1:{port}"]
    os.environ["HUBBUB_SERVE_ADMIN_TOKEN"] = TOKEN
    explained = hubbub("config", "explain").stdout
    check("<redacted>" in explained and TOKEN not in explained, "config explain shows no secret")

    with Server("--data", data, *settings) as server:
        started = threading.Semaphore(0)
        senders = [Sender(port, number, started) for number in range(USERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            assert started.acquire(timeout=60)
        refused = hubbub("backup", "nightly", *here, HUBBUB_ADMIN_TOKEN="wrong")
        check(refused.returncode == 1 and "401" in refused.stderr, "no backup without the admin token")
        before = [len(sender.acked) for sender in senders]
        done = hubbub("backup", "nightly", *here, HUBBUB_ADMIN_TOKEN=TOKEN)
        check(done.returncode == 0, f"a backup under load: {done.stdout.strip()}{done.stderr}")
        again = hubbub("backup", "nightly", *here, HUBBUB_ADMIN_TOKEN=TOKEN)
        check(again.returncode == 1 and "is there already" in again.stderr, "a second of the same name is refused")
        for wanted, sender in zip(before, senders):  # the original goes on, beyond the backup
            while len(sender.acked) < wanted + 20 and sender.is_alive():
                pass
            sender.stopping = True
        for sender in senders:
            sender.join()
        beyond = max(senders[0].acked)
        epoch = senders[0].api("GET", f"/v1/conversations/{senders[0].conversation}/messages")["epoch"]
        check(server.stop() == 0, "the server ends")

    check(hubbub("restore", os.path.join(backups, "nightly"), data).returncode == 1, "no restore over a store")
    restored = os.path.join(folder, "restored")
    done = hubbub("restore", os.path.join(backups, "nightly"), restored)
    check(done.returncode == 0 and "checked" in done.stdout, f"the restore: {done.stdout.strip()}{done.stderr}")

    with Server("--data", restored, *settings, stderr=subprocess.PIPE) as server:
        for wanted, sender in zip(before, senders):
            log = sender.api.log(sender.conversation)
            for n, q in enumerate(sender.acked[:wanted], 1):
                assert log[q]["n"] == n and log[q]["b"] == f"text {n}", f"{sender.api.user}: n={n} is not at q={q}"
        check(True, f"all {sum(before)} messages acknowledged before the backup are in the restored store")
        sender = senders[0]
        told = asyncio.run(position_told(server.url, sender.api.user, sender.conversation, epoch, beyond))
        check(told["status"] == "reset" and told["epoch"] > epoch, f"who has seen beyond the backup is told: {told['status']}, epoch {told['epoch']}")
        following = sender.api("GET", f"/v1/conversations/{sender.conversation}/next")["n"]
        q = sender.api("PUT", f"/v1/conversations/{sender.conversation}/messages/{following}", {"b": "after the restore"})["q"]
        check(q == max(sender.api.log(sender.conversation)), "and the restored store takes messages")
        server.stop()
        check(server.process.stderr.read() == b"", "it opened without a warning")
