#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Does the comparison notice a wrong answer of the library, and is it shrunk to what it takes?

usage: selftest.py PROGRAM

No kernel is booted: what stands in for it is the library as it is. What is tested is a library that
is wrong on purpose, and one of another release.
"""
import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
import sequences
import shrink

KERNEL = 'debian-6.1.192'
OTHER = 'debian-6.12.117'
WRONG = '0badbad0'
honest = sequences.ask_library
checks, failed = [], []


def check(what, holds):
    print(f'{"ok" if holds else "not ok"} {len(checks) + 1} - {what}')
    if not holds:
        failed.append(what)
    checks.append(what)


def kind(call):
    return call.split()[1]


def wrong_step(calls):
    """The first unmap that comes after a clear-refs, from 0; None."""
    kinds = [kind(c) for c in calls]
    if 'clear-refs' not in kinds:
        return None
    first = kinds.index('clear-refs')
    return kinds.index('unmap', first) if 'unmap' in kinds[first:] else None


def wrong_library(program, kernel, tried, *show):
    """It answers wrongly from that unmap on."""
    found = sequences.results(honest(program, kernel, tried), tried)
    lines = []
    for number, steps in found.items():
        at = wrong_step(tried[number])
        if at is not None:
            steps = steps[:at] + [WRONG] * (len(steps) - at)
        lines.append(f'{number} ' + ' '.join(steps))
    return '\n'.join(lines)


def silently(function, *arguments):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        status = function(*arguments)
    return status, out.getvalue()


def found_and_shrunk(program):
    tried = sequences.generate(program, 1, 40)
    guilty = {n: wrong_step(c) for n, c in tried.items() if wrong_step(c) is not None}
    sequences.ask_library = wrong_library
    at = sequences.compare(program, KERNEL, tried)
    check('wrong answers are found, each at its step, and nothing else',
          0 < len(guilty) < len(tried) and
          at == {n: guilty[n] + 1 if n in guilty else None for n in tried})
    seeds = list(guilty)[:2]
    status, text = silently(shrink.shrink, program, KERNEL, seeds)
    left = sequences.parse(text[text.index('sequence '):])
    check('the exit status says so', status == 1)
    check('what is left are the two calls that it takes',
          [[kind(c) for c in left[s]] for s in seeds] == [['clear-refs', 'unmap']] * len(seeds))
    sequences.ask_library = honest
    status, text = silently(shrink.shrink, program, KERNEL, seeds)
    check('of a right library nothing is left', status == 0 and 'sequence ' not in text)


def another_release(program):
    sequences.ask_kernel = lambda kernel, tried, *words: honest(program, OTHER, tried, *words)
    tried = sequences.generate(program, 1, 40)
    differing = [n for n, at in sequences.compare(program, KERNEL, tried).items() if at]
    check('another release is not taken for this one', differing)
    status, text = silently(shrink.shrink, program, KERNEL, differing[:1])
    calls = next(iter(sequences.parse(text[text.index('sequence '):]).values()), [])
    check('a sequence that shows it is short', status == 1 and 0 < len(calls) < 10)
    alone = {n: calls[:n] + calls[n + 1:] for n in range(len(calls)) if len(calls) > 1}
    check('and takes each of its calls',
          not alone or not any(sequences.compare(program, KERNEL, alone).values()))


def recorded(program):
    answers = sequences.results(honest(program, KERNEL, sequences.generate(program, 1, 20)),
                                dict.fromkeys(range(1, 21)))
    with tempfile.TemporaryDirectory() as folder:
        sequences.golden_path = lambda kernel: os.path.join(folder, f'{kernel}.txt')
        sequences.write_golden(KERNEL, answers, [])
        check('the same answers are agreed with', not silently(sequences.golden, program, KERNEL,
                                                               1)[0])
        answers[7] = answers[7][:-1] + [WRONG]
        sequences.write_golden(KERNEL, answers, [3])
        status, text = silently(sequences.golden, program, KERNEL, 1)
        check('a recorded answer that is another is found',
              status == 1 and text.startswith('7: the library differs\n') and '1\n' in text)
        check('every seventh of them would do', silently(sequences.golden, program, KERNEL, 6)[0])
        check('and the others would not', not silently(sequences.golden, program, KERNEL, 7)[0])
    check('a library that breaks agrees with nobody', sequences.whole([]) == 'broke')


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    program = sys.argv[1]
    sequences.ask_kernel = lambda kernel, tried, *words: honest(program, kernel, tried, *words)
    found_and_shrunk(program)
    another_release(program)
    recorded(program)
    print(f'1..{len(checks)}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
