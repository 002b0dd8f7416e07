# SPDX-License-Identifier: BSD-2-Clause
"""All mutants in one program: a copy of the sources in which each place asks which mutant is on.

  bit      set_pte_at(mm, a, p, MUTANT_BITS(7, value))     mutants 7, 8, ... flip a bit each
  counter  { if (!MUTANT(20)) mm->rss[kind]++; }
  swap     for statements A, B that may change places as mutant 30:
           { if (MUTANT(30)) { B } } { A } { if (!MUTANT(30)) { B } }
"""
import pathlib
import shutil

import sites

HEADER = """/* SPDX-License-Identifier: BSD-2-Clause */
/* Which mutant is on (environment: NUMASIM_MUTANT), and which places were come to. */
#ifndef MUTANT_H
#define MUTANT_H
#include <stdint.h>
extern unsigned mutant_on;
extern unsigned char *mutant_seen;
static inline int mutant_is(unsigned number)
{
	if (mutant_seen)
		mutant_seen[number] = 1;
	return mutant_on == number;
}
static inline uint64_t mutant_bits(unsigned first, uint64_t value)
{
	static const unsigned char bits[] = { %(bits)s };

	if (mutant_seen)
		mutant_seen[first] = 1;
	return mutant_on - first < sizeof(bits) ? value ^ UINT64_C(1) << bits[mutant_on - first]
						: value;
}
#define MUTANT(number) mutant_is(number)
#define MUTANT_BITS(first, value) mutant_bits(first, value)
#endif
"""

SOURCE = """/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/mutant.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
unsigned mutant_on;
unsigned char *mutant_seen;
__attribute__((constructor)) static void mutant_choose(void)
{
	const char *on = getenv("NUMASIM_MUTANT"), *file = getenv("NUMASIM_MUTANT_SEEN");
	void *map;
	int fd;

	if (on)
		mutant_on = (unsigned)strtoul(on, NULL, 10);
	fd = file ? open(file, O_RDWR) : -1;
	if (fd < 0)
		return;
	map = mmap(NULL, %(size)d, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		mutant_seen = map;
}
"""


def edits_with_numbers(mutants):
    """(edit, number of its first mutant), each edit once."""
    first = {}
    for mutant in mutants:
        first.setdefault(mutant.edit, mutant.number)
    return list(first.items())


class Rewriter:
    """One file's text with all of its edits, which may lie inside one another."""

    def __init__(self, text, edits):
        self.text = text
        self.inner = sorted(((e, n) for e, n in edits if e.kind != "swap"),
                            key=lambda item: (item[0].start, -item[0].end))
        self.swaps = [(e, n) for e, n in edits if e.kind == "swap"]
        # a statement -> the swap with the one before it, and with the one behind it
        self.before = {e.middle[1]: n for e, n in self.swaps}
        self.behind = {e.start: (e, n) for e, n in self.swaps}
        self.ends = {e.start: e.middle[0] for e, _ in self.swaps}
        self.ends |= {e.middle[1]: e.end for e, _ in self.swaps}

    def places(self, start, end, outermost):
        """Edits and statements inside [start, end), the outer ones only, in order."""
        found = [(e.start, e.end, ("edit", e, n)) for e, n in self.inner]
        found += [(a, b, ("statement", a, b)) for a, b in self.ends.items()]
        found = [f for f in found if start <= f[0] and f[1] <= end and f[2] != outermost]
        found.sort(key=lambda f: (f[0], -f[1], f[2][0] == "edit"))
        last = start
        for a, b, what in found:
            if a >= last:
                yield a, b, what
                last = b

    def rewrite(self, start=0, end=None, outermost=None):
        end = len(self.text) if end is None else end
        out, at = [], start
        for a, b, what in self.places(start, end, outermost):
            out += [self.text[at:a], self.one(a, b, what)]
            at = b
        return "".join(out + [self.text[at:end]])

    def one(self, a, b, what):
        if what[0] == "statement":
            return self.statement(a, b)
        _, edit, number = what
        inside = self.rewrite(a, b, what)
        if edit.kind == "bit":
            return f"MUTANT_BITS({number}, {inside})"
        return "{ if (!MUTANT(%d)) { %s } }" % (number, inside)

    def body(self, a, b):
        return "{ %s }" % self.rewrite(a, b, ("statement", a, b))

    def statement(self, a, b):
        out = []
        if a in self.behind:
            edit, number = self.behind[a]
            c, d = edit.middle[1], edit.end
            out.append("{ if (MUTANT(%d)) %s }" % (number, self.body(c, d)))
        if a in self.before:
            out.append("{ if (!MUTANT(%d)) %s }" % (self.before[a], self.body(a, b)))
        else:
            out.append(self.body(a, b))
        return " ".join(out)


def copy_tree(root, target):
    """What is under version control, and new files that are not ignored."""
    import subprocess
    names = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                           capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, names):
        source, place = pathlib.Path(root, name), pathlib.Path(target, name)
        if source.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)


def write(root, target, mutants):
    """The copy of @root at @target, with all of @mutants in it."""
    copy_tree(root, target)
    lib = pathlib.Path(target, "lib")
    bits = ", ".join(str(bit) for bit in sites.BITS.values())
    (lib / "base" / "mutant.h").write_text(HEADER % {"bits": bits})
    (lib / "base" / "mutant.c").write_text(SOURCE % {"size": len(mutants) + 4096})
    build = lib / "base" / "meson.build"
    build.write_text(build.read_text() + "\nsources += files('mutant.c')\n")
    by_file = {}
    for edit, number in edits_with_numbers(mutants):
        by_file.setdefault(edit.file, []).append((edit, number))
    for name, edits in by_file.items():
        place = pathlib.Path(target, name)
        text = Rewriter(place.read_text(), edits).rewrite()
        place.write_text('#include "base/mutant.h"\n' + text)
