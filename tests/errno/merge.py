#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Puts recordings of one script into one: merge.py 6.1=FILE 6.12=FILE > OUT."""
import sys


def main(arguments):
    names = [a.split("=", 1)[0] for a in arguments]
    recordings = [open(a.split("=", 1)[1]).read().splitlines() for a in arguments]
    if len({len(r) for r in recordings}) != 1:
        sys.exit("merge.py: the recordings differ in length")
    for lines in zip(*recordings):
        call = lines[0].split(" =", 1)[0]
        if any(line.split(" =", 1)[0] != call for line in lines):
            sys.exit("merge.py: the recordings are not of one script: " + call)
        if len(set(lines)) == 1:
            print(lines[0])
        else:
            results = [line.split(" =", 1)[1].strip() for line in lines]
            print(call + " = " + " ".join(f"{n}:{r}" for n, r in zip(names, results)))


main(sys.argv[1:])
