#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Real kernels, the lines recorded of them, and the library. scripts/conformance starts this.

usage: run.py PROGRAM --live [KERNEL [SHAPE]]
       run.py PROGRAM --record [KERNEL [SHAPE]]
       run.py PROGRAM --try KERNEL SHAPE [THEME | THEME/CASE]...
       run.py PROGRAM --docs
       run.py PROGRAM --list

  --live    boots them; each must print the lines recorded of it. TAP, with a skipped test for a
            kernel that cannot be had here; 77 if all are skipped
  --record  boots them twice and writes down what they print; both times must agree
  --try     boots one and shows how the library differs from it; `-` lines are the kernel's
  --docs    writes docs/conformance.md from what is recorded and the library
  --list    prints kernels and machines (shapes), a pair a line
"""
import difflib
import os
import sys

sys.dont_write_bytecode = True
import boot
import compare
import document
import judge
import shapes


def combinations(names):
    """(kernel, shape) of those named, all by default."""
    kernels = names[:1] or judge.KERNELS
    return [(k, s) for k in kernels for s in names[1:2] or shapes.SHAPES]


def first_difference(before, after):
    for number, (a, b) in enumerate(zip(before.splitlines(), after.splitlines()), 1):
        if a != b:
            return f'line {number}:\n# recorded {a}\n# kernel   {b}'
    return 'one has more lines'


def live(names):
    bad = skipped = 0
    pairs = combinations(names)
    print(f'1..{len(pairs)}', flush=True)
    for number, (kernel, shape) in enumerate(pairs, 1):
        name, problem = f'{number} - {kernel} on {shape}', ''
        try:
            lines = boot.boot(kernel, shape)
            with open(judge.golden_path(kernel, shape), encoding='utf-8') as file:
                recorded = file.read()
            if lines != recorded:
                problem = first_difference(recorded, lines)
        except boot.Missing as e:
            skipped += 1
            name += f' # SKIP {e}'
        except boot.Broken as e:
            problem = str(e)
        bad += bool(problem)
        print(f'{"not ok" if problem else "ok"} {name}', flush=True)
        for line in problem.splitlines():
            print(f'# {line.removeprefix("# ")}')
    return 1 if bad else boot.MISSING if skipped == len(pairs) else 0


def record(names):
    for kernel, shape in combinations(names):
        first, second = boot.boot(kernel, shape), boot.boot(kernel, shape)
        if first != second:
            raise boot.Broken(f'{kernel} on {shape}: two runs differ, '
                              f'{first_difference(first, second)}')
        path = judge.golden_path(kernel, shape)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(first)
        print(f'{path}: {len(first.splitlines())} lines', flush=True)
    return 0


def joined(cases):
    for case, steps in cases.items():
        yield f'== {case}'
        for step, lines in steps.items():
            if step:
                yield f'-- {step}'
            yield from lines


def attempt(program, kernel, shape, wanted):
    text = boot.boot(kernel, shape, wanted)
    real = list(joined(judge.sections(text, kernel)))
    ours = list(joined(compare.library(program, kernel, shape, wanted)))
    delta = list(difflib.unified_diff(real, ours, kernel, 'library', n=1, lineterm=''))
    print('\n'.join(delta) or f'{len(real)} lines, no difference')
    return 1 if delta else 0


def main():
    words = sys.argv[1:]
    if words[1:] == ['--list']:
        print('\n'.join(' '.join(pair) for pair in combinations([])))
        return 0
    if words[1:2] == ['--live'] and len(words) <= 4:
        return live(words[2:])
    if words[1:2] == ['--record'] and len(words) <= 4:
        return record(words[2:])
    if words[1:2] == ['--try'] and len(words) >= 4:
        return attempt(words[0], words[2], words[3], words[4:])
    if words[1:] == ['--docs']:
        return document.write(words[0])
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == '__main__':
    try:
        sys.exit(main())
    except (boot.Missing, boot.Broken, judge.Malformed, KeyError, OSError) as e:
        print(f'conformance: {e}', file=sys.stderr)
        sys.exit(boot.MISSING if isinstance(e, boot.Missing) else 1)
