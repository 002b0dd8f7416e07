# SPDX-License-Identifier: BSD-2-Clause
"""
The machines that cases run on. Each is a topology that hwloc reads (shapes/*.xml): the library
loads it as it is, and QEMU's options are made from it.
"""
import os
import re
import xml.etree.ElementTree as xml

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'shapes')
# Name: topology and CPU model.
SHAPES = {
    '2': ('2.xml', 'max,la57=off'),
    '4': ('4.xml', 'max,la57=off'),
    'la57': ('2.xml', 'max,la57=on'),
    'cpuless': ('cpuless.xml', 'max,la57=off'),
}
# Those that the library can be: it has no systems with five levels.
BUILT = ('2', '4', 'cpuless')


def topology(shape):
    """The path of a shape's topology."""
    return os.path.join(FOLDER, SHAPES[shape][0])


def cpus_in(mask):
    value = int(mask, 16)
    return [cpu for cpu in range(value.bit_length()) if value >> cpu & 1]


def nodes_of(root):
    """[id, CPUs, MiB of memory] of each node. A CPU is of the smallest node that holds it."""
    nodes = [[int(n.get('os_index')), cpus_in(n.get('cpuset')), int(n.get('local_memory')) >> 20]
             for n in root.iter('object') if n.get('type') == 'NUMANode']
    seen = set()
    for node in sorted(nodes, key=lambda n: len(n[1])):
        node[1] = [c for c in node[1] if c not in seen]
        seen.update(node[1])
    return sorted(nodes)


def distances_of(root):
    """(from, to, distance) of all pairs."""
    table = root.find('distances2')
    ids = [int(x) for x in re.findall(r'\d+', table.findtext('indexes'))]
    values = [int(x) for x in re.findall(r'\d+', table.findtext('u64values'))]
    for i, source in enumerate(ids):
        for j, target in enumerate(ids):
            yield source, target, values[i * len(ids) + j]


def qemu_options(shape):
    """QEMU's options for a machine of that shape."""
    root = xml.parse(topology(shape)).getroot()
    options, memory, cpus = [], 0, 0
    for node, here, size in nodes_of(root):
        memory += size
        cpus += len(here)
        options += ['-object', f'memory-backend-ram,id=m{node},size={size}M', '-numa',
                    ','.join([f'node,nodeid={node}', *(f'cpus={c}' for c in here),
                              f'memdev=m{node}'])]
    for source, target, distance in distances_of(root):
        options += ['-numa', f'dist,src={source},dst={target},val={distance}']
    return ['-smp', str(cpus), '-m', f'{memory}M', '-cpu', SHAPES[shape][1], *options]
