#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Counts what scripts/test ran: the tests of Meson's records (RESULTS/*.json; of a program that speaks
TAP, each of its tests) and the stages of the script (RESULTS/stages: exit status and name, a line
each). Names what failed and what was skipped; the last line is the count. Exit 0 if something
passed and nothing failed.

usage: summary.py RESULTS
"""
import glob
import json
import os
import re
import sys

# CMocka 1.1.5 reports a skipped test as "not ok 2 # SKIP name": skipped, whatever stands before it.
TAP_TEST = re.compile(r'^(not )?ok\b *\d* *-? *(.*)$')
TAP_PLAN = re.compile(r'^1\.\.(\d+)')
PASSED, FAILED, SKIPPED = 'passed', 'failed', 'skipped'
OF_MESON = {'OK': PASSED, 'EXPECTEDFAIL': PASSED, 'SKIP': SKIPPED}
OF_STATUS = {0: PASSED, 77: SKIPPED}


def tap_outcomes(stdout):
    """Yields (outcome, name) of every test in a program's TAP, and of tests that never reported."""
    planned = reported = 0
    for line in stdout.splitlines():
        plan, test = TAP_PLAN.match(line), TAP_TEST.match(line)
        if plan:
            planned += int(plan.group(1))
        elif test:
            reported += 1
            if re.search(r'# *skip\b', line, re.I):
                yield SKIPPED, test.group(2)
            else:
                yield FAILED if test.group(1) else PASSED, test.group(2)
    if reported < planned:
        yield FAILED, f'{planned - reported} of {planned} tests never reported'


def program_outcomes(record):
    """Yields (outcome, name) of the tests of one record of Meson."""
    name = record['name'].split(' / ')[-1]
    tests = list(tap_outcomes(record.get('stdout') or ''))
    if not tests:
        yield OF_MESON.get(record['result'], FAILED), name
        return
    for outcome, test in tests:
        yield outcome, f'{name}: {test}'
    died = record['returncode'] != 0 or record['result'] in ('TIMEOUT', 'INTERRUPT')
    if died and not any(outcome == FAILED for outcome, _ in tests):
        yield FAILED, f'{name}: {record["result"]}, exit {record["returncode"]}'


def outcomes(folder):
    for path in sorted(glob.glob(os.path.join(folder, '*.json'))):
        stage = os.path.basename(path)[:-len('.json')]
        with open(path, encoding='utf-8') as file:
            for line in file:
                for outcome, name in program_outcomes(json.loads(line)):
                    yield outcome, f'{stage}: {name}'
    with open(os.path.join(folder, 'stages'), encoding='utf-8') as file:
        for line in file:
            status, name = line.rstrip('\n').split(' ', 1)
            yield OF_STATUS.get(int(status), FAILED), name


def main():
    count = {PASSED: 0, FAILED: 0, SKIPPED: 0}
    print()
    for outcome, name in outcomes(sys.argv[1]):
        count[outcome] += 1
        if outcome != PASSED:
            print(f'{outcome}: {name}')
    print(', '.join(f'{number} {outcome}' for outcome, number in count.items()))
    return 0 if count[PASSED] and not count[FAILED] else 1


if __name__ == '__main__':
    sys.exit(main())
