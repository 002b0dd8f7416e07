#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Boots a real kernel under QEMU with the conformance cases as its first program, and prints their
lines. Exit 0; 1 if the run broke (a message says how); 77 if something that it needs is not there.

usage: boot.py RELEASE SHAPE [THEME | THEME/CASE]...
       boot.py --build FILE      only compile the program

RELEASE is one of `releases` below. Kernels are Debian's own packages, fetched by apt and kept in
$NUMASIM_KERNELS (default: ~/.cache/numasim-kernels).
"""
import glob
import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import shapes

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = [os.path.join(HERE, s) for s in ('guest/*.c', 'words/*.c', 'cases/*.c')]
# Actors may not write to memory of their own: no stack protector, no instrumentation.
FLAGS = ('-std=gnu11 -D_GNU_SOURCE -static -O1 -g0 -fno-stack-protector -fno-strict-aliasing -Wall '
         '-Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-unused-parameter '
         '-Wno-sign-compare -Werror').split()
# Release: a folder's name, what its package is called, how QEMU keeps time. With -icount every run
# takes the same instructions to the same virtual time; 6.1 does not bring its other CPUs up there.
RELEASES = {
    'debian-6.1.192': ('6.1', r'linux-image-6\.1\.0-\d+-cloud-amd64',
                       '-accel tcg,thread=multi'),
    'debian-6.12.117': ('6.12', r'linux-image-6\.12\.\d+\+deb12-cloud-amd64',
                        '-accel tcg,thread=single -icount shift=3,sleep=off'),
}
# Without memory cgroups: with them the sizes of LRU lists are up to two seconds old, and with them
# whether a page that comes back from swap counts as active.
COMMAND_LINE = ('console=ttyS0 quiet panic=-1 nokaslr norandmaps nowatchdog nmi_watchdog=0 '
                'tsc=reliable random.trust_cpu=on cgroup_disable=memory')
DONE = 33  # guest/output.c
PATIENCE = 300
DISK_SIZE = '8M'
MISSING = 77


class Missing(Exception):
    """Something that is not installed, and not this program's to install."""


class Broken(Exception):
    """The run did not come to its end."""


def run(command, **options):
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, **options)


def need_tools():
    os.environ['PATH'] += ':/sbin:/usr/sbin'  # where mkfs is
    for tool in ('qemu-system-x86_64', 'gcc', 'mkfs.ext4'):
        if not shutil.which(tool):
            raise Missing(f'{tool} is not installed')


def newest_package(pattern):
    if not shutil.which('apt-cache'):
        raise Missing('no apt-cache: kernels are Debian packages')
    names = run(['apt-cache', 'pkgnames', 'linux-image-']).stdout.split()
    found = [n for n in names if re.fullmatch(pattern, n)]
    if not found:
        raise Missing(f'apt knows no package {pattern} (apt-get update?)')
    return max(found, key=lambda n: [int(x) for x in re.findall(r'\d+', n)])


