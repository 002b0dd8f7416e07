#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Random sequences of calls, on real kernels and on the library.

usage: sequences.py PROGRAM --try KERNEL FIRST COUNT
       sequences.py PROGRAM --shrink KERNEL SEED...
       sequences.py PROGRAM --show KERNEL FILE
       sequences.py PROGRAM --record KERNEL FIRST COUNT
       sequences.py PROGRAM --golden KERNEL [NTH]
       sequences.py PROGRAM --live KERNEL [NTH]

PROGRAM is the built random-model.

  --try     boots the kernel with the sequences of COUNT seeds, and says which differ, and where
  --shrink  finds the shortest sequences that still differ where those of the seeds do
  --show    the lines of both for the sequences in a file, where they differ; `-` lines are the
            kernel's
  --record  boots the kernel with the sequences of COUNT seeds and writes down what it answers
  --golden  compares the library with what was recorded, without any kernel
  --live    boots the kernel with the sequences that were recorded: it must answer the same, and so
            must the library

With NTH only every NTH of the recorded sequences.
"""
import difflib
import hashlib
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
LINUX = os.path.join(HERE, '..', 'linux')
sys.path.insert(0, LINUX)
import boot
import shapes

SHAPE = '2'
CALLS = 50
PATIENCE = 3600
GUEST = [os.path.join(HERE, name + '.c') for name in
         ('guest_run', 'looks', 'perform', 'run', 'sequence')]
SHARED = [os.path.join(LINUX, 'words', '*.c'), os.path.join(LINUX, 'guest', '[!w]*.c')]
THEMES = [os.path.join(HERE, 'no_themes.c')]
RESULT = re.compile(r'(\d+)((?: [0-9a-f]{8})+|  ?broke)')


def golden_path(kernel):
    return os.path.join(HERE, 'golden', f'{kernel}.txt')


class Malformed(Exception):
    """Text that is not what a run of sequences prints."""


def generate(program, first, count):
    done = subprocess.run([program, '--generate', str(first), str(count), str(CALLS)], check=True,
                          stdout=subprocess.PIPE, text=True)
    return parse(done.stdout)


def parse(text):
    """{number: [call]} in the order of the text."""
    found = {}
    for line in text.splitlines():
        if line.startswith('sequence '):
            calls = found.setdefault(int(line.split()[1]), [])
        else:
            calls.append(line)
    return found


def text_of(sequences):
    return ''.join(f'sequence {number}\n' + ''.join(f'{c}\n' for c in calls)
                   for number, calls in sequences.items())


def ask_library(program, kernel, sequences, *show):
    with tempfile.NamedTemporaryFile('w', suffix='.sequences') as file:
        file.write(text_of(sequences))
        file.flush()
        done = subprocess.run([program, kernel, shapes.topology(SHAPE), file.name, *show],
                              check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise Malformed(f'{program} ended with {done.returncode}')
    return done.stdout


def ask_kernel(kernel, sequences, *words):
    files = {'sequences': text_of(sequences).encode()}
    return boot.boot_program(kernel, SHAPE, SHARED + GUEST + THEMES, list(words), files, PATIENCE)


def results(text, sequences):
    """{number: [digest of a step]}; [] if the library broke."""
    found = {}
    for line in text.splitlines():
        match = RESULT.fullmatch(line)
        if match:
            found[int(match[1])] = re.findall(r'\b[0-9a-f]{8}\b', match[2])
        elif line:
            raise Malformed(f'neither a result nor nothing: {line}')
    if list(found) != list(sequences):
        raise Malformed(f'{len(sequences)} sequences, {len(found)} results')
    return found


def first_difference(ours, theirs):
    """The number of the first step that differs, from 1; None."""
    for i, (a, b) in enumerate(zip(ours, theirs), 1):
        if a != b:
            return i
    return None if len(ours) == len(theirs) else min(len(ours), len(theirs)) + 1


def compare(program, kernel, sequences):
    """{number: first step that differs or None}"""
    theirs = results(ask_kernel(kernel, sequences), sequences)
    ours = results(ask_library(program, kernel, sequences), sequences)
    return {n: first_difference(ours[n], theirs[n]) for n in sequences}


def recorded(kernel, nth):
    """{seed: digest of all that the kernel answered}, of every nth"""
    with open(golden_path(kernel), encoding='utf-8') as file:
        lines = [line.split() for line in file if not line.startswith('#')]
    if not lines or any(len(words) != 2 for words in lines):
        raise Malformed(f'{golden_path(kernel)}: not "SEED DIGEST" in every line')
    return {int(seed): digest for seed, digest in lines[::nth]}


def whole(steps):
    """One digest of a sequence's; of [], which is what broke, none that a kernel has."""
    return hashlib.sha256(' '.join(steps).encode()).hexdigest()[:16] if steps else 'broke'


