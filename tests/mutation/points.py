# SPDX-License-Identifier: BSD-2-Clause
"""Which functions come to a *point*: a step that others can come between, or an effect that the
running step shows to others. Found from the calls: whoever calls one that does.

A call by a pointer (the hooks of lib/numa) is taken for none.
"""
import ctree

ROOTS = {"point_yield", "point_described", "touch"}


def find(files):
    """The names (as ctree.called() gives them) of all that come to a point."""
    callers, found = {}, set()
    for file in files.values():
        for function in file.functions:
            name = function.get_usr()
            if function.spelling in ROOTS:
                found.add(name)
            for call in ctree.calls_in(function):
                callers.setdefault(ctree.called(call), set()).add(name)
    fresh = set(found)
    while fresh:
        fresh = {caller for name in fresh for caller in callers.get(name, ())} - found
        found |= fresh
    return found


def comes_to_point(cursor, points):
    return any(ctree.called(call) in points for call in ctree.calls_in(cursor))
