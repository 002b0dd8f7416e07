#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Compares the lines of the program `golden` with what a real kernel printed for the same scenarios.
Exit 0 equal, 1 not, 77 no recorded lines.

usage: compare.py PROGRAM RELEASE KERNEL    (KERNEL: 6.1, 6.12)

The folder of recorded lines is $NUMASIM_SHARED/linux/golden.
"""
import os
import re
import subprocess
import sys

FRAME = 0x000FFFFFFFFFF000
SCENARIOS = ('anon', 'zeropage', 'protnone', 'thp', 'fork', 'numahint', 'numahint_thp', 'swap',
             'misc')
COUNTERS = ('pgmajfault', 'numa_pte_updates', 'numa_huge_pte_updates', 'numa_hint_faults',
            'numa_hint_faults_local', 'thp_fault_alloc', 'thp_fault_fallback', 'thp_split_page',
            'thp_split_pmd', 'thp_zero_page_alloc', 'pswpin', 'pswpout')
# Where the kernel, or the linker, chose the address.
CHOSEN = {('misc', step) for step in ('shmem_written', 'shmem_read', 'hugetlb', 'text')}
# After a move between nodes, which is not built: these lines do not exist here, ...
MOVED = {('PT', 'thp', 'moved'), ('PM', 'thp', 'moved'), ('NM', 'numahint', 'after_fault'),
         ('NM', 'numahint_thp', 'after_fault')}
# ... and of these the place of the page, and what the move did to its flags, are not compared.
ELSEWHERE = {('PM', 'thp', 'split_p0'), ('PM', 'numahint', 'after_fault'),
             ('PM', 'numahint_thp', 'after_fault')}
# The order of which list a page is on, and a flag that v6.12 shows for ordinary pages.
IGNORED_FLAGS = {'ACTIVE', 'KSM'}


def key_of(line):
    kind, *words = line.split()
    if kind == 'PT' and not words[0].startswith('sc='):
        return kind, words[0], words[1]
    fields = dict(x.split('=', 1) for x in words if '=' in x)
    return kind, fields['sc'], fields.get('step', '')


def normal_pt(line):
    fields = dict(x.split('=', 1) for x in line.split('|')[0].split()[1:])
    where = 'chosen' if (fields['sc'], fields['step']) in CHOSEN else fields['va']
    levels = [f'{n}={int(fields[n], 16) & ~FRAME:016x}' if int(fields[n], 16) else f'{n}=0'
              for n in ('pgd', 'pud', 'pmd', 'pte')]
    return ' '.join(['PT', fields['sc'], fields['step'], where, f'leaf={fields["leaf"]}', *levels])


def our_pt(line):
    words = line.split()
    if (words[1], words[2]) in CHOSEN:
        words[3] = 'chosen'
    return ' '.join(words)


def normal_pm(line):
    key = key_of(line)
    line = re.sub(r'(pagemap|pfn|kpf|va)=[0-9a-f]+', '', line)
    flags = line[line.index('[') + 1:line.index(']')].split(',')
    ignored = IGNORED_FLAGS | ({'DIRTY', 'LRU'} if key in ELSEWHERE else set())
    if key in ELSEWHERE:
        line = re.sub(r'node=-?\d+', 'node=?', line)
    kept = ','.join(f for f in flags if f not in ignored)
    return ' '.join(line[:line.index('[')].split() + [f'[{kept}]'])


def normal_nm(line):
    return re.sub(r'active=\d+ ', '', line).strip()


def normal_vs(line):
    words = line.split()
    return ' '.join(words[:3] + sorted(w for w in words[3:] if w.split('=')[0] in COUNTERS))


NORMAL = {'PM': normal_pm, 'NM': normal_nm, 'VS': normal_vs}


def lines_of(text, ours):
    """The lines that can be compared, normalised, by kind, scenario and step."""
    found = {}
    for line in text.splitlines():
        kind = line.split(' ', 1)[0]
        if kind not in ('PT', 'PM', 'NM', 'VS') or kind == 'PT' and not ours and 'live' in line:
            continue
        key = key_of(line)
        if key[1] not in SCENARIOS or key in MOVED:
            continue
        if kind == 'PT':
            found[key] = our_pt(line) if ours else normal_pt(line)
        else:
            found[key] = NORMAL[kind](line)
    return found


def compare(recorded, printed):
    bad = 0
    for key in sorted(set(recorded) | set(printed)):
        want, have = recorded.get(key), printed.get(key)
        if want != have:
            bad += 1
            print(f'not ok - {" ".join(key)}\n#  kernel {want}\n#  here   {have}')
    return bad


def main():
    program, release, kernel = sys.argv[1:]
    folder = os.environ.get('NUMASIM_SHARED')
    if not folder:
        print('1..0 # SKIP NUMASIM_SHARED is not set')
        return 77
    raw = os.path.join(folder, 'linux', 'golden', f'linux-{kernel}-2node.raw')
    recorded = lines_of(open(raw, encoding='utf-8', errors='replace').read(), False)
    run = subprocess.run([program, release], stdout=subprocess.PIPE, text=True, check=False)
    printed = lines_of(run.stdout, True)
    for line in run.stdout.splitlines():
        if line.startswith('NOTE'):
            print('#', line)
    if not recorded or run.returncode not in (0, 1):
        print(f'Bail out! {len(recorded)} recorded lines, the program ended with {run.returncode}')
        return 1
    bad = compare(recorded, printed)
    print(f'# {release}: {len(recorded)} lines recorded, {bad} differ')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
