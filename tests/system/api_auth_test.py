#!/usr/bin/env python3
"""REST behind tokens: what `hello` would refuse is refused here, and what nobody may do is not done, by three hundred drawn requests."""
import asyncio
import json
import os
import random
import sys
import tempfile
import time
import urllib.error
import urllib.request

from hubbub import DEBIAN_PYTHON, Server, check, free_port

try:
    import jwt
    import websockets
except ImportError:
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv]) if sys.executable != DEBIAN_PYTHON else sys.exit("needs Debian's python3-jwt")

PORT = free_port()
SECRET, ADMIN = "a secret that nobody guesses, 32 bytes and more", "another of sixteen bytes or more"


def token(user, secret=SECRET, algorithm="HS256", **changed):
    now = int(time.time())
    claims = {"sub": user, "iat": now, "exp": now + 600, **changed}
    return jwt.encode({key: value for key, value in claims.items() if value is not None}, secret, algorithm)


def rest(method, path, body=None, user="ann", bearer=None):
    """(status, body, headers); without `bearer` the user's own good token."""
    headers = {"Hubbub-User": user, "Hubbub-Device": "cli", "Authorization": "Bearer " + (token(user) if bearer is None else bearer)}
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", method=method, headers=headers, data=None if body is None else json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.load(error), error.headers


async def by_socket(url, user, *messages):
    """Says these as the user, and waits for the answer to each."""
    async with websockets.connect(url, subprotocols=["hubbub.v1.json"]) as socket:
        await socket.send(json.dumps({"t": "hello", "user": user, "device": "ws", "token": token(user)}))
        for number, message in enumerate(messages, 1):
            await socket.send(json.dumps({**message, "id": number}))
            while (answer := json.loads(await asyncio.wait_for(socket.recv(), 20))).get("id") != number:
                pass
            check(answer["t"] == "done", f"{message['t']} by {user}: {answer}")


OPERATIONS = {
    "send": lambda draw, c: ("PUT", f"/v1/conversations/{c}/messages/{draw.randint(1, 3)}", {"b": "let me in"}),
    "read": lambda draw, c: ("GET", f"/v1/conversations/{c}/messages?from={draw.randint(1, 4)}", None),
    "next": lambda draw, c: ("GET", f"/v1/conversations/{c}/next", None),
    "add": lambda draw, c: ("POST", f"/v1/conversations/{c}/members", {"members": [draw.choice(["eve", "bob", "zoe"])]}),
}


def refusals(room, absent):
    """(status wanted, what, method, path, body, user, bearer): a drawn request that must not be taken."""
    draw = random.Random(20260101)
    forged = [lambda u: "", lambda u: "x", lambda u: token(u, "not the secret, and as long as the secret is"), lambda u: token("eve"), lambda u: token(u, exp=int(time.time()) - 60),
              lambda u: token(u, nbf=int(time.time()) + 600), lambda u: token(u, exp=None), lambda u: token(u, None, "none"), lambda u: token(None), lambda u: token(u)[:-2], lambda u: token(u) + "x"]
    for _ in range(300):
        what, make = draw.choice(list(OPERATIONS.items()))
        if draw.random() < 0.4:
            user, which = draw.choice(["ann", "bob"]), draw.randrange(len(forged))
            yield 401, f"{what} with forged token {which}", *make(draw, room), user, forged[which](user)
        elif draw.random() < 0.2 and what in ("send", "add"):
            yield 403, f"{what} by a reader", *make(draw, room), "rea", None
        else:
            user = draw.choice(["eve", "kim", "kim", "nobody"])
            yield 403, f"{what} by {user}", *make(draw, draw.choice([room, room, absent])), user, None


with tempfile.TemporaryDirectory() as folder:
    os.environ["HUBBUB_TEST_SECRET"] = SECRET
    with Server("--shards", "2", "--durability", "wal", "--api", f"127.0.0.1:{PORT}", "--auth", "HS256:env=HUBBUB_TEST_SECRET", "--admin-token", ADMIN,
                "--limit-user", "20/s") as server:
        _, made, _ = rest("POST", "/v1/conversations", {"key": "k", "class": "group", "members": ["ann", "bob", "rea", "kim"]})
        room = made["c"]
        asyncio.run(by_socket(server.url, "ann", {"t": "role", "c": room, "members": ["rea"], "role": "reader"}, {"t": "kick", "c": room, "members": ["kim"]}))
        status, first, _ = rest("PUT", f"/v1/conversations/{room}/messages/1", {"b": "hello"})
        check(status == 200, f"a good token is taken: {first}")
        before = rest("GET", f"/v1/conversations/{room}/messages")[1]["entries"]

        looks = {}
        tried = 0
        for wanted, what, method, path, body, user, bearer in refusals(room, "AAAAAAAAAAAAAAAAAAAAAQ"):
            status, answer, headers = rest(method, path, body, user, bearer)
            if status != wanted:
                check(False, f"{what} is refused with {wanted}, not {status} {answer}")
            if status == 401 and headers["WWW-Authenticate"] != "Bearer":
                check(False, f"{what}: the answer says how to ask")
            looks.setdefault((what.split()[0], status), set()).add(json.dumps(answer, sort_keys=True))
            tried += 1
        check(tried == 300, f"{tried} requests of people who may not were refused")
        check(all(len(answers) == 1 for (_, status), answers in looks.items() if status == 403), "and absent looks as forbidden does")
        check(rest("GET", f"/v1/conversations/{room}/messages")[1]["entries"] == before, "none of them left a trace in the log")

        answers = [rest("PUT", f"/v1/conversations/{room}/messages/{n}", {"b": str(n)}, user="bob") for n in range(1, 61)]
        refused = [answer for answer in answers if answer[0] == 429]
        check(len(refused) > 0 and int(refused[0][2]["Retry-After"]) >= 1, f"above limit_user is rate_limited with Retry-After, {len(refused)} of 60")
        retries = [rest("PUT", f"/v1/conversations/{room}/messages/1", {"b": "1"}, user="bob")[0] for _ in range(5)]
        check(retries == [200] * 5, "a retry of what was accepted is answered, limit or not")

        stolen = token("ann", jti="stolen")
        check(rest("GET", "/v1/conversations", bearer=stolen)[0] == 200, "a token with an id is taken ...")
        check(rest("POST", "/v1/admin/revocations", {"id": "stolen"}, bearer=ADMIN)[0] == 200, "... an administrator revokes it ...")
        status, answer, _ = rest("GET", "/v1/conversations", bearer=stolen)
        check((status, answer["code"]) == (401, "revoked"), "... and it is refused from then on")
        check(rest("GET", "/v1/conversations")[0] == 200, "others of the same user are not")
        check(rest("POST", "/v1/admin/revocations", {"user": "ann", "issued_until": int(time.time()) + 60}, bearer=ADMIN)[0] == 200, "all of a user's tokens up to a moment")
        check(rest("GET", "/v1/conversations")[1]["code"] == "revoked", "are refused as well")
        check(rest("GET", "/v1/conversations", user="bob")[0] == 200, "and nobody else's")
        check(rest("POST", "/v1/admin/revocations", {"id": "x"})[0] == 401, "a user's token is no administrator's")
