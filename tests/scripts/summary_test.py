#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Shows that the count at the end of scripts/test is right, and that nothing that failed is counted as
passed. TAP on stdout.

usage: summary_test.py SUMMARY
"""
import json
import os
import subprocess
import sys
import tempfile


def record(result, returncode=0, stdout=''):
    return {'name': 'project:suite / program', 'result': result, 'returncode': returncode,
            'stdout': stdout}


# (what, records of Meson, stages, last line, exit status)
CASES = [
    ('programs that do not speak TAP count as one',
     [record('OK'), record('OK'), record('SKIP', 77)], [], '2 passed, 0 failed, 1 skipped', 0),
    ('a program that fails', [record('OK'), record('FAIL', 1)], [],
     '1 passed, 1 failed, 0 skipped', 1),
    ('a time-out', [record('OK'), record('TIMEOUT', -15)], [], '1 passed, 1 failed, 0 skipped', 1),
    ('a result that nobody knows', [record('OK'), record('NOVEL')], [],
     '1 passed, 1 failed, 0 skipped', 1),
    ('TAP is counted by test', [record('OK', 0, '1..3\nok 1 - a\nok 2 - b\nok 3 # SKIP no data\n')],
     [], '2 passed, 0 failed, 1 skipped', 0),
    ('a test that CMocka skipped, which Meson takes for a failure',
     [record('FAIL', 0, '1..2\nok 1 - a\nnot ok 2 # SKIP b\n')], [],
     '1 passed, 0 failed, 1 skipped', 0),
    ('several groups of tests in one program',
     [record('OK', 0, '1..1\nok 1 - a\n# ok - g\n1..1\nok 1 - b\n')], [],
     '2 passed, 0 failed, 0 skipped', 0),
    ('a test of many that fails', [record('ERROR', 1, '1..2\nok 1 - a\nnot ok 2 - b\n')], [],
     '1 passed, 1 failed, 0 skipped', 1),
    ('a program that dies after its last test', [record('ERROR', -11, '1..1\nok 1 - a\n')], [],
     '1 passed, 1 failed, 0 skipped', 1),
    ('a program that leaves before its last test', [record('OK', 0, '1..3\nok 1 - a\n')], [],
     '1 passed, 1 failed, 0 skipped', 1),
    ('a program that hangs after a test', [record('TIMEOUT', 0, '1..1\nok 1 - a\n')], [],
     '1 passed, 1 failed, 0 skipped', 1),
    ('stages', [], ['0 a', '77 b', '0 c d'], '2 passed, 0 failed, 1 skipped', 0),
    ('a stage that fails', [record('OK')], ['1 build: clang'], '1 passed, 1 failed, 0 skipped', 1),
    ('nothing at all is no success', [], [], '0 passed, 0 failed, 0 skipped', 1),
    ('nothing but skipped is no success', [record('SKIP', 77)], [],
     '0 passed, 0 failed, 1 skipped', 1),
]


def summary(program, records, stages):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'suite.json'), 'w', encoding='utf-8') as file:
            file.writelines(json.dumps(one) + '\n' for one in records)
        with open(os.path.join(folder, 'stages'), 'w', encoding='utf-8') as file:
            file.writelines(stage + '\n' for stage in stages)
        done = subprocess.run([sys.executable, program, folder], stdout=subprocess.PIPE, text=True,
                              check=False)
    return done.stdout.splitlines()[-1], done.returncode


def main():
    print(f'1..{len(CASES)}')
    failed = 0
    for number, (what, records, stages, line, status) in enumerate(CASES, 1):
        got = summary(sys.argv[1], records, stages)
        right = got == (line, status)
        failed += not right
        print(f'{"ok" if right else "not ok"} {number} - {what}')
        if not right:
            print(f'# expected {(line, status)}, got {got}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
