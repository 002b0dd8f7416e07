#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Uses the source tree as a subproject of a Meson project that knows it only as dependency('numasim'),
builds that, and runs its program.

usage: subproject.py SOURCE COMPILER...
"""
import os
import subprocess
import sys
import tempfile

MESON = '''project('stranger', 'c', default_options : ['c_std=gnu11'])
numasim = dependency('numasim', fallback : ['libnumasim', 'numasim_dep'], default_options :
  ['buildtype=plain'])
stranger = executable('stranger', 'stranger.c', dependencies : numasim)
test('stranger', stranger)
'''
PROGRAM = '''#include <numasim/error.h>

int main(void)
{
	return !numasim_strerror(-22)[0];
}
'''


def write(folder, name, text):
    with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
        file.write(text)


def main():
    source, *compiler = sys.argv[1:]
    environment = dict(os.environ, CC=' '.join(compiler))
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, 'subprojects'))
        os.symlink(source, os.path.join(folder, 'subprojects', 'libnumasim'))
        write(folder, 'meson.build', MESON)
        write(folder, 'stranger.c', PROGRAM)
        for command in (['setup', '--wrap-mode=forcefallback', 'build', '.'],
                        ['compile', '-C', 'build'], ['test', '-C', 'build', '--no-rebuild']):
            done = subprocess.run(['meson'] + command, cwd=folder, env=environment, check=False)
            if done.returncode:
                print(f'meson {" ".join(command)}: exit {done.returncode}', file=sys.stderr)
                return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
