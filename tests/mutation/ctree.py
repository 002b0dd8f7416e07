# SPDX-License-Identifier: BSD-2-Clause
"""The library's syntax trees, as libclang reads them: files, functions, statements, calls.

All places are offsets in bytes, for sources hold more than ASCII.
"""
import pathlib

import clang.cindex
from clang.cindex import CursorKind as K

ROOMS = ["exec", "x86", "kernel", "sched", "mm", "numa"]  # that a simulated CPU runs in
LOOPS = {K.FOR_STMT, K.WHILE_STMT}
LABELS = {K.CASE_STMT, K.DEFAULT_STMT, K.LABEL_STMT}


class File:
    """A source or a header, and the functions that it defines."""

    def __init__(self, root, name):
        self.name = name
        self.data = (root / name).read_bytes()
        self.functions = []

    def text(self, start, end):
        """What stands there, on one line."""
        return " ".join(self.data[start:end].decode().split())

    def line(self, start):
        return self.data.count(b"\n", 0, start) + 1

    def span(self, cursor):
        return cursor.extent.start.offset, cursor.extent.end.offset

    def statement(self, cursor):
        """An expression statement has its semicolon with it."""
        start, end = self.span(cursor)
        if self.data[end - 1:end] not in (b";", b"}"):
            end = self.data.index(b";", end) + 1
        return start, end


def parse(index, root, path, arguments):
    unit = index.parse(str(path), args=arguments)
    errors = [d for d in unit.diagnostics if d.severity >= clang.cindex.Diagnostic.Error]
    if errors:
        raise SystemExit(f"{path}: libclang cannot read it: {errors[0].spelling}")
    return unit


def is_plain(file, function):
    """Written out, and not what a macro makes."""
    start, end = file.span(function)
    return function.spelling.encode() in file.data[start:end] and file.data[end - 1:end] == b"}"


def read(root, rooms=None):
    """Every file of the rooms, by name, with its functions. A header counts once."""
    root = pathlib.Path(root).resolve()
    arguments = ["-std=gnu11", "-D_GNU_SOURCE", f"-I{root}/lib", f"-I{root}/include"]
    index = clang.cindex.Index.create()
    files, units = {}, []
    for room in rooms or ROOMS:
        for path in sorted((root / "lib" / room).glob("*.c")):
            units.append(parse(index, root, path, arguments))
            add_functions(root, units[-1], files)
    return dict(sorted(files.items())), units  # the trees live as long as their units


def add_functions(root, unit, files):
    fresh = {}
    for cursor in unit.cursor.get_children():
        if cursor.kind != K.FUNCTION_DECL or not cursor.is_definition():
            continue
        place = pathlib.Path(cursor.location.file.name).resolve()
        if not place.is_relative_to(root / "lib"):
            continue
        name = str(place.relative_to(root))
        if name in files:
            continue
        file = fresh.setdefault(name, File(root, name))
        if is_plain(file, cursor):
            file.functions.append(cursor)
    files.update(fresh)


def walk(cursor):
    yield cursor
    for child in cursor.get_children():
        yield from walk(child)


def calls_in(cursor):
    return (c for c in walk(cursor) if c.kind == K.CALL_EXPR and c.spelling)


def called(call):
    """A name for the function that is called, the same in every file; None: by a pointer."""
    return call.referenced.get_usr() if call.referenced else None


def blocks(cursor):
    return (c for c in walk(cursor) if c.kind == K.COMPOUND_STMT)


def inner_statements(cursor):
    """Which children stand where a statement does."""
    children = list(cursor.get_children())
    if cursor.kind == K.COMPOUND_STMT:
        return children
    if cursor.kind in (K.IF_STMT, K.SWITCH_STMT):
        return children[1:]
    if cursor.kind in LOOPS | LABELS:
        return children[-1:]
    return children[:1] if cursor.kind == K.DO_STMT else []


def statements(function):
    """Every statement, those without braces too."""
    for cursor in walk(function):
        yield from inner_statements(cursor)
