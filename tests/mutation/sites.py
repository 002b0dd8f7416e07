# SPDX-License-Identifier: BSD-2-Clause
"""Where the library can be mutated: found in its syntax tree, so that nobody chooses.

Three kinds of mutant, each a place in a file and what stands there instead:

  bit      the value of a page-table entry that is stored has one bit more, or less: every bit of
           BITS at every call of a WRITER
  counter  a statement that counts is left out: every call of COUNT, every += and ++ on COUNTED
  swap     two statements that follow one another in a block change places, each of them a *point*
           (a step that others can come between): every such pair in SWAPPED files
"""
import fnmatch
import pathlib
from dataclasses import dataclass

import clang.cindex
from clang.cindex import CursorKind as K

# An entry's bits (Intel SDM vol. 3A, 4.5.4, and what Linux keeps in the ignored ones).
BITS = {"P": 0, "RW": 1, "US": 2, "A": 5, "D": 6, "PS": 7, "G": 8, "SPECIAL": 9, "UFFD": 10,
        "SOFT_DIRTY": 11, "PFN": 12, "SAVED_DIRTY": 58, "NX": 63}

# Functions that store an entry: which argument is the value.
WRITERS = {"set_pte_at": 3, "set_pmd_at": 3, "set_entry_at": 3, "entry_exchange": 3}
WRITER_FILES = ["lib/mm/*.c"]
NOT_A_SITE = {"set_pte_at", "set_pmd_at", "set_entry_at"}  # these only pass the value on

COUNT = {"count_vm_events", "count_vm_event", "zone_count", "numa_stat"}
COUNTED = {"rss", "vm_event", "stat", "pgtables_bytes", "total_vm", "locked_vm", "numa_faults",
           "numa_pages_migrated"}
COUNTER_FILES = ["lib/mm/*.c", "lib/numa/*.c"]

POINTS = {"point", "point_described", "shared_read32", "shared_read64", "shared_write32",
          "shared_write64", "shared_add32", "shared_add64", "entry_read", "set_pte_at",
          "set_pmd_at", "set_entry_at", "entry_get_and_clear", "entry_exchange", "lock_take",
          "lock_release", "lock_try", "rwlock_take_read", "rwlock_release_read",
          "rwlock_take_write", "rwlock_release_write", "mmap_read_lock", "mmap_read_unlock",
          "mmap_write_lock", "mmap_write_unlock", "get_page", "put_page", "page_remove_rmap",
          "page_add_anon_rmap", "page_add_new_anon_rmap", "page_add_file_rmap", "page_dup_rmap",
          "flush_tlb_page", "flush_tlb_range", "flush_tlb_mm", "flush_tlb_mm_range",
          "pmdp_clear_flush", "ptep_clear_flush", "page_flags_set", "page_flags_clear",
          "page_flags_test", "lock_page", "unlock_page", "tlb_remove_tlb_entry",
          "tlb_remove_page", "tlb_flush_mmu", "tlb_flush_mmu_tlbonly", "local_irq_disable",
          "local_irq_enable", "inc_tlb_flush_pending", "dec_tlb_flush_pending"}
SWAPPED = ["lib/mm/*fault*.c", "lib/mm/cow*.c", "lib/mm/anon.c", "lib/mm/hint_*.c",
           "lib/mm/huge_zero.c", "lib/mm/protect*.c", "lib/mm/mprotect*.c", "lib/mm/tlb*.c",
           "lib/mm/gather.c", "lib/mm/zap*.c", "lib/mm/switch*.c"]


@dataclass(frozen=True)
class Edit:
    """One place: bytes [start, end) of a file. What it becomes is schemata.py's business."""
    kind: str
    file: str
    line: int
    start: int
    end: int
    middle: tuple  # swap: (end of the first statement, start of the second)
    function: str


@dataclass(frozen=True)
class Mutant:
    number: int
    edit: Edit
    what: str  # the bit's name, or ""

    def describe(self):
        what = {"bit": f"bit {self.what} of the stored entry is flipped",
                "counter": "does not count", "swap": "changes places with the next statement"}
        return f"{self.edit.file}:{self.edit.line} {self.edit.function}(): {what[self.edit.kind]}"


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def calls_in(cursor):
    if cursor.kind == K.CALL_EXPR and cursor.spelling:
        yield cursor
    for child in cursor.get_children():
        yield from calls_in(child)


