# SPDX-License-Identifier: BSD-2-Clause
"""
Lines of cases, compared. A text of lines is

    == theme/case
    -- step
    line
    ...
    == end of N cases

and deviations.txt lists the steps in which the library is known to differ, each with its reason.
"""
import itertools
import os

HERE = os.path.dirname(os.path.abspath(__file__))
KERNELS = ('debian-6.1.192', 'debian-6.12.117')
END = '== end of '


class Malformed(Exception):
    """Text that is not the lines of cases, or a list that is not one."""


def golden_path(kernel, shape):
    return os.path.join(HERE, 'golden', f'{kernel}-{shape}.txt')


def golden(kernel, shape):
    with open(golden_path(kernel, shape), encoding='utf-8') as file:
        return sections(file.read(), golden_path(kernel, shape))


def sections(text, where):
    """{case: {step: [line]}} in the order of the text. What precedes the first step is step ''."""
    cases, steps, ended = {}, None, False
    for line in text.splitlines():
        if line.startswith(END):
            ended = True
        elif line.startswith('== '):
            steps = cases.setdefault(line[3:], {'': []})
        elif steps is None:
            raise Malformed(f'{where}: "{line}" before the first case')
        elif line.startswith('-- '):
            if line[3:] in steps:
                raise Malformed(f'{where}: two steps "{line[3:]}" in a case')
            steps[line[3:]] = []
        else:
            list(steps.values())[-1].append(line)
    if not ended:
        raise Malformed(f'{where}: the lines have no end')
    return cases


def differences(want, have):
    """[(step, first line wanted, first line had)] of the steps of one case that differ."""
    found = []
    for step in list(want) + [s for s in have if s not in want]:
        ours, theirs = have.get(step), want.get(step)
        if ours == theirs:
            continue
        pairs = itertools.zip_longest(theirs or [], ours or [])
        found.append((step, *next((p for p in pairs if p[0] != p[1]), (theirs, ours))))
    return found


class Deviation:
    """A line of deviations.txt: case | step | kernels | shapes | why."""

    def __init__(self, words, where):
        if len(words) != 5 or not all(words[i] for i in (0, 2, 3, 4)):
            raise Malformed(f'{where}: not "case | step | kernels | shapes | why"')
        self.case, self.step, kernels, shapes, self.why = words
        self.kernels, self.shapes = kernels.split(), shapes.split()

    def covers(self, kernel, shape):
        return ('*' in self.kernels or kernel in self.kernels) and \
            ('*' in self.shapes or shape in self.shapes)


def deviations():
    found = []
    path = os.path.join(HERE, 'deviations.txt')
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file, 1):
            line = line.strip()
            if line and not line.startswith('#'):
                found.append(Deviation([w.strip() for w in line.split('|')], f'{path}:{number}'))
    return found


def known_steps(kernel, shape, want):
    """{case: set of steps} that may differ, and must, of the cases that this kernel ran."""
    known = {}
    for d in deviations():
        if d.covers(kernel, shape) and d.case in want:
            if d.step not in want[d.case]:
                raise Malformed(f'deviations.txt: {d.case} has no step "{d.step}"')
            known.setdefault(d.case, set()).add(d.step)
    return known


def verdicts(want, have, known):
    """Yields (case, [problem], number of lines) for each case of either side."""
    for case in list(want) + [c for c in have if c not in want]:
        problems = []
        expected = set(known.get(case, ()))
        if case not in want or case not in have:
            problems.append('only ' + ('the library' if case in have else 'the kernel') + ' has it')
        else:
            for step, theirs, ours in differences(want[case], have[case]):
                if step not in expected:
                    problems.append(f'step "{step}":\n  kernel  {theirs}\n  library {ours}')
                expected.discard(step)
        for step in sorted(expected):
            problems.append(f'step "{step}" agrees: take it from deviations.txt')
        yield case, problems, sum(len(lines) for lines in want.get(case, {}).values())


def unknown_cases():
    """Cases of deviations.txt that no kernel was recorded with."""
    folder = os.path.join(HERE, 'golden')
    ran = set()
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding='utf-8') as file:
            ran |= set(sections(file.read(), name))
    return sorted({d.case for d in deviations()} - ran)
