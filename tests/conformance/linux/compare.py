#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Compares what the library prints for the cases with what a real kernel printed when it was recorded;
TAP, a test for each case. Exit 0 if all agree, or differ as deviations.txt says.

usage: compare.py PROGRAM KERNEL SHAPE      PROGRAM is the built conformance-model
"""
import subprocess
import sys

sys.dont_write_bytecode = True
import judge
import shapes


def library(program, kernel, shape, wanted=()):
    """What the library prints; Malformed if the program breaks."""
    done = subprocess.run([program, kernel, shape, shapes.topology(shape), *wanted],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        last = done.stdout.splitlines()[-1:] or ['nothing']
        raise judge.Malformed(f'the library\'s run ended with {done.returncode}: '
                              f'{done.stderr.strip()}; its last line: {last[0]}')
    return judge.sections(done.stdout, program)


def print_tap(results):
    bad = number = 0
    for number, (case, problems, lines) in enumerate(results, 1):
        bad += bool(problems)
        print(f'{"not ok" if problems else "ok"} {number} - {case}, {lines} lines')
        for line in '\n'.join(problems).splitlines():
            print(f'# {line}')
    print(f'1..{number}')
    return bad


def main():
    if len(sys.argv) != 4:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    program, kernel, shape = sys.argv[1:]
    try:
        want = judge.golden(kernel, shape)
        results = list(judge.verdicts(want, library(program, kernel, shape),
                                      judge.known_steps(kernel, shape, want)))
        if judge.unknown_cases():
            raise judge.Malformed(f'deviations.txt names {judge.unknown_cases()[0]}, which no '
                                  'kernel was recorded with')
    except (judge.Malformed, OSError) as e:
        print(f'Bail out! {e}')
        return 1
    return 1 if print_tap(results) else 0


if __name__ == '__main__':
    sys.exit(main())