def offsets(cursor):
    return cursor.extent.start.offset, cursor.extent.end.offset


def is_plain(text, start, end):
    """Statements that another statement can be swapped with: they begin and end no scope."""
    return "\n\n" not in text[start:end] and "#" not in text[start:end]


class File:
    def __init__(self, root, name, unit):
        self.name = name
        self.text = (root / name).read_bytes().decode()
        self.unit = unit

    def functions(self):
        for cursor in self.unit.cursor.get_children():
            here = cursor.location.file and cursor.location.file.name.endswith(self.name)
            if cursor.kind == K.FUNCTION_DECL and cursor.is_definition() and here:
                yield cursor

    def edit(self, kind, function, start, end, middle=()):
        return Edit(kind, self.name, self.text.count("\n", 0, start) + 1, start, end, middle,
                    function.spelling)

    def bits(self, function):
        for call in calls_in(function):
            value = WRITERS.get(call.spelling)
            arguments = list(call.get_arguments())
            if value is None or function.spelling in NOT_A_SITE or len(arguments) <= value:
                continue
            yield self.edit("bit", function, *offsets(arguments[value]))

    def counters(self, function):
        for block in blocks(function):
            for statement in block.get_children():
                if counts(statement):
                    yield self.edit("counter", function, *self.statement(statement))

    def statement(self, cursor):
        """An expression statement with its semicolon."""
        start, end = offsets(cursor)
        if self.text[end - 1] not in ";}":
            end = self.text.index(";", end) + 1
        return start, end

    def swaps(self, function):
        for block in blocks(function):
            statements = list(block.get_children())
            for first, second in zip(statements, statements[1:]):
                if not (may_swap(first) and may_swap(second)):
                    continue
                a, b = self.statement(first)
                c, d = self.statement(second)
                if is_plain(self.text, a, b) and is_plain(self.text, c, d):
                    yield self.edit("swap", function, a, d, (b, c))


def blocks(cursor):
    if cursor.kind == K.COMPOUND_STMT:
        yield cursor
    for child in cursor.get_children():
        yield from blocks(child)


def counts(statement):
    if statement.kind == K.CALL_EXPR:
        return statement.spelling in COUNT
    if statement.kind not in (K.UNARY_OPERATOR, K.COMPOUND_ASSIGNMENT_OPERATOR):
        return False
    target = next(statement.get_children(), None)
    while target is not None:
        if target.kind == K.MEMBER_REF_EXPR and target.spelling in COUNTED:
            return True
        target = next(target.get_children(), None)
    return False


def may_swap(statement):
    """A point, and no end of the block."""
    if statement.kind in (K.DECL_STMT, K.RETURN_STMT, K.BREAK_STMT, K.CONTINUE_STMT, K.GOTO_STMT,
                          K.LABEL_STMT):
        return False
    return any(call.spelling in POINTS for call in calls_in(statement))


def all_edits(root, arguments):
    """Every edit of the library, in the order of files and places. @arguments: of the compiler."""
    index = clang.cindex.Index.create()
    for path in sorted(pathlib.Path(root).glob("lib/*/*.c")):
        name = str(path.relative_to(root))
        if not matches(name, WRITER_FILES + COUNTER_FILES + SWAPPED):
            continue
        file = File(pathlib.Path(root), name, index.parse(str(path), args=arguments))
        errors = [d for d in file.unit.diagnostics if d.severity >= clang.cindex.Diagnostic.Error]
        if errors:
            raise SystemExit(f"{name}: {errors[0].spelling}")
        found = []
        for function in file.functions():
            if matches(name, WRITER_FILES):
                found += file.bits(function)
            if matches(name, COUNTER_FILES):
                found += file.counters(function)
            if matches(name, SWAPPED):
                found += file.swaps(function)
        yield from sorted(found, key=lambda edit: (edit.start, edit.end))


def all_mutants(root, arguments):
    """Numbered from 1 on; 0 is the library as it is."""
    number = 0
    for edit in all_edits(root, arguments):
        for what in BITS if edit.kind == "bit" else [""]:
            number += 1
            yield Mutant(number, edit, what)
