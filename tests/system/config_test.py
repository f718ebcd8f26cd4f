#!/usr/bin/env python3
"""Settings of `hubbub serve` by file, environment and flags: precedence, refusals with their places, and the documentation."""
import os
import re
import subprocess
import tempfile
import urllib.request

from hubbub import PROGRAM, ROOT, Server, check, free_port, scenario

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_SERVE_")}


def hubbub(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=30, env={**CLEAN, **environment})


def explain(*arguments, **environment):
    """key -> (value, where it came from)"""
    done = hubbub("config", "explain", *arguments, **environment)
    assert done.returncode == 0, done.stderr
    return {key: (value, source) for key, value, source in (re.split(r"  +", line, maxsplit=2) for line in done.stdout.splitlines())}


def refused(text, *arguments, **environment):
    """The errors about a file of this text, its path replaced by FILE."""
    with open(path, "w") as file:
        file.write(text)
    done = hubbub("config", "explain", "--config", path, *arguments, **environment)
    assert done.returncode == 2 and not done.stdout, f"{done.returncode}: {done.stdout}"
    return done.stderr.replace(path, "FILE").removeprefix("hubbub: ")


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "hubbub.yaml")
    check(set(source for _, source in explain().values()) == {"default"}, "without anything all settings are defaults")

    with open(path, "w") as file:
        file.write("# a server\nshards: 3\ndurability: wal\ndrain_spread: 20s\n")
    said = explain("--config", path, "--shards", "5", HUBBUB_SERVE_SHARDS="4", HUBBUB_SERVE_DURABILITY="memory")
    check(said["shards"] == ("5", "flag --shards"), "a flag goes before the environment and the file")
    check(said["durability"] == ("memory", "environment HUBBUB_SERVE_DURABILITY"), "the environment goes before the file")
    check(said["drain_spread"] == ("20s", f"file {path}:4:15"), "the file goes before the default, and its line and column are named")
    check(said["drain_deadline"] == ("8s", "default"), "what nobody set is the default")
    check(explain(HUBBUB_SERVE_CONFIG=path)["shards"] == ("3", f"file {path}:2:9"), "the file may be named by the environment")

    check(refused("shards: 2\nshardz: 3\n") == "FILE:2:1: unknown key 'shardz' (did you mean 'shards'?)\n", "an unknown key is refused by place")
    check(refused("shards: 2\nshards: 3\n") == "FILE:2:1: the key 'shards' stands here a second time (first in line 1)\n", "a key twice is refused")
    check(refused("durability: wal-sink\n") == "FILE:1:13: durability is one of none|memory|wal|wal-sync, not 'wal-sink' (did you mean 'wal-sync'?)\n",
          "a word that is none of the choices is refused with the nearest")
    check(refused("drain_deadline: soon\nlisten: nowhere\n") ==
          "FILE:1:17: drain_deadline is a duration such as 500ms, 30s or 5m, not 'soon'\n"
          "FILE:2:9: listen is an address such as 127.0.0.1:8080, not 'nowhere'\n", "all that is wrong is said at once")
    check(refused("shards: [1, 2]\n") == "FILE:1:9: shards is one value, not a list, a map or nothing\n", "a list is no value")
    check(refused("- shards\n") == "FILE:1:1: a configuration is a map of keys (docs/OPERATIONS.md)\n", "a file that is a list is refused")
    check("not YAML" in refused("shards: [1\n"), "what is not YAML is refused")
    check(refused("shards: 2\n", HUBBUB_SERVE_SHARD="1") ==
          "environment HUBBUB_SERVE_SHARD: unknown key 'shard' (did you mean 'shards'?)\n", "an unknown variable is refused")
    check(refused("shards: 2\n", "--shards", "many") == "--shards: shards is a whole number such as 500 or 50k, not 'many'\n", "a bad flag is refused")
    missing = hubbub("serve", "--config", os.path.join(folder, "nowhere.yaml"))
    check(missing.returncode == 2 and "nowhere.yaml: cannot be read" in missing.stderr, "a file that is not there is refused")
    check(hubbub("serve", "--shardz", "2").returncode == 2, "an unknown flag is refused")

    def unserved(*arguments):
        """What `serve` says before it opens anything."""
        done = hubbub("serve", "--listen", "127.0.0.1:0", "--api", f"127.0.0.1:{free_port()}", *arguments, SECRET="0123456789abcdef" * 4)
        assert done.returncode == 2, f"{done.returncode}: {done.stderr}"
        return done.stderr

    check("admin_token needs 16 bytes" in unserved("--admin-token", "short"), "an administrator's token that can be guessed is refused")

    def started_with(setting):
        """What a scenario's loader says of a setting of the embedded server."""
        done = hubbub("validate", str(ROOT / "scenarios/rate-limit.yaml"), "--set", f"target.start.settings.{setting}")
        assert done.returncode in (0, 2), f"{done.returncode}: {done.stderr}"
        return done.stderr

    check("unknown setting 'limit_usr' (did you mean 'limit_user'?)" in started_with("limit_usr=5/s"), "a scenario's unknown setting is refused")
    check("expected a rate such as 20/s" in started_with("limit_user=5"), "and a value that is none")
    check("'shards' is set by target.start.shards" in started_with("shards=2"), "and one that another key sets")
    check("no place for secrets" in started_with("admin_token=0123456789abcdef"), "and a secret")
    check(started_with("slow_reader=shed") == "", "what serve knows is taken")
    done = hubbub("sim", str(ROOT / "scenarios/telemedicine.yaml"))
    check(done.returncode == 2 and "in virtual time has no 'audit_log'" in done.stderr, "and in virtual time what it does not play is refused, not ignored")

    metrics = free_port()
    with open(path, "w") as file:
        file.write(f"shards: 3\nmetrics: 127.0.0.1:{metrics}\n")
    with Server("--config", path):
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10) as answer:
            shards = set(re.findall(r'hubbub_server_connections{shard="(\d)"}', answer.read().decode()))
        check(shards == {"0", "1", "2"}, "the server does what the file says")

embedded = scenario("""
version: 1
name: an embedded server
seed: 1
target: {start: {server: embedded, durability: wal}}
population: {users: 4}
topology: [{class: direct, count: 2}]
behaviors: {chatter: {send: {to: {direct: 100%}, bytes: 100}}}
load:
  - {phase: connect, ramp: 100/s, until: population, max_duration: 20s}
  - {phase: steady, for: 500ms, messages: 20/s, arrivals: poisson}
  - {phase: drain, settle: 1s, max_duration: 20s}
expect: {delivery: effectively_once}
""")
done = hubbub("run", embedded, "--quiet", HUBBUB_SERVE_SHARD="not a setting at all")
os.unlink(embedded)
check(done.returncode == 0, f"the embedded server of a run hears of no HUBBUB_SERVE_ variable\n{done.stderr}")

table = hubbub("config", "keys").stdout
check(table.count("\n") > 5 and table in (ROOT / "docs/OPERATIONS.md").read_text(), "docs/OPERATIONS.md holds the table of `hubbub config keys`")
