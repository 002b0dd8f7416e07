#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The real numactl and numastat read machines of the library: /sys/devices/system/node as
numasim_write_nodes() writes it, bind-mounted over the host's in a mount namespace of its own. TAP;
skipped where the programs or such namespaces cannot be had.

usage: numactl_test.py NUMACTL-MACHINE NUMASIM TOPOLOGY...
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

SYSFS = '/sys/devices/system/node'
# machine.c: pages bound to the last node, local ones, and interleaved ones.
PAGES, LOCAL, SPREAD = 600, 100, 240
MOST_TABLES = 40  # pages of tables, and what a CPU keeps in its lists beside what is used
MOST_KEPT = 512
NAMESPACES = (['unshare', '--mount'], ['unshare', '--mount', '--map-root-user'])


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False, env={**os.environ, 'LC_ALL': 'C', 'COLUMNS': '400'})


def inside(namespace, folder, command):
    """What a program prints that sees folder in place of the host's nodes."""
    done = run([*namespace, 'sh', '-c',
                f'mount --bind "$0" {SYSFS} && exec {command}', folder])
    if done.returncode:
        raise AssertionError(f'{command}: {done.returncode}: {done.stderr.strip()}')
    return done.stdout


def usable_namespace():
    """How to make one, or why it cannot be done."""
    for tool in ('numactl', 'numastat', 'unshare'):
        if not shutil.which(tool):
            return None, f'{tool} is not installed'
    if not os.path.isdir(SYSFS):
        return None, f'no {SYSFS} to mount over'
    with tempfile.TemporaryDirectory() as empty:
        for namespace in NAMESPACES:
            done = run([*namespace, 'mount', '--bind', empty, SYSFS])
            if not done.returncode:
                return namespace, ''
    return None, f'no mount namespaces: {done.stderr.strip()}'


def columns(text):
    """{row: [number of each node]} of what numastat prints."""
    rows = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and all(re.fullmatch(r'[\d.]+', w) for w in words[1:]):
            rows[words[0]] = [float(w) for w in words[1:]]
    return rows


def equal(what, have, want):
    if have != want:
        raise AssertionError(f'{what}: {have!r}, not {want!r}')


def between(what, least, value, most):
    if not least <= value <= most:
        raise AssertionError(f'{what}: {value}, not {least} to {most}')


def without_free(text):
    return re.sub(r'(node \d+ free:) \d+', r'\1', text)


def sizes(text):
    """(ids, CPUs, MiB, free MiB) of what numactl -H prints."""
    found = {}
    for node, word, rest in re.findall(r'^node (\d+) (cpus|size|free):(.*)$', text, re.M):
        found.setdefault(int(node), {})[word] = rest.split()
    return found


def kib(folder, node, word):
    """A number of a node's meminfo, read without numastat."""
    with open(f'{folder}/node{node}/meminfo', encoding='ascii') as file:
        return int(re.search(rf'{word}: +(\d+) kB', file.read()).group(1))


def check_hardware(namespace, world):
    """numactl -H prints what the topology says, and how much memory is free."""
    printed = inside(namespace, world.before, 'numactl -H')
    equal('numactl -H', without_free(printed), without_free(world.text))
    used = inside(namespace, world.after, 'numactl -H')
    equal('numactl -H afterwards', without_free(used), without_free(world.text))
    for node, words in sizes(used).items():
        equal(f'free of node {node}', words['free'],
              [str(kib(world.after, node, 'MemFree') >> 10), 'MB'])
        equal(f'free of node {node} before', sizes(printed)[node]['free'],
              [str(kib(world.before, node, 'MemFree') >> 10), 'MB'])


def check_use(world):
    """What numactl was shown is what the process did: pages of the last node are gone."""
    for node, words in sizes(world.text).items():
        size = int(words['size'][0])
        gone = (kib(world.before, node, 'MemFree') - kib(world.after, node, 'MemFree')) // 4
        share = SPREAD // world.with_memory if size else 0
        mine = share + (PAGES if node == world.last else 0) + \
            (LOCAL if node == world.home else 0)
        between(f'pages gone from node {node}', mine, gone, mine + MOST_TABLES + MOST_KEPT)
        equal(f'MemTotal of node {node}', kib(world.after, node, 'MemTotal') >> 10, size)


