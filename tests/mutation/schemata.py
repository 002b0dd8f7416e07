# SPDX-License-Identifier: BSD-2-Clause
"""All mutants in one program: the sources, where each place asks which mutant is on.

  bit      set_pte_at(mm, a, p, MUTANT_BITS(7, value))     mutants 7, 8, ... flip a bit each
  counter  { if (!MUTANT(20)) { mm->rss[kind]++; } }
  swap     each of the two statements becomes a *slot*, which runs what the mutant puts there:
           { if (MUTANT(30)) { B } else { A } } w; { if (MUTANT(30)) { A } else { B } }
           (swaps.py has the other ways); what a mutant moves has no mutants inside
"""
import pathlib

import sites

FOLDER = pathlib.Path(__file__).parent


def first_numbers(mutants):
    """(edit, number of its first mutant), each edit once, in order."""
    first = {}
    for mutant in mutants:
        first.setdefault(mutant.edit, mutant.number)
    return list(first.items())


class Slot:
    """A statement that changes places with its neighbours."""

    def __init__(self):
        self.instead = []  # (mutant, what runs here then)
        self.before = []
        self.behind = []

    def text(self, body):
        choice = "".join("if (MUTANT(%d)) { %s } else " % way for way in self.instead)
        if choice:
            body = "{ %s{ %s } }" % (choice, body)
        before = "".join("{ if (MUTANT(%d)) { %s } } " % way for way in self.before)
        behind = "".join(" { if (MUTANT(%d)) { %s } }" % way for way in self.behind)
        return before + body + behind


class Rewriter:
    """One file with all of its edits, which may lie inside one another."""

    def __init__(self, data, edits):
        self.data = data
        self.slots = {}
        self.regions = []  # (start, end, how deep if the same, what to make of the inside)
        for edit, number in edits:
            {"bit": self.bit, "counter": self.counter, "swap": self.swap}[edit.kind](edit, number)
        for (start, end), slot in self.slots.items():
            self.regions.append((start, end, 0, slot.text))
        self.regions.sort(key=lambda r: (r[0], -r[1], r[2]))

    def raw(self, span):
        return self.data[span[0]:span[1]].decode()

    def region(self, span, depth, form):
        self.regions.append((*span, depth, lambda inside: form % inside))

    def bit(self, edit, number):
        self.region((edit.start, edit.end), 3, f"MUTANT_BITS({number}, %s)")

    def counter(self, edit, number):
        self.region((edit.start, edit.end), 1, "{ if (!MUTANT(%d)) { %%s } }" % number)

    def slot(self, span):
        return self.slots.setdefault(tuple(span), Slot())

    def swap(self, edit, number):
        pair = edit.swap
        first, second = self.slot(pair.first), self.slot(pair.second)
        if pair.how == "hoist":
            self.region(pair.value, 2, "(MUTANT(%d) ? (__typeof__(%s))0 : (%%s))"
                        % (number, pair.variable))
            second.behind.append((number, f"{pair.variable} = {self.raw(pair.value)};"))
            return
        moved = self.raw(pair.first)
        first.instead.append((number, self.raw(pair.second) if pair.how == "exchange" else ";"))
        if pair.how == "exchange":
            second.instead.append((number, moved))
        elif pair.how == "later":
            second.behind.append((number, moved))
        else:
            value = self.raw(pair.value)
            second.before.append((number, f"__typeof__({value}) mutant_answer = {value}; "
                                          f"{moved} return mutant_answer;"))

    def render(self):
        return self.inside(0, len(self.data), iter(self.regions), [])

    def inside(self, start, end, regions, pushed):
        """What becomes of [start, end): the regions in it, in order."""
        out, at = [], start
        while True:
            region = pushed.pop() if pushed else next(regions, None)
            if region is None:
                break
            if region[0] >= end:
                pushed.append(region)
                break
            if region[1] > end:
                raise SystemExit(f"edits overlap at {self.raw(region[:2])[:80]!r}")
            out.append(self.raw((at, region[0])))
            out.append(region[3](self.inside(region[0], region[1], regions, pushed)))
            at = region[1]
        return "".join(out) + self.raw((at, end))


def put(place, text):
    """Write it only if it is new: what is unchanged is not built again."""
    if not place.exists() or place.read_text() != text:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


def template(name, **values):
    text = (FOLDER / name).read_text()
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def write(root, target, mutants):
    """What is in @root with all of @mutants in it, over the copy at @target."""
    root, target = pathlib.Path(root), pathlib.Path(target)
    bits = ", ".join(str(bit) for bit in sites.entry_bits(root).values())
    put(target / "lib/base/mutant.h", template("mutant.h.in", BITS=bits))
    put(target / "lib/base/mutant.c", template("mutant.c.in", SIZE=str(seen_size(mutants))))
    build = (root / "lib/base/meson.build").read_text()
    put(target / "lib/base/meson.build", build + "\nsources += files('mutant.c')\n")
    by_file = {}
    for edit, number in first_numbers(mutants):
        by_file.setdefault(edit.file, []).append((edit, number))
    for name, edits in by_file.items():
        text = Rewriter((root / name).read_bytes(), edits).render()
        put(target / name, '#include "base/mutant.h"\n' + text)
    return set(by_file) | {"lib/base/meson.build"}


def seen_size(mutants):
    return len(mutants) + 4096
