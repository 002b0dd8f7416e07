#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Shows that check.py fires: every rule is broken in a small tree of its own and must be reported at
the right line, and what only looks like a violation must not be. TAP on stdout.
"""
import os
import sys
import tempfile

sys.dont_write_bytecode = True  # leave nothing behind in the tree
from check import check_tree

SPDX = '/* SPDX-License-Identifier: BSD-2-Clause */\n'


def body(lines):
    """A function of so many lines, its signature counted."""
    return 'int f(void)\n{\n' + '\treturn 0;\n' * (lines - 3) + '}\n'


# (what, files, path and line of the one violation expected, words it must hold)
BROKEN = [
    ('a room includes a later room',
     {'lib/machine/a.c': SPDX + '#include "mm/page.h"\n'}, 'lib/machine/a.c:2', 'mm comes later'),
    ('the same with spaces in the directive',
     {'lib/base/a.c': SPDX + '  #  include  "exec/point.h"\n'}, 'lib/base/a.c:2', 'exec comes'),
    ('the last room but one includes the last',
     {'lib/report/a.h': SPDX + '#include "compat/a.h"\n'}, 'lib/report/a.h:2', 'compat comes'),
    ('a header without its room',
     {'lib/mm/a.c': SPDX + '#include "page.h"\n'}, 'lib/mm/a.c:2', 'does not name a room'),
    ('a way around by a relative path',
     {'lib/mm/a.c': SPDX + '#include "../numa/scan.h"\n'}, 'lib/mm/a.c:2', 'does not name a room'),
    ('a room includes the public header of a later one',
     {'lib/x86/a.c': SPDX + '#include <numasim/explore.h>\n'}, 'lib/x86/a.c:2',
     'explore, its room'),
    ('a room includes the header of everything',
     {'lib/compat/a.c': SPDX + '#include <numasim/numasim.h>\n'}, 'lib/compat/a.c:2', 'users'),
    ('a public header that no room is known to build is included',
     {'lib/mm/a.c': SPDX + '#include <numasim/unheard.h>\n'}, 'lib/mm/a.c:2', 'ROOM_OF_HEADER'),
    ('a public header that no room is known to build exists',
     {'include/numasim/unheard.h': SPDX}, 'include/numasim/unheard.h:1', 'ROOM_OF_HEADER'),
    ('a public header includes one of a later room',
     {'include/numasim/tlb.h': SPDX + '#include <numasim/scenario.h>\n'},
     'include/numasim/tlb.h:2', 'scenario, its room'),
    ('a public header includes a private one',
     {'include/numasim/tlb.h': SPDX + '#include "x86/tlb.h"\n'}, 'include/numasim/tlb.h:2',
     'users have only'),
    ('a room that is not in the plan',
     {'lib/attic/a.c': SPDX}, 'lib/attic/a.c:1', 'not in a room'),
    ('a file in no room',
     {'lib/a.c': SPDX}, 'lib/a.c:1', 'not in a room'),
    ('the command reaches into the library',
     {'cli/explore.c': SPDX + '#include "explore/graph.h"\n'}, 'cli/explore.c:2', 'only <numasim/'),
    ('an example reaches into the library',
     {'examples/a.c': SPDX + '#include "mm/page.h"\n'}, 'examples/a.c:2', 'show users'),
    ('the library prints',
     {'lib/mm/a.c': SPDX + 'int f(void)\n{\n\treturn printf("x");\n}\n'}, 'lib/mm/a.c:4', 'printf'),
    ('the library writes to stderr',
     {'lib/mm/a.c': SPDX + 'int f(void)\n{\n\treturn fputs("x", stderr);\n}\n'}, 'lib/mm/a.c:4',
     'stderr'),
    ('the library exits',
     {'lib/mm/a.c': SPDX + 'void f(void)\n{\n\texit (1);\n}\n'}, 'lib/mm/a.c:4', 'never exits'),
    ('a file of 301 lines',
     {'lib/mm/a.c': SPDX + '\n' * 300}, 'lib/mm/a.c:301', '301 lines'),
    ('an excuse that does not stand in the head',
     {'lib/mm/a.c': SPDX + '\n' * 299 + '/* Longer than 300 lines because. */\n'},
     'lib/mm/a.c:301', '301 lines'),
    ('a function of 61 lines',
     {'lib/mm/a.c': SPDX + '\n' + body(61)}, 'lib/mm/a.c:3', 'f has 61 lines'),
    ('a signature over two lines counts',
     {'lib/mm/a.c': SPDX + body(60).replace('int f(void)', 'static int g(int a,\n\t     int b)')},
     'lib/mm/a.c:2', 'g has 61 lines'),
    ('a long function whose brace stands at the end of its signature',
     {'tests/unit/mm/a.c': SPDX + body(62).replace(')\n{', ') {')}, 'tests/unit/mm/a.c:2',
     'f has 61 lines'),
    ('a brace in a string does not end a function',
     {'lib/mm/a.c': SPDX + body(61).replace('\treturn 0;', '\treturn *"\\\n}";', 1)
      .replace('\treturn 0;\n', '', 1)}, 'lib/mm/a.c:2', 'f has 61 lines'),
    ('a line of 101 columns',
     {'lib/mm/a.c': SPDX + '/*' + 'x' * 97 + '*/\n'}, 'lib/mm/a.c:2', '101 columns'),
    ('a tab counts as eight columns',
     {'lib/mm/a.c': SPDX + '\t/*' + 'x' * 89 + '*/\n'}, 'lib/mm/a.c:2', '101 columns'),
    ('a C file without a licence',
     {'lib/mm/a.c': '/* mm */\n'}, 'lib/mm/a.c:1', 'SPDX'),
    ('a script without a licence',
     {'scripts/run': '#!/bin/sh\ntrue\n'}, 'scripts/run:1', 'SPDX'),
    ('a file that is not UTF-8',
     {'lib/mm/a.c': b'/* \xff */\n'}, 'lib/mm/a.c:1', 'UTF-8'),
]

SOUND = [
    ('a room includes itself and rooms below',
     {'lib/numa/a.c': SPDX + '#include "numa/a.h"\n#include "mm/a.h"\n#include <numasim/tlb.h>\n'}),
    ('system headers are free',
     {'lib/base/a.c': SPDX + '#include <stdio.h>\n#include <bsd/sys/tree.h>\n'}),
    ('an include inside a comment',
     {'lib/base/a.c': SPDX + '/*\n#include "mm/page.h"\n*/\n'}),
    ('a public header includes lower ones',
     {'include/numasim/scenario.h': SPDX + '#include <numasim/error.h>\n'}),
    ('the header of everything includes all',
     {'include/numasim/numasim.h': SPDX + '#include <numasim/scenario.h>\n'}),
    ('the command and its own header',
     {'cli/explore.c': SPDX + '#include "cli/cli.h"\n#include <numasim/explore.h>\n'}),
    ('the command and its own header, from beside it',
     {'cli/explore.c': SPDX + '#include "cli.h"\n'}),
    ('a unit test opens any room',
     {'tests/unit/base/a.c': SPDX + '#include "report/a.h"\nint x(void)\n{\n\tputs("");\n}\n'}),
    ('words that only look like printing and exiting',
     {'lib/mm/a.c': SPDX + '/* exit(1) */\nint f(char *err, void *stdout_of)\n'
      '\t__attribute__((format(printf, 1, 2)));\nint g(void)\n{\n\t_exit(1);\n\treturn '
      '*"printf(stderr)" + vm_exit(1) + snprintf(0, 0, "");\n}\n'}),
    ('300 lines', {'lib/mm/a.c': SPDX + '\n' * 299}),
    ('a long file with a reason',
     {'lib/mm/a.c': SPDX + '/* Longer than 300 lines because it is a table. */\n' + '\n' * 400}),
    ('a function of 60 lines', {'lib/mm/a.c': SPDX + body(60)}),
    ('a long table is no function',
     {'lib/mm/a.c': SPDX + 'static const int t[] = {\n' + '\t1,\n' * 80 + '};\n'}),
    ('two functions of 40 lines', {'lib/mm/a.c': SPDX + body(40) + '\n' + body(40)}),
    ('100 columns, counted in characters',
     {'lib/mm/a.c': SPDX + '/*' + 'é' * 96 + '*/\n'}),
    ('build folders are not read', {'tests/build-x/a.c': 'no licence\n'}),
]


def violations(files):
    with tempfile.TemporaryDirectory() as root:
        os.mkdir(os.path.join(root, 'lib'))
        for path, text in files.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), 'wb') as file:
                file.write(text if isinstance(text, bytes) else text.encode())
        return [(f'{path}:{line}', problem) for path, line, problem in check_tree(root)]


def judge_broken(files, place, words):
    found = violations(files)
    return len(found) == 1 and found[0][0] == place and words in found[0][1], found


def main():
    print(f'1..{len(BROKEN) + len(SOUND)}')
    failed = number = 0
    for what, files, place, words in BROKEN:
        number += 1
        right, found = judge_broken(files, place, words)
        failed += not right
        print(f'{"ok" if right else "not ok"} {number} - refused: {what}')
        if not right:
            print(f'# expected {place} "{words}", found {found}')
    for what, files in SOUND:
        number += 1
        found = violations(files)
        failed += bool(found)
        print(f'{"not ok" if found else "ok"} {number} - allowed: {what}')
        if found:
            print(f'# found {found}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
