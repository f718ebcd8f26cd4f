#!/usr/bin/env python3
"""Users and conversations that are there already: written by one run, reused by the next ones on the same server, whose logs then hold
messages that these runs never sent. A right server passes all the same; a wrong one is caught all the same."""
import json
import pathlib
import subprocess
import tempfile

from hubbub import PROGRAM, check

folder = pathlib.Path(tempfile.mkdtemp(prefix="hubbub-reuse-"))
files = folder / "files"
LOAD = """
behaviors:
  chatter:
    share: 100%
    send: {to: {direct: 50%, group: 50%}}
    reply: {probability: 20%, delay: 50ms}
    edit: {probability: 20%, delay: 50ms}
    react: {probability: 30%, delay: 50ms}
    read: {delay: 100ms}
    typing: {before_send: 200ms}
    history: {on_open: 50, page: 50}
    presence: {watch: 5}
load:
  - {phase: connect, ramp: 500/s, until: population}
  - {phase: steady, for: 2s, messages: 60/s}
  - {phase: drain, settle: 5s}
expect: {delivery: effectively_once, order: causal}
"""
WHO = """
population: {users: 24, devices_per_user: {1: 0.7, 2: 0.3}}
topology:
  - {class: direct, count: 15}
  - {class: group, count: 5, size: {min: 3, max: 9}}
"""


def scenario(name, setup, who="", seed=1, sabotage="", behaviors=LOAD):
    path = folder / name
    start = f"    data: {folder}/data\n    durability: wal\n    shards: 2\n" + (f"    sabotage: '{sabotage}'\n" if sabotage else "")
    path.write_text(f"version: 1\nseed: {seed}\ntarget:\n  start:\n    server: embedded\n{start}  setup: {setup}\n{who}{behaviors}")
    return path


def run(path, *arguments):
    done = subprocess.run([PROGRAM, "run", str(path), "--quiet", "--json", *arguments], capture_output=True, text=True, timeout=120, cwd=folder)
    return done.returncode, json.loads(done.stdout) if done.stdout.startswith("{") else {}, done.stderr


def counts(result):
    return {k: v for k, v in result.get("violations", {}).items() if v}


REUSE = "{conversations: reuse, users: files/users.csv, members: files/conversations.csv}"
code, first, error = run(scenario("create.yaml", "{conversations: create}", WHO), "--write-setup", str(files))
check(code == 0, f"a run that creates passes ({code}) {counts(first)} {error}")
users = (files / "users.csv").read_text().splitlines()
conversations = (files / "conversations.csv").read_text().splitlines()
check(users[0] == "user" and len(users) == 25 and users[1] == "u0", "and writes its users down")
check(conversations[0] == "id,class,members" and len(conversations) == 21, "and its conversations")

# The same seed: without names of its own for its devices a run would take the numbers of the sends of the run before.
for seed, more in ((1, ()), (2, ("--workers", "2", "--processes", "2"))):
    code, again, error = run(scenario("reuse.yaml", REUSE, seed=seed), *more)
    check(code == 0, f"a run that reuses passes ({code}, seed {seed}) {counts(again)} {error}")
    totals = again.get("totals", {})
    check(totals.get("sent", 0) > 100 and totals["delivered"] == totals["expected"], f"and everything arrives: {totals}")
    check("history" not in again["not_checked"] and totals["unverified"] == 0, "and its history is read")
code, same, _ = run(scenario("both.yaml", REUSE, WHO))
check(code == 0, f"what it says of users and topology may agree with the files ({code})")

for kind, counter in (("lose_for_one:0.1", "lost"), ("phantom:0.1", "phantom"), ("history_skip:0.1", "history"), ("duplicate_entry:0.1", "duplicate")):
    code, wrong, _ = run(scenario("wrong.yaml", REUSE, seed=3, sabotage=kind))
    check(code == 4 and counter in counts(wrong), f"{kind} is caught on logs that hold more ({code}) {counts(wrong)}")


def refused(says, expected=2, **change):
    for name, text in change.items():
        (files / f"{name}.csv").write_text(text)
    code, _, error = run(scenario("reuse.yaml", change.get("setup", REUSE), change.get("who", "")))
    check(code == expected and says in error, f"refuses: {says} ({code}) {error.strip()}")
    (files / "users.csv").write_text("\n".join(users) + "\n")
    (files / "conversations.csv").write_text("\n".join(conversations) + "\n")


HEAD = "id,class,members\n"
ID = conversations[1].split(",")[0]
refused("files/users.csv:1:1: expected the header", users="name\nann\n")
refused("files/users.csv:3:1: user 'u0' stands in line 2 already", users="user\nu0\nu0\n")
refused("files/conversations.csv:2:1: expected a conversation's id", conversations=HEAD + "xyz,group,u0\n")
refused("files/conversations.csv:2:24: expected direct, group or channel", conversations=HEAD + f"{ID},crowd,u0\n")
refused("files/conversations.csv:2:30: user 'zoe' is not in the file", conversations=HEAD + f"{ID},group,zoe\n")
refused("a direct conversation has 2 members", conversations=HEAD + f"{ID},direct,u0\n")
refused("stands in line 2 already", conversations=HEAD + f"{ID},group,u0\n{ID},group,u0\n")
refused("but the reused file lists 15", who="topology:\n  - {class: direct, count: 14}\n  - {class: group, count: 5, size: {min: 3, max: 9}}\n")
refused("but the reused file lists 24", who="population: {users: 23}\n")
refused("cannot be opened", setup="{conversations: reuse, users: files/none.csv, members: files/conversations.csv}")
refused("only `conversations: reuse` reads it", setup="{conversations: create, users: files/users.csv}", who=WHO)

# What the files say must be what the target says: or a right server would be accused of what nobody asked it for.
group = next(line for line in conversations if ",group," in line)
rest = [line for line in conversations if line != group]
code, _, _ = run(scenario("reuse.yaml", REUSE))
for changed, says in ((group.rsplit(",", 1)[0], "that the file does not list"),
                      (group + "," + next(u for u in reversed(users[1:]) if u not in group.split(",")), "members, the target has"),
                      (group.replace(group.split(",")[0], "AAAAAAAAAAAAAAAAAAAAAQ"), "does not let")):
    (files / "conversations.csv").write_text("\n".join(rest + [changed]) + "\n")
    code, result, error = run(scenario("reuse.yaml", REUSE))
    told = json.dumps(result.get("connection_errors", {}))
    check(code == 3 and says in told, f"notices that files and target differ: {says} ({code}) {told}")
(files / "conversations.csv").write_text("\n".join(conversations) + "\n")

# A command before the setup.
code, _, error = run(scenario("command.yaml", "{conversations: create, command: 'test -n \"$HUBBUB_URL\" && echo done > prepared'}", WHO))
check(code == 0 and (folder / "prepared").read_text() == "done\n", f"a command prepares the target ({code}) {error}")
code, _, error = run(scenario("command.yaml", "{conversations: create, command: 'exit 7'}", WHO))
check(code == 3 and "ended with exit code 7" in error, f"and must succeed ({code}) {error}")
done = subprocess.run([PROGRAM, "sim", str(scenario("reuse.yaml", REUSE))], capture_output=True, text=True)
check(done.returncode == 2 and "reuse" in done.stderr, "virtual time refuses it by name")
