#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Checks the tree against the rules of docs/architecture.md and CONTRIBUTING.md that a program can
check: who may include whom, what the library may not call, and the size of files, functions and
lines. Prints one line per violation, file:line: what and how to mend it. Exit 0 none, 1 some, 2
the tree cannot be read.

usage: check.py ROOT
"""
import os
import re
import sys

sys.dont_write_bytecode = True  # leave nothing behind in the tree
import house
from csource import code_only, functions, includes

C_ENDINGS = ('.c', '.h', '.inc', '.def', '.S')
SCRIPT_ENDINGS = ('.py', '.sh')
C_FOLDERS = ('lib', 'include', 'cli', 'tests', 'examples')
SCRIPT_FOLDERS = ('scripts', 'tests', '.ci')
PRINTS = re.compile(r'\b(?:(printf|vprintf|puts|putchar|perror|exit|quick_exit|abort|err|errx|'
                    r'warn|warnx)\s*\(|(stdout|stderr)\b)')


def walk(root, folders):
    for folder in folders:
        for path, dirs, names in os.walk(os.path.join(root, folder)):
            dirs[:] = sorted(d for d in dirs if not d.startswith('build') and d != '__pycache__')
            for name in sorted(names):
                yield os.path.relpath(os.path.join(path, name), root)


def is_script(root, path):
    if path.endswith(SCRIPT_ENDINGS):
        return True
    if os.path.splitext(path)[1]:
        return False
    with open(os.path.join(root, path), 'rb') as file:
        return file.read(2) == b'#!'


def layer_of(path):
    """The room that a file counts as: its folder, or for a public header its builder."""
    parts = path.split('/')
    if parts[0] == 'lib' and len(parts) > 2:
        return parts[1]
    if parts[:2] == ['include', 'numasim']:
        return house.ROOM_OF_HEADER.get('/'.join(parts[2:]))
    return None


def place_problem(path):
    """Why a file's place itself is wrong, or None."""
    parts = path.split('/')
    if parts[0] == 'include' and layer_of(path) is None:
        return 'no room is known to implement this header: add it to ROOM_OF_HEADER in ' \
               'tests/layers/house.py'
    if parts[0] == 'lib' and (len(parts) < 3 or parts[1] not in house.ROOMS):
        return f'not in a room of lib/ ({" ".join(house.ROOMS)})'
    return None


def room_include(path, name):
    """Judges #include "name" in a file of lib/ or include/."""
    if path.startswith('include/'):
        return f'a public header includes "{name}": users have only <numasim/…>'
    target = name.split('/')[0]
    if '/' not in name or target not in house.ROOMS:
        return f'"{name}" does not name a room: write "room/file.h"'
    if house.RANK[target] > house.RANK[layer_of(path)]:
        return f'{layer_of(path)} includes "{name}", but {target} comes later in the house'
    return None


def public_include(path, name):
    """Judges #include <numasim/…> in a file of lib/ or include/."""
    header = name[len('numasim/'):]
    room = house.ROOM_OF_HEADER.get(header)
    if room is None:
        return f'<{name}>: no room is known to implement it: add it to ROOM_OF_HEADER in ' \
               'tests/layers/house.py'
    if house.RANK[room] > house.RANK[layer_of(path)]:
        return f'{layer_of(path)} includes <{name}>, but {room}, its room, comes later in the house'
    return None


def cli_include(path, name):
    beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
    if 'cli/cli.h' not in (name, beside):
        return f'the command includes "{name}": it may use only <numasim/…> and cli/cli.h'
    return None


def check_includes(path, text):
    for line, kind, name in includes(text):
        problem = None
        if path.startswith('cli/') and kind == 'quote':
            problem = cli_include(path, name)
        elif path.startswith(('lib/', 'include/')):
            if kind == 'quote':
                problem = room_include(path, name)
            elif name.startswith('numasim/'):
                problem = public_include(path, name)
        elif path.startswith('examples/') and kind == 'quote':
            problem = f'an example includes "{name}": show users <numasim/…> only'
        if problem:
            yield line, problem


def check_calls(path, text):
    """The library never prints and never exits."""
    if not path.startswith('lib/'):
        return
    for number, line in enumerate(code_only(text).split('\n'), 1):
        match = PRINTS.search(line)
        if match and not line.lstrip().startswith('#'):
            yield number, f'{match.group(1) or match.group(2)}: the library never prints and ' \
                'never exits; return an error, or write to a FILE that the caller hands over'


def check_shape(path, text):
    lines = text.split('\n')
    if lines and lines[-1] == '':
        lines.pop()
    head = '\n'.join(lines[:house.EXCUSE_WITHIN])
    if len(lines) > house.MAX_FILE_LINES and house.LONG_FILE_EXCUSE not in head:
        yield len(lines), f'{len(lines)} lines, at most {house.MAX_FILE_LINES}: split it, or say ' \
            f'in its head "{house.LONG_FILE_EXCUSE} …"'
    for number, line in enumerate(lines, 1):
        if len(line.expandtabs(house.TAB)) > house.MAX_COLUMNS:
            yield number, f'{len(line.expandtabs(house.TAB))} columns, at most {house.MAX_COLUMNS}'


def check_spdx(text):
    head = text.split('\n')[:2]
    if not any('SPDX-License-Identifier: BSD-2-Clause' in line for line in head):
        yield 1, 'no "SPDX-License-Identifier: BSD-2-Clause" in the first two lines'


def check_functions(text):
    for line, name, length in functions(text):
        if length > house.MAX_FUNCTION_LINES:
            yield line, f'{name} has {length} lines, at most {house.MAX_FUNCTION_LINES}'


def check_c(path, text):
    problem = place_problem(path)
    if problem:
        yield 1, problem
    else:
        yield from check_includes(path, text)
    yield from check_calls(path, text)
    yield from check_shape(path, text)
    yield from check_spdx(text)
    yield from check_functions(text)


def check_script(text):
    yield from check_shape('', text)
    yield from check_spdx(text)


def check_tree(root):
    """Yields (path, line, problem) for everything below root that breaks a rule."""
    c_files = [p for p in walk(root, C_FOLDERS) if p.endswith(C_ENDINGS)]
    scripts = [p for p in walk(root, SCRIPT_FOLDERS) if is_script(root, p)]
    for path in c_files + scripts:
        try:
            with open(os.path.join(root, path), encoding='utf-8') as file:
                text = file.read()
        except UnicodeDecodeError:
            yield path, 1, 'not UTF-8'
            continue
        for line, problem in check_script(text) if path in scripts else check_c(path, text):
            yield path, line, problem


def main():
    if len(sys.argv) != 2 or not os.path.isdir(os.path.join(sys.argv[1], 'lib')):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    found = 0
    for path, line, problem in check_tree(sys.argv[1]):
        print(f'{path}:{line}: {problem}')
        found += 1
    print(f'{found} violations' if found else 'the house stands as drawn')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
