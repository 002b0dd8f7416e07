#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Installs a built tree into a temporary folder and uses it as a stranger would: pkg-config, a small
C program, every public header by itself, the symbols that the library shows. TAP on stdout.

usage: installed.py BUILD SOURCE SANITIZER COMPILER...     (SANITIZER as in meson's b_sanitize)
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

# Comments and preprocessor lines.
NOT_DECLARATIONS = re.compile(r'//[^\n]*|/\*.*?\*/|^[ \t]*#(?:\\\n|[^\n])*', re.S | re.M)

PROGRAM = '''#include <numasim/error.h>
#include <stdio.h>

int main(void)
{
	struct numasim_error error = { 0 };

	puts(numasim_strerror(-12));
	return error.code;
}
'''


def run(command, **options):
    """Runs a command; returns its stdout, or raises with everything it printed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False, **options)
    if done.returncode:
        raise RuntimeError(f'{" ".join(command)}: exit {done.returncode}\n{done.stdout}'
                           f'{done.stderr}')
    return done.stdout


class Installed:
    """The tree under DESTDIR, and how to build programs against it."""

    def __init__(self, build, source, sanitizer, compiler, destdir):
        self.source, self.destdir = source, destdir
        self.sanitized = sanitizer != 'none'
        self.compiler = compiler + ([f'-fsanitize={sanitizer}'] if self.sanitized else [])
        run(['meson', 'install', '-C', build, '--destdir', destdir, '--no-rebuild', '--quiet'])
        self.pc = self.one('**/pkgconfig/numasim.pc')
        self.libdir = os.path.dirname(os.path.dirname(self.pc))
        self.headers = os.path.dirname(self.one('**/include/numasim/error.h'))

    def one(self, pattern):
        found = glob.glob(os.path.join(self.destdir, pattern), recursive=True)
        if len(found) != 1:
            raise RuntimeError(f'expected one {pattern} under the destination, found {found}')
        return found[0]

    def pkg_config(self, *words):
        """Asks pkg-config as if the prefix were the destination's."""
        with open(self.pc, encoding='utf-8') as file:
            prefix = re.search(r'^prefix=(.*)$', file.read(), re.M).group(1)
        path = os.pathsep.join(filter(None, [os.path.dirname(self.pc),
                                             os.environ.get('PKG_CONFIG_PATH')]))
        return run(['pkg-config', f'--define-variable=prefix={self.destdir}{prefix}', *words,
                    'numasim'], env=dict(os.environ, PKG_CONFIG_PATH=path)).split()

    def build(self, file, program, *flags):
        run(self.compiler + ['-Wall', '-Wextra', '-Werror', file, '-o', program, *flags]
            + self.pkg_config('--cflags', '--libs'))

    def start(self, program):
        return run([program], env=dict(os.environ, LD_LIBRARY_PATH=self.libdir))


def names_version(tree):
    with open(os.path.join(tree.source, 'meson.build'), encoding='utf-8') as file:
        version = re.search(r"version : '([^']+)'", file.read()).group(1)
    shown = tree.pkg_config('--modversion')
    assert shown == [version], f'pkg-config says {shown}, meson.build {version}'


def builds_program(tree):
    file = os.path.join(tree.destdir, 'program.c')
    with open(file, 'w', encoding='utf-8') as out:
        out.write(PROGRAM)
    tree.build(file, file[:-2])
    text = tree.start(file[:-2])
    assert len(text.strip()) > 3, f'the program printed {text!r}'
    needed = run(['readelf', '-d', file[:-2]])
    assert re.search(r'NEEDED.*libnumasim\.so\.\d+\]', needed), f'no versioned library in {needed}'


def builds_examples(tree):
    """Every example builds against the installed library; the README's also runs."""
    files = sorted(glob.glob(os.path.join(tree.source, 'examples', '*.c')))
    if not files:
        return 'no examples/*.c'
    for file in files:
        tree.build(file, os.path.join(tree.destdir, 'example'))
        if os.path.basename(file) == 'ten-lines.c':
            text = tree.start(os.path.join(tree.destdir, 'example'))
            assert text.strip(), 'examples/ten-lines.c printed nothing'
    return None


def header_files(tree):
    return sorted(glob.glob(os.path.join(tree.headers, '*.h')))


def headers_stand_alone(tree):
    """Each public header compiles first and alone, as C11 and, where it says so, as C++."""
    cflags = tree.pkg_config('--cflags')
    flags = ['-fsyntax-only', '-Wall', '-Wextra', '-Werror', *cflags, '-']
    cplusplus = subprocess.run(tree.compiler + ['-xc++', '-fsyntax-only', '-'], input='', text=True,
                               stderr=subprocess.DEVNULL, check=False).returncode == 0
    for header in header_files(tree):
        include = f'#include <numasim/{os.path.basename(header)}>\n'
        run(tree.compiler + ['-xc', '-std=c11'] + flags, input=include + include)
        with open(header, encoding='utf-8') as file:
            if cplusplus and '__cplusplus' in file.read():
                run(tree.compiler + ['-xc++'] + flags, input=include)


def exported(tree):
    table = run(['nm', '-D', '--defined-only', '--format=posix',
                 os.path.join(tree.libdir, 'libnumasim.so')])
    names = {line.split()[0] for line in table.splitlines() if line.strip()}
    # The linker's own, around what a fuzzing build counts in.
    return {name for name in names if not re.match(r'__(start|stop)___sancov_', name)}


def shows_only_its_names(tree):
    strangers = sorted(n for n in exported(tree) if not n.startswith('numasim_'))
    assert not strangers, f'the library shows names without its prefix: {strangers}'


def keeps_its_promises(tree):
    """What the headers declare as exported, the library exports; and nothing else."""
    declared = set()
    for header in header_files(tree):
        with open(header, encoding='utf-8') as file:
            text = NOT_DECLARATIONS.sub(' ', file.read())
        declared |= set(re.findall(r'\bNUMASIM_API\b[^;{]*?\b(numasim_\w+)\s*(?:\(|;|\[)', text))
    shown = exported(tree)
    assert declared == shown, f'declared, not exported: {sorted(declared - shown)}; ' \
        f'exported, not declared: {sorted(shown - declared)}'


def keeps_no_state(tree):
    """No variable outside of a machine, but for one thread-local: the running context."""
    table = run(['nm', '--format=sysv', os.path.join(tree.libdir, 'libnumasim.a')])
    state, threads = [], []
    for row in (line.split('|') for line in table.splitlines() if line.count('|') == 6):
        name, section = row[0].strip(), row[6].strip()
        if section.startswith(('.tbss', '.tdata')):
            threads.append(name)
        elif section.startswith(('.data', '.bss', '*COM*')) and \
                not section.startswith('.data.rel.ro'):
            state.append(name)
    assert table.count('|') > 6, 'nm printed no table'
    assert not state, f'variables that belong to no machine: {state}'
    assert len(threads) <= 1, f'more than one thread-local: {threads}'


def checks(tree):
    every = [names_version, builds_program, builds_examples, headers_stand_alone,
             shows_only_its_names, keeps_its_promises]
    return every if tree.sanitized else every + [keeps_no_state]  # sanitizers add state


def main():
    build, source, sanitizer, *compiler = sys.argv[1:]
    failed = False
    with tempfile.TemporaryDirectory() as destdir:
        tree = Installed(build, source, sanitizer, compiler, destdir)
        print(f'1..{len(checks(tree))}')
        for number, check in enumerate(checks(tree), 1):
            name = check.__name__.replace('_', ' ')
            try:
                skipped = check(tree)
                print(f'ok {number} - {name}' + (f' # SKIP {skipped}' if skipped else ''))
            except (AssertionError, RuntimeError) as error:
                failed = True
                print(f'not ok {number} - {name}')
                print('\n'.join('# ' + line for line in str(error).splitlines()), file=sys.stderr)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