def kernel_folder(release):
    """Where the release's package lies, unpacked; fetched if it is not there yet."""
    name, pattern, _ = RELEASES[release]
    cache = os.environ.get('NUMASIM_KERNELS',
                           os.path.expanduser('~/.cache/numasim-kernels'))
    folder = os.path.join(cache, name)
    if os.path.isdir(os.path.join(folder, 'boot')):
        return folder
    package = newest_package(pattern)
    os.makedirs(cache, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as work:
        fetched = run(['apt-get', 'download', package], cwd=work)
        files = glob.glob(os.path.join(work, '*.deb'))
        if fetched.returncode or not files:
            raise Missing(f'apt cannot fetch {package}: {fetched.stdout.strip()}')
        unpacked = os.path.join(work, 'root')
        if run(['dpkg', '-x', files[0], unpacked]).returncode:
            raise Broken(f'{package} cannot be unpacked')
        os.rename(unpacked, folder)
    return folder


def build(program, patterns=SOURCES):
    sources = [f for s in patterns for f in sorted(glob.glob(s))]
    folders = ['-I', HERE, '-I', os.path.join(HERE, 'guest')]
    done = run(['gcc', *FLAGS, *folders, *sources, '-o', program])
    if done.returncode:
        raise Broken(f'the cases do not compile:\n{done.stdout}')


def one_file(folder, pattern):
    found = glob.glob(os.path.join(folder, pattern), recursive=True)
    if len(found) != 1:
        raise Broken(f'{folder}: {len(found)} files {pattern}')
    return found[0]


def entry(name, mode, data=b''):
    """One file of a cpio archive (Documentation/driver-api/early-userspace/buffer-format.rst)."""
    head = '070701' + ''.join(f'{x:08x}' for x in (
        0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0))
    text = head.encode() + name.encode() + b'\0'
    return text + b'\0' * (-len(text) % 4) + data + b'\0' * (-len(data) % 4)


def disk():
    """An empty file system, without a journal that would write at times of its own."""
    with tempfile.NamedTemporaryFile() as file:
        made = run(['mkfs.ext4', '-q', '-F', '-b', '4096', '-O', '^has_journal', '-E',
                    'lazy_itable_init=0', file.name, DISK_SIZE])
        if made.returncode:
            raise Broken(f'mkfs.ext4: {made.stdout}')
        return file.read()


def image(path, kernel, program, files):
    """The first file system: the program, the module of disks in memory and what is on one of
    them, {name: bytes} more."""
    module = one_file(kernel, '**/brd.ko*')
    with open(module, 'rb') as file:
        module = lzma.decompress(file.read()) if module.endswith('.xz') else file.read()
    with open(program, 'rb') as file:
        init = file.read()
    with open(path, 'wb') as file:
        file.write(entry('dev', 0o040755) + entry('init', 0o100755, init) +
                   entry('brd.ko', 0o100644, module) + entry('disk.img', 0o100644, disk()) +
                   b''.join(entry(name, 0o100644, data) for name, data in files.items()) +
                   entry('TRAILER!!!', 0))


def qemu_command(release, shape, kernel, work, words):
    line = ' '.join([COMMAND_LINE, f'shape={shape}', *words])
    return ['qemu-system-x86_64', '-machine', 'q35,usb=off', '-nodefaults', '-no-user-config',
            '-display', 'none', '-no-reboot', '-serial', f'file:{work}/serial',
            '-chardev', f'file,id=lines,path={work}/lines',
            '-device', 'isa-debugcon,iobase=0xe9,chardev=lines',
            '-device', 'isa-debug-exit,iobase=0xf4,iosize=4',
            '-rtc', 'base=2024-01-01T00:00:00,clock=vm', '-seed', '1',
            *RELEASES[release][2].split(), *shapes.qemu_options(shape),
            '-kernel', one_file(kernel, 'boot/vmlinuz-*'), '-initrd', f'{work}/image',
            '-append', line]


def read(path):
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read()


def boot(release, shape, wanted=()):
    """The lines of the cases on that kernel and machine."""
    return boot_program(release, shape, SOURCES, [f'cases={",".join(wanted)}'] if wanted else [])


def boot_program(release, shape, sources, words, files={}, patience=PATIENCE):
    """The lines of a program of those sources; @words for the kernel's command line."""
    need_tools()
    kernel = kernel_folder(release)
    with tempfile.TemporaryDirectory() as work:
        build(f'{work}/init', sources)
        image(f'{work}/image', kernel, f'{work}/init', files)
        command = qemu_command(release, shape, kernel, work, words)
        try:
            done = run(command, timeout=patience)
        except subprocess.TimeoutExpired:
            raise Broken(f'no end after {patience} s: {read(f"{work}/lines")[-500:]}') from None
        lines = read(f'{work}/lines')
        if done.returncode != DONE:
            raise Broken(f'QEMU ended with {done.returncode}\n{done.stdout}'
                         f'last lines:\n{lines[-1000:]}serial:\n{read(f"{work}/serial")[-1000:]}')
    version, _, rest = lines.partition('\n')
    if release.removeprefix('debian-') + '-' not in version:
        raise Missing(f'the kernel is "{version.removeprefix("## ")}" and not {release}')
    return rest


def main():
    if len(sys.argv) == 3 and sys.argv[1] == '--build':
        build(sys.argv[2])
        return 0
    if len(sys.argv) < 3 or sys.argv[1] not in RELEASES or sys.argv[2] not in shapes.SHAPES:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    sys.stdout.write(boot(sys.argv[1], sys.argv[2], sys.argv[3:]))
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Missing as e:
        print(f'boot.py: {e}', file=sys.stderr)
        sys.exit(MISSING)
    except Broken as e:
        print(f'boot.py: {e}', file=sys.stderr)
        sys.exit(1)
