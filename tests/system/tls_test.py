#!/usr/bin/env python3
"""TLS with strangers at the other end: their clients against our server, our generator against Node's TLS."""
import os
import pathlib
import subprocess
import tempfile

from hubbub import DEBIAN_PYTHON, PROGRAM, ROOT, Server, check

STRANGERS = ROOT / "tests/system/strangers"
CLIENTS = {
    "npm's ws": ["node", str(STRANGERS / "ws_client.js")],
    "Debian's python3-websockets": [DEBIAN_PYTHON, str(STRANGERS / "websockets_client.py")],
}
SMOKE = str(ROOT / "scenarios/smoke.yaml")


def generate(url, *options):
    return subprocess.run([PROGRAM, "run", SMOKE, "--url", url, "--quiet", *options], capture_output=True, text=True, timeout=120)


with tempfile.TemporaryDirectory() as folder:
    certificate, key = (str(pathlib.Path(folder) / name) for name in ("certificate.pem", "key.pem"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                    "/CN=hubbub test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    trusting = {**os.environ, "NODE_PATH": "/usr/share/nodejs", "NODE_EXTRA_CA_CERTS": certificate, "SSL_CERT_FILE": certificate}

    with Server("--shards", "2", "--tls-certificate", certificate, "--tls-key", key) as server:
        url = server.url.replace("ws://", "wss://")
        for name, command in CLIENTS.items():
            done = subprocess.run([*command, url], capture_output=True, text=True, timeout=60, env=trusting)
            check(done.returncode == 0 and "conversation held" in done.stdout, f"{name} holds a conversation over TLS\n{done.stdout}{done.stderr}")
        plain = generate(server.url)
        check(plain.returncode == 3, f"a generator without TLS does not reach a server with it\n{plain.stdout}{plain.stderr}")

    with Server("--shards", "2") as server:
        front = subprocess.Popen(["node", str(STRANGERS / "tls_front.js"), certificate, key, str(server.port)], stdout=subprocess.PIPE, text=True)
        try:
            url = f"wss://127.0.0.1:{front.stdout.readline().strip()}/chat"
            done = generate(url, "--set", f"target.tls.authorities={certificate}")
            check(done.returncode == 0, f"a run through Node's TLS passes\n{done.stdout}{done.stderr}")
            done = generate(url)
            said = done.stdout + done.stderr
            check(done.returncode == 3 and "TLS: certificate not trusted" in said, f"a certificate that nobody signed is refused by name\n{said}")
        finally:
            front.kill()
            front.wait()