def of_seeds(program, seeds):
    sequences = {}
    for first, count in runs(sorted(seeds)):
        sequences.update(generate(program, first, count))
    return sequences


def runs(numbers):
    """(first, count) of each stretch of numbers without a gap."""
    start = 0
    for i in range(1, len(numbers) + 1):
        if i == len(numbers) or numbers[i] != numbers[i - 1] + 1:
            yield numbers[start], i - start
            start = i


def record(program, kernel, first, count):
    sequences = generate(program, first, count)
    once, twice = (results(ask_kernel(kernel, sequences), sequences) for _ in range(2))
    steady = {seed: steps for seed, steps in once.items() if steps == twice[seed]}
    write_golden(kernel, steady, [seed for seed in once if seed not in steady])
    print(f'{golden_path(kernel)}: {len(steady)} of {len(once)} sequences')
    return 0


def write_golden(kernel, answers, unsteady):
    """{seed: [digest of a step]}; seeds that the kernel answers differently each time"""
    os.makedirs(os.path.dirname(golden_path(kernel)), exist_ok=True)
    with open(golden_path(kernel), 'w', encoding='utf-8') as file:
        file.write(f'# What {kernel} answered: seed of a sequence of {CALLS} calls, digest.\n')
        file.writelines(f'# {seed}: not the same each time\n' for seed in unsteady)
        file.writelines(f'{seed} {whole(steps)}\n' for seed, steps in answers.items())


def say(kernel, who, bad, of):
    for seed in bad:
        print(f'{seed}: {who} differs')
    print(f'{kernel}: {of} sequences, {who} differs in {len(bad)}')
    return 1 if bad else 0


def golden(program, kernel, nth):
    want = recorded(kernel, nth)
    sequences = of_seeds(program, want)
    ours = results(ask_library(program, kernel, sequences), sequences)
    return say(kernel, 'the library', [s for s in want if whole(ours[s]) != want[s]], len(want))


def live(program, kernel, nth):
    want = recorded(kernel, nth)
    sequences = of_seeds(program, want)
    theirs = results(ask_kernel(kernel, sequences), sequences)
    changed = [s for s in want if whole(theirs[s]) != want[s]]
    return say(kernel, 'the kernel', changed, len(want)) | golden(program, kernel, nth)


def attempt(program, kernel, first, count):
    sequences = generate(program, first, count)
    bad = {n: at for n, at in compare(program, kernel, sequences).items() if at}
    for number, at in bad.items():
        call = (sequences[number] + ['end'])[at - 1]
        print(f'{number}: step {at}: {call}')
    print(f'{kernel}: {len(sequences)} sequences, {len(bad)} differ')
    return 1 if bad else 0


def sections(text):
    """{heading of a sequence: [line]}"""
    found = {}
    for line in text.splitlines():
        if line.startswith('== '):
            lines = found.setdefault(line, [])
        elif line:
            lines.append(line)
    return found


def show(program, kernel, path):
    with open(path, encoding='utf-8') as file:
        sequences = parse(file.read())
    theirs = sections(ask_kernel(kernel, sequences, 'show=1'))
    ours = sections(ask_library(program, kernel, sequences, 'show'))
    bad = 0
    for name, lines in theirs.items():
        delta = list(difflib.unified_diff(lines, ours.get(name, []), f'{kernel} {name}', 'library',
                                          n=2, lineterm=''))
        print('\n'.join(delta) or f'{name}: {len(lines)} lines, no difference')
        bad += bool(delta)
    return 1 if bad else 0


def main():
    words = sys.argv[1:]
    if len(words) == 5 and words[1] == '--try':
        return attempt(words[0], words[2], int(words[3]), int(words[4]))
    if len(words) == 5 and words[1] == '--record':
        return record(words[0], words[2], int(words[3]), int(words[4]))
    if len(words) in (3, 4) and words[1] in ('--golden', '--live'):
        what = golden if words[1] == '--golden' else live
        return what(words[0], words[2], int(words[3]) if len(words) == 4 else 1)
    if len(words) > 3 and words[1] == '--shrink':
        import shrink
        return shrink.shrink(words[0], words[2], [int(w) for w in words[3:]])
    if len(words) == 4 and words[1] == '--show':
        return show(words[0], words[2], words[3])
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == '__main__':
    try:
        sys.exit(main())
    except boot.Missing as e:
        print(f'sequences.py: {e}', file=sys.stderr)
        sys.exit(boot.MISSING)
    except (boot.Broken, Malformed, OSError, ValueError, subprocess.CalledProcessError) as e:
        print(f'sequences.py: {e}', file=sys.stderr)
        sys.exit(1)
