"""A tiny chat server on Debian's python3-websockets that breaks RFC 6455 in one chosen way after the hello.

Usage: buggy_server.py FAULT; prints its port. The library frames correctly, so the wrong bytes are written past it.
"""
import asyncio
import json
import sys

import websockets

FAULTS = {
    "masked": b"\x81\x85\x01\x02\x03\x04" + bytes(c ^ m for c, m in zip(b"hello", b"\x01\x02\x03\x04\x01")),
    "reserved_bits": b"\xc1\x05hello",
    "reserved_opcode": b"\x83\x05hello",
    "fragmented_ping": b"\x09\x05hello",
    "long_ping": b"\x89\x7e\x00\x7e" + b"x" * 126,
    "bad_utf8": b"\x81\x02\xc3\x28",
    "long_form_length": b"\x81\x7e\x00\x05hello",
    "orphan_continuation": b"\x80\x05hello",
    "huge": b"\x81\x7f\x00\x00\x00\x7f\xff\xff\xff\xff",
    "bad_close_code": b"\x88\x02\x03\xed",  # 1005 must never be on the wire
    "not_json": None,
}


async def serve(socket):
    assert json.loads(await socket.recv())["t"] == "hello"
    await socket.send(json.dumps({"t": "welcome", "server": "buggy", "beat": 5000, "ttl": 15000, "in_flight": 16}))
    if FAULTS[sys.argv[1]] is None:
        await socket.send("this is not JSON")
    else:
        socket.transport.write(FAULTS[sys.argv[1]])
    await socket.wait_closed()


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0, subprotocols=["hubbub.v1.json"]) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
