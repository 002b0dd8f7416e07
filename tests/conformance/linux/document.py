# SPDX-License-Identifier: BSD-2-Clause
"""docs/conformance.md: what agrees, from what is recorded and from the library as it is built."""
import os
import re
import sys

sys.dont_write_bytecode = True
import compare
import judge
import shapes

PATH = os.path.join(judge.HERE, '..', '..', '..', 'docs', 'conformance.md')
WALKS = os.path.join(judge.HERE, '..', 'mmu', 'report.md')
HEAD = '''# A real Linux and a real MMU as judges

Written by `scripts/conformance --docs`; not to be changed by hand.

A *case* is a function of C over a small vocabulary (`tests/conformance/linux/case.h`). It runs as
the first program of Debian's own kernels under QEMU, where actors are processes and threads, and
against the library, where they are simulated. Both print the same lines: raw page-table entries of
every level, pagemap, page flags and map counts, `numa_maps`, `maps` and `smaps`, counters of
`/proc/vmstat`, values that were loaded, errors, and the faults and TLB flushes in their order. What
differs in every run is not compared; `tests/conformance/linux/words/masks.c` says what that is and
why.

| command | what |
| --- | --- |
| `meson test --suite conformance` | the library against the recorded lines |
| `scripts/test --live` | boots the kernels, too: they must print what was recorded |
| `scripts/conformance --try KERNEL SHAPE CASE` | how the library differs from a kernel, now |
| `scripts/conformance --record` | writes down anew what the kernels print |

Three more judges have tests of their own: random sequences of calls on the same kernels
(`tests/conformance/random`), QEMU's MMU (`tests/conformance/mmu`, its report is below), and the
real `numactl -H`, `numastat` and `numastat -m`, which read `/sys/devices/system/node` as the
library writes it (`tests/conformance/numactl`).

Machines: `2`, two nodes of two CPUs; `4`, four nodes of one CPU, with four distances; `cpuless`, as
`2` with a third node that has no CPU; `la57`, as `2` with five levels of page tables.
'''
TABLES = 'the tables above it'
# Of each row: what it says, and the case, step, actor and address offset where the entry is.
ENTRIES = (
    ('touched anonymous page', 'entries/seen', 'touched'),
    (TABLES, 'entries/seen', 'touched'),
    ('zero page after a read', 'entries/seen', 'zero page'),
    ('PROT_NONE', 'entries/seen', 'no rights'),
    ('PROT_READ of a dirty page', 'entries/seen', 'read only'),
    ('huge page', 'entries/seen', 'huge page'),
    ('huge zero page', 'entries/seen', 'huge zero page'),
    ('the huge zero page written', 'entries/seen', 'huge zero page written'),
    ('huge page, PROT_NONE', 'entries/seen', 'huge page without rights'),
    ('and with all rights again', 'entries/seen', 'huge page with rights again'),
    ('fork: parent, child', 'entries/seen', 'forked'),
    ('swapped out', 'entries/seen', 'swapped out'),
    ('soft-dirty cleared', 'entries/seen', 'soft-dirty cleared'),
    ('hint', 'entries/hinted', 'base page'),
    ('hint on a huge page', 'entries/hinted', 'huge page'),
    ('after the hint fault, at home', 'entries/hinted', 'after the fault'),
)
NOT_YET = ('migration entries', 'entries of a page that moved to another node',
           'pages that KSM merged')


def tables(steps, step):
    """The entries above the lowest one: "67 67 67"."""
    for line in steps.get(step, ()):
        match = re.match(r'entries \S+ \S+ (.*) \w+=[0-9a-f]+(?: \S+)?$', line)
        if match:
            return ' '.join(word.replace('=', ' ') for word in match.group(1).split())
    return 'nothing'


def leaves(steps, step):
    """The lowest entries that a step shows: "pmd 80..8e7"."""
    found = []
    for line in steps.get(step, ()):
        match = re.match(r'entries .* (\w+)=([0-9a-f]+)(?: \S+)?$', line)
        if match:
            found.append(f'{match.group(1)} {match.group(2)}')
    return ', '.join(found) or 'nothing'


