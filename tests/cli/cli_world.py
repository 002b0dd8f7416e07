# SPDX-License-Identifier: BSD-2-Clause
"""The scenarios that the tests of the command use, and how they call it."""
import os
import subprocess

RACE = '''NUMASIM race
"A batched flush lets a writer reach the old page"
{ machine = "numa:2 core:2 pu:1"; kernel = v3.13-rc4;
  P: mmap x 2M thp node=0; P: x = 1 by writer; }
 scanner @node0    | reader @node1 | writer @node0 ;
 task_numa_work(P) | r0 = P:x      | P:x = 2       ;
forall (P:x = 2)
reach migrated(P:x)
expect v3.12: holds vacuously;
       v3.13-rc4: lost-write
'''
HOLDS = '''NUMASIM one "one thread"
{ machine = "numa:1 core:1 pu:1"; kernel = v3.13; P: mmap x 4K; P: x = 1 by a; }
 a ;
 P:x = 2 ;
forall (P:x = 2)
expect v3.13: holds
'''
BREAKS = '''NUMASIM two "two threads and one word: an order that must not be"
{ machine = "numa:1 core:2 pu:1"; kernel = v3.13; P: mmap x 4K nothp; P: x = 1 by a;
  load P:x by b; }
 a       | b        ;
 P:x = 2 | r0 = P:x ;
 P:x = 3 | r1 = P:x ;
~exists (b:r0 = 2 /\\ b:r1 = 3)
'''
LOST = ['--oracle=lost-write', '--bound=2']  # of the race: found within seconds in any build


class Skipped(Exception):
    """Something that a clone does not have is missing."""


class Command:
    def __init__(self, program, tree, folder):
        self.program = program
        self.tree = tree
        self.folder = folder

    def write(self, name, text):
        with open(os.path.join(self.folder, name), 'w', encoding='utf-8') as file:
            file.write(text)
        return name

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding='utf-8') as file:
            return file.read()

    def run(self, *args, status=0, stdout=subprocess.PIPE):
        done = subprocess.run([self.program, *args], cwd=self.folder, stdin=subprocess.DEVNULL,
                              stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=120)
        assert done.returncode == status, \
            f'{args}: exit {done.returncode} instead of {status}\n{done.stdout}{done.stderr}'
        return done

    def refuses(self, message, *args):
        """Bad input: exit 2, nothing on stdout, and exactly this on stderr."""
        done = self.run(*args, status=2)
        assert done.stdout == '', done.stdout
        assert done.stderr == message + '\n', f'{args}: {done.stderr!r}\nwanted {message!r}'
