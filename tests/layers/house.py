# SPDX-License-Identifier: BSD-2-Clause
"""The plan of the house: the order of lib/'s rooms, and which room builds each public header."""

ROOMS = ['base', 'exec', 'machine', 'x86', 'kernel', 'sched', 'mm', 'numa', 'check', 'explore',
         'sim', 'scenario', 'report', 'compat']

# A public header counts as the room that implements it. numasim.h includes all of them and is for
# users only, so it comes after every room.
ROOM_OF_HEADER = {
    'export.h': 'base', 'error.h': 'base', 'version.h': 'base',
    'exec.h': 'exec',
    'topology.h': 'machine', 'machine.h': 'machine',
    'x86.h': 'x86', 'tlb.h': 'x86',
    'release.h': 'kernel',
    'task.h': 'sched',
    'kernel.h': 'mm', 'kernel_names.h': 'mm', 'mm.h': 'mm', 'policy.h': 'mm',
    'numa.h': 'numa',
    'check.h': 'check',
    'explore.h': 'explore', 'program.h': 'explore', 'witness.h': 'explore',
    'sim.h': 'sim', 'system.h': 'sim', 'system_calls.h': 'sim',
    'scenario.h': 'scenario', 'step.h': 'scenario',
    'report.h': 'report', 'proc.h': 'report',
    'compat.h': 'compat',
    'numasim.h': 'users',
}

RANK = {room: place for place, room in enumerate(ROOMS + ['users'])}

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 60
MAX_COLUMNS = 100
TAB = 8
LONG_FILE_EXCUSE = 'Longer than 300 lines because'
EXCUSE_WITHIN = 40  # the excuse stands in the head: in the first so many lines