def entry_table(golden, ours):
    yield '| case | ' + ' | '.join(f'{k}, kernel | library' for k in judge.KERNELS) + ' |'
    yield '| --- |' + ' --- | --- |' * len(judge.KERNELS)
    for text, case, step in ENTRIES:
        cells = []
        for kernel in judge.KERNELS:
            of = tables if text == TABLES else leaves
            real = of(golden[kernel, '2'][case], step)
            here = of(ours[kernel, '2'][case], step)
            cells += [f'`{real}`', 'same' if here == real else f'**`{here}`**']
        yield f'| {text} | ' + ' | '.join(cells) + ' |'


def cell(want, have, known):
    """How a case compares on one kernel and machine."""
    if want is None:
        return ''
    if have is None:
        return 'not run'
    lines = sum(len(x) for x in want.values())
    different = judge.differences(want, have)
    if not different:
        return f'{lines} lines agree'
    words = 'known' if {d[0] for d in different} == known else '**new**'
    return f'{len(different)} of {len(want)} steps differ ({words})'


def case_table(golden, ours):
    names = []
    for cases in golden.values():
        names += [c for c in cases if c not in names]
    columns = list(golden)
    heads = (f'{k.removeprefix("debian-")} on {s}' for k, s in columns)
    yield '| case | ' + ' | '.join(heads) + ' |'
    yield '| --- |' + ' --- |' * len(columns)
    for name in names:
        cells = [cell(golden[c].get(name), ours[c].get(name),
                      judge.known_steps(*c, golden[c]).get(name, set())) for c in columns]
        yield f'| {name} | ' + ' | '.join(cells) + ' |'


def deviation_list(golden, ours):
    for d in judge.deviations():
        where = '' if d.kernels == d.shapes == ['*'] else \
            f' ({" ".join(d.kernels)} on {" ".join(d.shapes).replace("*", "every machine")})'
        yield f'- **{d.case}**, {d.step or "before its first step"}{where}: {d.why}'
        for column in golden:
            want, have = golden[column].get(d.case), ours[column].get(d.case)
            if want and have and d.covers(*column):
                first = [x for x in judge.differences(want, have) if x[0] == d.step]
                if first:
                    yield f'  - kernel: `{first[0][1]}`'
                    yield f'  - library: `{first[0][2]}`'
                break


def included(path):
    """A part that another folder wrote, without its comments."""
    with open(path, encoding='utf-8') as file:
        return re.sub(r'<!--.*?-->\n', '', file.read(), flags=re.S).strip()


def sections(golden, ours):
    total = sum(len(x) for cases in golden.values() for s in cases.values() for x in s.values())
    yield HEAD
    yield f'## Cases\n\n{total} lines of {len(golden)} runs of real kernels.\n'
    yield '\n'.join(case_table(golden, ours)) + '\n'
    yield '## Entries\n\nThe lowest entry of the walk, without its frame; swap entries without ' \
          'their slot.\n'
    yield '\n'.join(entry_table(golden, ours)) + '\n'
    yield 'Not in the table yet: ' + '; '.join(NOT_YET) + '.\n'
    yield '## What deviates\n'
    yield '\n'.join(deviation_list(golden, ours)) + '\n'
    yield '- **la57**: systems have four levels of page tables; the lines are recorded and ' \
          'wait.\n'
    if os.path.exists(WALKS):
        yield included(WALKS) + '\n'


def page(program):
    """The whole page, as text."""
    golden = {(k, s): judge.golden(k, s) for k in judge.KERNELS for s in shapes.SHAPES}
    ours = {(k, s): compare.library(program, k, s) if s in shapes.BUILT else {}
            for k, s in golden}
    return '\n'.join(sections(golden, ours))


def write(program):
    text = page(program)
    with open(PATH, 'w', encoding='utf-8') as file:
        file.write(text)
    return 0
