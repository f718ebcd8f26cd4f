#!/usr/bin/env python3
"""Runs benchmarks in turn, several times over, and prints the median of each figure.

    bench/median.py TIMES COMMAND... [::: COMMAND...]...

Turns are interleaved, so that what disturbs the machine for a while disturbs all alike. Where a figure of `hubbub` has a
peer of the same name (fanout_..._hubbub, fanout_..._nats), the peer's line ends with how many times better hubbub is.
"""
import statistics
import subprocess
import sys

from support import print_figure

HIGHER_IS_BETTER = {"deliveries/s"}


def commands_of(arguments):
    commands = [[]]
    for argument in arguments:
        if argument == ":::":
            commands.append([])
        else:
            commands[-1].append(argument)
    return commands


def figures_of(command):
    """(name, value, unit) of each line that a benchmark prints; a benchmark that fails gives none."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        print(f"# {' '.join(command)}: exit status {done.returncode}", flush=True)
    for line in done.stdout.splitlines():
        fields = line.split()
        if len(fields) >= 3:
            yield fields[0], float(fields[1]), fields[2]


def ours(name, figures):
    """The figure of hubbub that this one of a peer is to be compared with."""
    parts = name.split("_")
    for i, part in enumerate(parts):
        ours_name = "_".join([*parts[:i], "hubbub", *parts[i + 1:]])
        if part != "hubbub" and ours_name in figures:
            return figures[ours_name]
    return None


def main():
    times, commands = int(sys.argv[1]), commands_of(sys.argv[2:])
    figures = {}
    for _ in range(times):
        for command in commands:
            for name, value, unit in figures_of(command):
                figures.setdefault(name, (unit, []))[1].append(value)
    for name, (unit, values) in figures.items():
        value, ratio, mine = statistics.median(values), "-", ours(name, figures)
        if mine and value > 0:
            own = statistics.median(mine[1])
            better = own / value if unit in HIGHER_IS_BETTER else value / own
            ratio = f"{better:.2f}"
        print_figure(name, value, unit, ratio)


main()
