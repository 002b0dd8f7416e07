#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
docs/conformance.md is what `scripts/conformance --docs` writes; TAP.

usage: document_test.py PROGRAM      PROGRAM is the built conformance-model
"""
import difflib
import sys

sys.dont_write_bytecode = True
import document
import judge

MOST_SHOWN = 20


def difference(committed, generated):
    """The first lines in which the page differs from what would be written."""
    lines = difflib.unified_diff(committed.splitlines(), generated.splitlines(),
                                 'docs/conformance.md', 'what would be written', n=0, lineterm='')
    return list(lines)[:MOST_SHOWN]


def stale_pages(page):
    """The page as it would be if somebody had forgotten to write it anew, or changed it by hand."""
    lines = page.splitlines()
    row = next(i for i, line in enumerate(lines) if ' lines agree ' in line)
    yield 'without a case', lines[:row] + lines[row + 1:]
    yield 'with another count', lines[:row] + [lines[row].replace(' lines', '0 lines', 1)] + \
        lines[row + 1:]
    bit = next(i for i, line in enumerate(lines) if line.startswith('| zero page'))
    yield 'with another bit', lines[:bit] + [lines[bit].replace('225', '227', 1)] + lines[bit + 1:]


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        generated = document.page(sys.argv[1])
        with open(document.PATH, encoding='utf-8') as file:
            found = difference(file.read(), generated)
    except (judge.Malformed, KeyError, OSError) as e:
        print(f'Bail out! {e}')
        return 1
    print(f'{"not ok" if found else "ok"} 1 - the page is what would be written')
    for line in [*found, *(['scripts/conformance --docs writes it'] if found else [])]:
        print(f'# {line}')
    bad = bool(found)
    number = 1
    for number, (how, lines) in enumerate(stale_pages(generated), 2):
        noticed = difference('\n'.join(lines), generated)
        bad |= not noticed
        print(f'{"ok" if noticed else "not ok"} {number} - a page {how} is noticed')
    print(f'1..{number}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
