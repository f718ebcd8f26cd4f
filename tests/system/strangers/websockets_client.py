"""A chat client in Debian's python3-websockets, written from docs/PROTOCOL.md: a group of three, fragments, history."""
import asyncio
import json
import sys

import websockets

URL = sys.argv[1]


class Session:
    def __init__(self, socket):
        self.socket = socket

    async def say(self, **message):
        await self.socket.send(json.dumps(message))

    async def next(self):
        return json.loads(await asyncio.wait_for(self.socket.recv(), 20))


async def connect(user):
    session = Session(await websockets.connect(URL, subprotocols=["hubbub.v1.json"]))
    assert session.socket.subprotocol == "hubbub.v1.json"
    assert not session.socket.extensions, "permessage-deflate is declined"
    await session.say(t="hello", user=user, device="py")
    assert (await session.next())["t"] == "welcome"
    return session


async def main():
    users = ["py-ann", "py-ben", "py-cid"]
    sessions = [await connect(user) for user in users]
    ann = sessions[0]
    await ann.say(t="create", id=1, key="team", **{"class": "group"}, members=users)
    created = await ann.next()
    assert created["t"] == "created", created
    for session in sessions:
        await session.say(t="resume", at=[[created["c"], created["epoch"], created["head"]]], complete=True)
        while (await session.next())["pending"] > 0:
            pass

    for n in range(1, 17):  # as many as may be in flight
        # every message in fragments, as a streaming client sends it
        whole = json.dumps({"t": "send", "c": created["c"], "n": n, "b": f"message {n} \u00e4\u20ac\U0001f600"}, ensure_ascii=False)
        middle = len(whole) // 2
        await ann.socket.send([whole[:middle], whole[middle:]])
    acks = [await ann.next() for _ in range(16)]
    assert [a["q"] for a in acks] == list(range(created["head"] + 1, created["head"] + 17)), acks
    for session in sessions[1:]:
        got = [await session.next() for _ in range(16)]
        assert [g["q"] for g in got] == [a["q"] for a in acks]
        assert got[4]["b"] == "message 5 \u00e4\u20ac\U0001f600" and got[4]["u"] == "py-ann"

    await sessions[2].say(t="history", id=7, c=created["c"], limit=5, **{"from": 1})
    page = await sessions[2].next()
    assert [entry["q"] for entry in page["entries"]] == [1, 2, 3, 4, 5] and page["head"] == acks[-1]["q"]
    assert page["entries"][0]["t"] == "joined" and sorted(page["entries"][0]["members"]) == users

    pong = await ann.socket.ping()
    await asyncio.wait_for(pong, 20)
    for session in sessions:
        await session.socket.close()
        assert session.socket.close_code == 1000
    print("conversation held")


asyncio.run(main())