def check_counters(namespace, world):
    """numastat's table: who asked for pages of which node, and got them."""
    before = columns(inside(namespace, world.before, 'numastat'))
    after = columns(inside(namespace, world.after, 'numastat'))
    equal('rows', list(after), ['numa_hit', 'numa_miss', 'numa_foreign', 'interleave_hit',
                                'local_node', 'other_node'])
    share = SPREAD / world.with_memory
    for place, node in enumerate(world.nodes):
        grown = {row: after[row][place] - before[row][place] for row in after}
        equal(f'interleave_hit of node {node}', grown['interleave_hit'],
              share if world.sizes[node] else 0)
        equal(f'misses of node {node}', (grown['numa_miss'], grown['numa_foreign']), (0, 0))
        equal(f'hits of node {node}', grown['numa_hit'],
              grown['local_node'] + grown['other_node'])
        if node == world.home:
            between(f'local_node of node {node}', LOCAL + share, grown['local_node'],
                    LOCAL + share + MOST_TABLES)
        elif node == world.last:
            equal(f'other_node of node {node}', grown['other_node'], PAGES + share)


def check_meminfo(namespace, world):
    """numastat -m reads every node's meminfo, in MB, and adds them up."""
    rows = columns(inside(namespace, world.after, 'numastat -m'))
    for row in ('MemTotal', 'MemFree', 'MemUsed'):
        want = [round(kib(world.after, node, row) / 1024, 2) for node in world.nodes]
        total = sum(kib(world.after, node, row) for node in world.nodes) / 1024
        for have, number in zip(rows[row], [*want, total]):
            between(row, number - 0.011, have, number + 0.011)
        equal(f'columns of {row}', len(rows[row]), len(want) + 1)


def check_command(namespace, world, numasim):
    """`numasim sysfs` writes the machine as it is before anything runs."""
    folder = os.path.join(world.folder, 'command')
    done = run([numasim, 'sysfs', world.topology, folder])
    equal('numasim sysfs', (done.returncode, done.stderr, done.stdout), (0, '', ''))
    equal('numactl -H', without_free(inside(namespace, folder, 'numactl -H')),
          without_free(run([numasim, 'topology', world.topology]).stdout))


def check_notices(namespace, world):
    """And a machine that is another one is told apart."""
    folder = os.path.join(world.folder, 'damaged')
    shutil.copytree(world.before, folder)
    path = f'{folder}/node{world.home}/distance'
    with open(path, encoding='ascii') as file:
        text = file.read()
    with open(path, 'w', encoding='ascii') as file:
        file.write(text.replace('10', '11', 1))
    if inside(namespace, folder, 'numactl -H') == inside(namespace, world.before, 'numactl -H'):
        raise AssertionError('a distance was changed, and numactl printed the same')


class World:
    """A topology, and what the program made of it."""

    def __init__(self, program, topology, folder):
        self.topology, self.folder = topology, folder
        self.before, self.after = f'{folder}/before', f'{folder}/after'
        done = run([program, topology, self.before, self.after])
        if done.returncode:
            raise AssertionError(f'{program}: {done.stderr}')
        self.text = done.stdout
        self.nodes = sorted(sizes(self.text))
        self.sizes = {n: int(w['size'][0]) for n, w in sizes(self.text).items()}
        self.with_memory = sum(1 for size in self.sizes.values() if size)
        self.last = [n for n in self.nodes if self.sizes[n]][-1]
        self.home = next(n for n, w in sorted(sizes(self.text).items()) if '0' in w['cpus'])


def main():
    if len(sys.argv) < 4:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    program, numasim, *topologies = sys.argv[1:]
    namespace, why = usable_namespace()
    if not namespace:
        print(f'1..0 # SKIP {why}')
        return 0
    bad = number = 0
    for topology in topologies:
        with tempfile.TemporaryDirectory() as folder:
            world = World(program, topology, folder)
            for name, check in (
                    ('numactl -H', lambda: check_hardware(namespace, world)),
                    ('what is free', lambda: check_use(world)),
                    ('numastat', lambda: check_counters(namespace, world)),
                    ('numastat -m', lambda: check_meminfo(namespace, world)),
                    ('numasim sysfs', lambda: check_command(namespace, world, numasim)),
                    ('a change is noticed', lambda: check_notices(namespace, world))):
                number += 1
                try:
                    check()
                    print(f'ok {number} - {os.path.basename(topology)}: {name}')
                except AssertionError as e:
                    bad += 1
                    print(f'not ok {number} - {os.path.basename(topology)}: {name}\n# {e}')
    print(f'1..{number}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
