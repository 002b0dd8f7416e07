# SPDX-License-Identifier: BSD-2-Clause
"""Where the library can be mutated: found in its syntax tree, so that nobody chooses.

  bit      a value that becomes an entry of a page table has one bit more, or less: every field of
           the entry table (<numasim/x86.h>), its lowest bit, at every writer. Writers: who calls a
           function of mm/entry.h that stores a value; what kernel/modify.[ch] makes; what the
           processor's walk stores (A and D)
  counter  a statement that counts is left out: every ++, --, += and -= of a member of a structure,
           and every call of count_vm_events(), in COUNTING
  swap     two points that follow one another in a block change places (swaps.py), in SWAPPED
"""
import fnmatch
import pathlib
import re
from dataclasses import dataclass, field

from clang.cindex import CursorKind as K
from clang.cindex import StorageClass

import ctree
import points
import swaps

STORES = "lib/mm/entry.h"  # declares what stores an entry
MAKERS = ["lib/kernel/modify.[ch]"]
WALK = "lib/x86/walk.c"
COUNTING = ["lib/mm/*.[ch]", "lib/numa/*.[ch]"]
COUNT = {"count_vm_events"}
SWAPPED = ["lib/mm/*fault*.c", "lib/mm/cow*.c", "lib/mm/anon.c", "lib/mm/hint_*.c",
           "lib/mm/huge_zero.c", "lib/mm/protect*.c", "lib/mm/mprotect*.c", "lib/mm/tlb*.c",
           "lib/mm/gather.c", "lib/mm/zap*.c", "lib/mm/switch*.c", "lib/mm/entry.c",
           "lib/mm/pmd.c"]
FIELD = re.compile(r"^\s*X\((\w+), (\d+), (\d+),", re.M)


@dataclass(frozen=True)
class Edit:
    """One place. What becomes of it is schemata.py's business."""
    kind: str  # bit, counter, swap
    file: str
    line: int
    function: str
    start: int
    end: int
    text: str
    swap: object = field(default=None, compare=False)  # swaps.Pair


@dataclass(frozen=True)
class Mutant:
    number: int
    edit: Edit
    what: str  # the bit's name, or ""
    name: str = ""  # the same as long as the code there is the same

    def describe(self):
        return f"{self.edit.file}:{self.edit.line} {self.name.split(' ', 1)[1]}"


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def entry_bits(root):
    """{name: bit}, one for each field of the entry table."""
    bits = {}
    for name, first, _ in FIELD.findall((root / "include/numasim/x86.h").read_text()):
        if int(first) not in bits.values():
            bits[name] = int(first)
    if len(bits) < 20:
        raise SystemExit("include/numasim/x86.h: NUMASIM_X86_FIELDS was not understood")
    return bits


# ---- entries ----

def storing(files):
    """{function of mm/entry.h that stores its last argument: which argument that is}"""
    found = {}
    for name in (STORES, STORES.replace(".h", ".c")):
        for function in files[name].functions if name in files else ():
            arguments = [a.spelling for a in function.get_arguments()]
            shared = name.endswith(".h") or function.storage_class != StorageClass.STATIC
            if shared and arguments[-1:] == ["value"]:
                found[function.get_usr()] = len(arguments) - 1
    return found


def stored_values(file, function, stores):
    if function.get_usr() in stores:
        return  # only passes the value on
    for call in ctree.calls_in(function):
        where = stores.get(ctree.called(call))
        if where is not None:
            yield list(call.get_arguments())[where]


def made_values(function):
    for cursor in ctree.walk(function):
        if cursor.kind == K.RETURN_STMT:
            yield from cursor.get_children()


def walked_values(file, function):
    """What is assigned through the pointer to an entry."""
    for cursor in ctree.walk(function):
        if cursor.kind not in (K.BINARY_OPERATOR, K.COMPOUND_ASSIGNMENT_OPERATOR):
            continue
        left, right = cursor.get_children()
        operator = file.text(file.span(left)[1], file.span(right)[0])
        if operator in ("=", "|=") and re.match(r"\*.*host$", file.text(*file.span(left))):
            yield right


def values(file, function, stores):
    yield from stored_values(file, function, stores)
    if matches(file.name, MAKERS):
        yield from made_values(function)
    if file.name == WALK:
        yield from walked_values(file, function)


# ---- counters ----

def counts(statement, file):
    if statement.kind == K.CALL_EXPR:
        return statement.spelling in COUNT
    if statement.kind not in (K.UNARY_OPERATOR, K.COMPOUND_ASSIGNMENT_OPERATOR):
        return False
    text = file.text(*file.span(statement))
    if not re.search(r"\+\+|--|[+-]= ", text):
        return False
    target = next(statement.get_children(), None)
    while target is not None and target.kind != K.MEMBER_REF_EXPR:
        target = next(target.get_children(), None)
    return target is not None


# ---- all of them ----

def edits_of(file, function, stores, is_point):
    def edit(kind, start, end, swap=None):
        text = swap.text if swap else file.text(start, end)
        return Edit(kind, file.name, file.line(start), function.spelling, start, end, text, swap)

    for value in values(file, function, stores):
        yield edit("bit", *file.span(value))
    if matches(file.name, COUNTING):
        for statement in ctree.statements(function):
            if counts(statement, file):
                yield edit("counter", *file.statement(statement))
    if matches(file.name, SWAPPED):
        for pair in swaps.pairs(file, function, is_point):
            yield edit("swap", *pair.first, pair)


def all_edits(root, rooms=None):
    """Every edit, in the order of files and places."""
    files, units = ctree.read(root, rooms)
    stores, found = storing(files), points.find(files)
    for file in files.values():
        edits = {e for function in file.functions
                 for e in edits_of(file, function, stores,
                                   lambda c: points.comes_to_point(c, found))}
        yield from sorted(edits, key=lambda e: (e.start, e.end, e.kind, e.text))
    del units


def short(text, most=110):
    return text if len(text) <= most else text[:most - 3] + "..."


def all_mutants(root, rooms=None):
    """Numbered from 1 on; 0 is the library as it is."""
    root = pathlib.Path(root).resolve()
    bits, seen, number = entry_bits(root), {}, 0
    for edit in all_edits(root, rooms):
        for what in bits if edit.kind == "bit" else [""]:
            number += 1
            name = f"{edit.file} {edit.function}() {edit.kind} {what}: {short(edit.text)}"
            name = name.replace(" :", ":")
            seen[name] = seen.get(name, 0) + 1
            yield Mutant(number, edit, what, f"{name} #{seen[name]}")
