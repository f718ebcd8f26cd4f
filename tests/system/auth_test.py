#!/usr/bin/env python3
"""Tokens with a stranger at the other end: Debian's PyJWT signs what our server takes, and reads what `hubbub token` signs."""
import asyncio
import base64
import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from hubbub import DEBIAN_PYTHON, PROGRAM, ROOT, Server, check, run, scenario

try:
    import jwt
    import websockets
except ImportError:
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv]) if sys.executable != DEBIAN_PYTHON else sys.exit("needs Debian's python3-jwt")

SECRET = "a secret that nobody guesses, 32 bytes and more"
AUDIENCE, ISSUER = "chat", "https://example.org"


async def close_code(url, token):
    """What becomes of a hello with this token: None when it is welcome, else the close code."""
    async with websockets.connect(url, subprotocols=["hubbub.v1.json"]) as socket:
        await socket.send(json.dumps({"t": "hello", "user": "ann", "device": "d", "token": token}))
        try:
            while True:
                message = json.loads(await asyncio.wait_for(socket.recv(), 20))
                if message["t"] == "welcome":
                    return None
        except websockets.ConnectionClosed:
            return socket.close_code


def hello(url, token):
    return asyncio.run(close_code(url, token))


def claims(**changes):
    now = int(time.time())
    full = {"sub": "ann", "iat": now, "exp": now + 600, "aud": AUDIENCE, "iss": ISSUER, **changes}
    return {name: value for name, value in full.items() if value is not None}


def signed_by_hand(header, key):
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")
    text = part(json.dumps(header).encode()) + b"." + part(json.dumps(claims()).encode())
    return (text + b"." + part(hmac.new(key, text, hashlib.sha256).digest())).decode()


def make_keys(folder):
    """algorithm -> (what signs, `--auth` of the server, `--key` of hubbub token, what verifies)"""
    keys = {"HS256": (SECRET, "h:HS256:env=HUBBUB_TEST_SECRET", "h:HS256:env=HUBBUB_TEST_SECRET", SECRET)}
    for algorithm, how in (("RS256", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
                           ("ES256", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])):
        private, public = folder / f"{algorithm}.pem", folder / f"{algorithm}.pub"
        subprocess.run(["openssl", "genpkey", *how, "-out", str(private)], check=True, capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", str(private), "-pubout", "-out", str(public)], check=True, capture_output=True)
        name = algorithm[0].lower()
        keys[algorithm] = (private.read_text(), f"{name}:{algorithm}:file={public}", f"{name}:{algorithm}:file={private}", public.read_text())
    return keys


with tempfile.TemporaryDirectory() as folder:
    os.environ["HUBBUB_TEST_SECRET"] = SECRET
    keys = make_keys(pathlib.Path(folder))
    asked = ",".join(auth for _, auth, _, _ in keys.values())
    with Server("--shards", "2", "--auth", asked, "--auth-audience", AUDIENCE, "--auth-issuer", ISSUER) as server:
        for algorithm, (private, _, own, public) in keys.items():
            kid = {"kid": algorithm[0].lower()}
            check(hello(server.url, jwt.encode(claims(), private, algorithm, headers=kid)) is None, f"{algorithm}: PyJWT's token is taken")
            wrongs = {"expired": claims(exp=int(time.time()) - 60), "another's": claims(sub="bob"), "of nobody": claims(sub=None),
                      "for another audience": claims(aud="mail"), "of another issuer": claims(iss="https://example.com"),
                      "not yet valid": claims(nbf=int(time.time()) + 600), "without an end": claims(exp=None)}
            for what, wrong in wrongs.items():
                check(hello(server.url, jwt.encode(wrong, private, algorithm, headers=kid)) is not None, f"{algorithm}: one {what} is not")
            ours = subprocess.run([PROGRAM, "token", "--user", "ann", "--key", own, "--audience", AUDIENCE, "--issuer", ISSUER],
                                  capture_output=True, text=True, check=True).stdout.strip()
            read = jwt.decode(ours, public, [algorithm], audience=AUDIENCE, issuer=ISSUER)
            check(read["sub"] == "ann", f"{algorithm}: PyJWT reads what `hubbub token` signs")
            check(hello(server.url, ours) is None, f"{algorithm}: and the server takes it")
        none = jwt.encode(claims(), None, "none", headers={"kid": "h"})
        check(hello(server.url, none) == 3501, "a token without a signature is refused for good")
        # The public key is no secret: whoever signs with it as if it were one must not get in (PyJWT refuses to help).
        confused = signed_by_hand({"alg": "HS256", "typ": "JWT", "kid": "r"}, keys["RS256"][3].encode())
        trusted = signed_by_hand({"alg": "HS256", "typ": "JWT", "kid": "h"}, SECRET.encode())
        check(hello(server.url, trusted) is None, "what is signed by hand with the secret is taken: the next refusal is about the key")
        check(hello(server.url, confused) == 3501, "a key serves its own algorithm only")
        check(hello(server.url, "") == 3501, "no token, no session")

    with Server("--shards", "1", "--auth", "HS256:env=HUBBUB_TEST_SECRET") as server:
        file = scenario(f"""
version: 1
name: with tokens
target: {{endpoints: ["{server.url}"], auth: {{jwt: {{secret: "${{HUBBUB_TEST_SECRET}}"}}}}}}
population: {{users: 30}}
topology:
  - {{class: direct, count: 20}}
behaviors:
  chatter: {{send: {{to: {{direct: 100%}}}}}}
load:
  - {{phase: connect, ramp: 100/s, until: population, max_duration: 20s}}
  - {{phase: steady, for: 1s, messages: 50/s}}
  - {{phase: drain, settle: 2s}}
""")
        done, result = run(file)
        said = done.stdout + done.stderr + json.dumps(result)
        check(done.returncode == 0 and result["totals"]["delivered"] > 0, f"a run whose users have tokens passes\n{done.stdout}{done.stderr}")
        check(SECRET not in said, "and says the secret nowhere")
        os.unlink(file)
