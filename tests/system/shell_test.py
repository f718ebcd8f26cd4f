#!/usr/bin/env python3
"""Editing help: completions, man page and --help know the same commands and options; every command has examples; init writes a scenario that runs; every scenario names its schema."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from hubbub import PROGRAM, ROOT, check


def hubbub(*arguments, status=0, **more):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120, **more)
    assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def commands_in(text):
    return re.findall(r"^  (\w+) +\S", text.split("Subcommands:")[1].split("\n\n")[0], re.M)


# What --help says, command by command.
helps = {}
for name in commands_in(hubbub("--help")):
    text = hubbub(name, "--help")
    helps.update({f"{name} {nested}": hubbub(name, nested, "--help") for nested in commands_in(text)} if "Subcommands:" in text else {name: text})
options = {name: sorted(set(re.findall(r"^  (?:-\w,)?(--[\w-]+)", text, re.M)) - {"--help"}) for name, text in helps.items()}
check(len(helps) >= 17 and sum(map(len, options.values())) > 80, f"{len(helps)} commands with {sum(map(len, options.values()))} options")
for name, text in helps.items():
    assert re.search(rf"Examples:\n(.*\n)*?.*hubbub {name}", text), f"{name} --help has no example"
check(True, "--help of every command has examples")

page = hubbub("man")
kept = ROOT / "docs/hubbub.1"
if os.environ.get("HUBBUB_REWRITE"):
    kept.write_text(page)
check(kept.read_text() == page, "docs/hubbub.1 is what `hubbub man` prints (HUBBUB_REWRITE=1 writes it)")
plain = page.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "").replace("\\fI", "")
parts = {part.split("\n")[0]: part for part in plain.split(".SS hubbub ")[1:]}
check(set(parts) == set(helps), "the man page has a part for every command")
for name, wanted in options.items():
    found = sorted(set(re.findall(r"^\.TP\n(?:-\w, )?(--[\w-]+)", parts[name], re.M)))
    assert found == wanted, f"man page of {name}: {set(found) ^ set(wanted)}"
check(True, "with exactly its options")
if shutil.which("groff"):
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8"], input=page, capture_output=True, text=True)
    check(done.returncode == 0 and not done.stderr, f"groff has nothing to say against it {done.stderr[:300]}")


def bash(*words):
    """What bash offers for the last word."""
    line = " ".join(f"'{word}'" for word in words)
    script = f"source <({PROGRAM} completion bash); COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _hubbub; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert not done.stderr, done.stderr
    return sorted(done.stdout.split())


check(bash("hubbub", "") == sorted([*commands_in(hubbub("--help")), "--help", "--version"]), "bash offers every command")
for name, wanted in options.items():
    assert bash("hubbub", *name.split(), "-") == sorted([*wanted, "--help"]), name
check(True, "and after each command exactly its options")
for words, expected in ((("hubbub", "re"), ["repeat", "report", "restore"]), (("hubbub", "run", "scenarios/demo.yaml", "--se"), ["--seed", "--set"]), (("hubbub", "serve", "--durability", "wal"), ["wal", "wal-sync"]),
                        (("hubbub", "config", ""), ["--help", "explain", "keys"]), (("hubbub", "run", "scenarios/smo"), ["scenarios/smoke.yaml"]), (("hubbub", "serve", "--config", "CMake"), ["CMakeLists.txt", "CMakePresets.json"])):
    check(bash(*words) == expected, f"bash completes {' '.join(words)}: {expected}")
if shutil.which("zsh"):
    zsh = hubbub("completion", "zsh")
    script = 'autoload -U compinit; compinit -u -D; source =(cat); print -r -- "completed by ${_comps[hubbub]}"'
    done = subprocess.run(["zsh", "-f", "-c", script], input=zsh, capture_output=True, text=True, timeout=60)
    check("completed by _hubbub" in done.stdout and not done.stderr, f"zsh takes its completions {done.stderr}")
    cases = {part.split("'")[1]: part for part in re.findall(r"^        '[\w ]+'\)\n(?:.*\n)*?            ;;", zsh, re.M)}
    for name, wanted in options.items():
        found = sorted(set(re.findall(r"^ +'\*(--[\w-]+)\[", cases[name], re.M)))
        assert found == wanted, f"zsh {name}: {set(found) ^ set(wanted)}"
    check(True, "with exactly the options of every command")
hubbub("completion", "fish", status=2)

with tempfile.TemporaryDirectory() as folder:
    said = hubbub("init", cwd=folder)
    check("hubbub run scenario.yaml" in said and sorted(os.listdir(folder)) == ["scenario.schema.json", "scenario.yaml"], "init writes a scenario, and the schema that it names")
    text = pathlib.Path(folder, "scenario.yaml").read_text()
    check(text.count("#") > 15 and pathlib.Path(folder, "scenario.schema.json").read_text() == hubbub("schema"), "with comments")
    hubbub("validate", "scenario.yaml", cwd=folder)
    hubbub("run", "scenario.yaml", "--quiet", "--set", "load.steady.for=1s", "--set", "expect.slo=[delivery.p99 < 60s]", cwd=folder)
    check(True, "it is valid, and runs")
    for line in re.findall(r"^  # (endpoints|adapter|mapping|auth)(: .*)$", text, re.M):
        assert line[0] in hubbub("schema"), line
    check("scenario.yaml exists already" in hubbub("init", cwd=folder, status=2), "it does not write over what is there")
    hubbub("init", "--force", cwd=folder)
    check("cannot write" in hubbub("init", "no/such/folder.yaml", cwd=folder, status=2), "and says what it cannot write")

scenarios = sorted((ROOT / "scenarios").rglob("*.yaml"))
without = [str(path.relative_to(ROOT)) for path in scenarios if not re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text()) and re.search(r"^(version|extends):", path.read_text(), re.M)]
check(len(scenarios) > 10 and not without, f"each of {len(scenarios)} scenarios names its schema {without}")
