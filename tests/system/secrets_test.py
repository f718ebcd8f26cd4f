#!/usr/bin/env python3
"""Secrets planted wherever one may be written: none of them comes out again, in no log, figure, report, error or explanation."""
import asyncio
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from hubbub import DEBIAN_PYTHON, PROGRAM, Server, check, scenario

try:
    import websockets
except ImportError:
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv]) if sys.executable != DEBIAN_PYTHON else sys.exit("needs Debian's python3-websockets")

PLANTED = {
    "the signing secret": "planted-signing-secret-0123456789abcdef",
    "the secret in a file": "planted-file-secret-0123456789abcdef",
    "the administrators' token": "planted-admin-token-0123456789",
    "a secret written where a key's place belongs": "planted-inline-secret-0123456789",
    "a forged token": "planted.forged.token",
}
SIGNING, IN_FILE, ADMIN, INLINE, FORGED = PLANTED.values()
ENVIRONMENT = {**os.environ, "HUBBUB_TEST_SECRET": SIGNING, "HUBBUB_TEST_SHORT": SIGNING[:20]}


def shapes(secret):
    """The secret as it is, and as it might slip out."""
    raw = secret.encode()
    return [secret, base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("="), raw.hex()]


said = {}


def note(where, text, may_be_silent=False):
    assert text or may_be_silent, f"{where} said nothing: the test looks at the wrong place"
    said[where] = said.get(where, "") + text


def hubbub(where, *arguments, status=None, **environment):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=120, env={**ENVIRONMENT, **environment})
    note(where, done.stdout + done.stderr)
    assert status is None or done.returncode == status, f"{where}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def fetch(where, url, token=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            note(where, f"{answer.status}\n{answer.headers}\n{answer.read().decode()}")
    except urllib.error.HTTPError as error:
        note(where, f"{error.code}\n{error.headers}\n{error.read().decode()}")


async def talk(url, token, bad=False):
    heard = ""
    try:
        async with websockets.connect(url, subprotocols=["hubbub.v1.json"]) as socket:
            await socket.send(json.dumps({"t": "hello", "user": "ann", "device": "d", "token": token}))
            heard += await asyncio.wait_for(socket.recv(), 20)
            for message in ({"t": "token", "id": 1, "token": FORGED}, {"t": "sessions", "id": 2}, {"t": "dance", "with": token}):
                await socket.send(json.dumps(message))
            while True:
                heard += await asyncio.wait_for(socket.recv(), 20)
    except websockets.ConnectionClosed as end:
        heard += f"{end.code} {end.reason}"
    return heard


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    (folder / "key").write_text(IN_FILE + "\n")
    keys = f"HS256:env=HUBBUB_TEST_SECRET,f:HS256:file={folder / 'key'}"
    config = folder / "hubbub.yaml"
    config.write_text(f"auth: {keys}\nshards: 1\naudit_log: {folder / 'audit'}\n")

    # ---- settings: explained, wrong, and somewhere they do not belong
    hubbub("config explain", "config", "explain", "--config", str(config), status=0, HUBBUB_SERVE_ADMIN_TOKEN=ADMIN)
    hubbub("a refused setting", "config", "explain", "--auth", INLINE, "--shards", "many")
    hubbub("a key without a place", "serve", "--auth", f"HS256:{INLINE}")
    hubbub("a key of an unknown kind", "serve", "--auth", f"HS999:env={INLINE}")
    hubbub("a secret that is too short", "serve", "--auth", "HS256:env=HUBBUB_TEST_SHORT")
    hubbub("an unknown variable", "config", "explain", HUBBUB_SERVE_ADMIN_TOKENS=ADMIN)
    hubbub("a token that cannot be signed", "token", "--user", "ann", "--key", f"HS256:{INLINE}")

    # ---- a server that talks to friends and strangers
    os.environ.update(HUBBUB_TEST_SECRET=SIGNING, HUBBUB_SERVE_ADMIN_TOKEN=ADMIN)
    errors = open(folder / "stderr", "w+")
    with Server("--config", str(config), metrics=True, stderr=errors) as server:
        good = subprocess.run([PROGRAM, "token", "--user", "ann", "--key", "HS256:env=HUBBUB_TEST_SECRET"], capture_output=True, text=True, check=True).stdout.strip()
        for token in (good, FORGED, SIGNING, good[:-4] + "AAAA"):
            note("the WebSocket", asyncio.run(talk(server.url, token)))
        PLANTED["a live token"] = good
        fetch("/metrics", f"http://127.0.0.1:{server.metrics_port}/metrics")
        fetch("the chat's own pages", f"http://127.0.0.1:{server.port}/readyz", ADMIN)
        file = scenario(f"""
version: 1
name: secrets
target: {{endpoints: ["{server.url}"], auth: {{jwt: {{secret: "${{HUBBUB_TEST_SECRET}}"}}}}}}
population: {{users: 10}}
topology:
  - {{class: direct, count: 10}}
behaviors:
  chatter: {{send: {{to: {{direct: 100%}}}}}}
load:
  - {{phase: connect, ramp: 100/s, until: population, max_duration: 20s}}
  - {{phase: steady, for: 1s, messages: 20/s}}
  - {{phase: drain, settle: 1s}}
""")
        result = folder / "result.json"
        page = folder / "report.html"
        hubbub("a run", "run", file, "--out", f"json={result}", "--out", f"html={page}", status=0)
        note("its result", result.read_text())
        note("its report", page.read_text())
        hubbub("a comparison", "compare", str(result), str(result), "--out", f"html={page}", status=5)
        note("its page", page.read_text())
        for command in ("validate", "plan"):
            hubbub(command, command, file)
        hubbub("a run with another secret", "run", file, HUBBUB_TEST_SECRET=PLANTED["the secret in a file"] + "-which-it-does-not-know")
        os.unlink(file)
        server.stop()
    errors.seek(0)
    note("the server's log", errors.read(), may_be_silent=True)

    # ---- REST, whose administrators have a token
    errors = open(folder / "stderr2", "w+")
    from hubbub import free_port
    port = free_port()
    with Server("--api", f"127.0.0.1:{port}", "--audit-log", str(folder / "audit2"), "--data", str(folder / "data"), metrics=True, stderr=errors) as server:
        for token in (ADMIN, ADMIN + "x", SIGNING, None):
            for path in ("/v1/admin/counts", "/v1/routes", "/v1/nowhere"):
                fetch("REST", f"http://127.0.0.1:{port}{path}", token)
        fetch("/metrics", f"http://127.0.0.1:{server.metrics_port}/metrics")
        server.stop()
    errors.seek(0)
    note("the log beside REST", errors.read(), may_be_silent=True)
    for name in ("audit", "audit2"):
        if (folder / name).exists() and (folder / name).read_text():
            note("the audit log", (folder / name).read_text())

leaks = [f"{what} in {where}" for where, text in said.items() for what, secret in PLANTED.items() for shape in shapes(secret) if shape in text]
check(not leaks, f"{len(PLANTED)} secrets in {len(said)} places that talk: none says one {leaks}")
