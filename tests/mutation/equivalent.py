# SPDX-License-Identifier: BSD-2-Clause
"""Mutants that cannot be noticed: equivalent.txt says which, and by which scenario.

  FILE FUNCTION() KIND: TEXT #N | SCENARIO KERNEL

A line is believed only if *graph* finds the same final states in that scenario on that kernel with
and without the mutant, and comes to its place (finals.c). Counters are no part of a final state, so
no mutant of a counter can be listed.
"""
import os
import pathlib
import subprocess
import tempfile

import schemata

FILE = "tests/mutation/equivalent.txt"
PROGRAM = "tests/mutation/mutation-finals"
LONGEST = 300


def lines(root):
    path = root / FILE
    if not path.exists():
        return
    for number, line in enumerate(path.read_text().split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split(" | ")]
        if len(parts) != 2 or len(parts[1].split()) != 2:
            raise SystemExit(f"{path}:{number}: want NAME | SCENARIO KERNEL")
        yield number, parts[0], *parts[1].split()


def finals(target, scenario, kernel, **environment):
    """What mutation-finals prints, or None if it cannot say."""
    try:
        run = subprocess.run([target / PROGRAM, scenario, kernel], capture_output=True, text=True,
                             env=os.environ | environment, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return None
    return run.stdout if run.returncode == 0 else None


class Judge:
    """Compares, and keeps what the unmutated library says."""

    def __init__(self, root, target, size):
        self.root, self.target, self.size = root, target, size
        self.plain = {}

    def look(self, scenario, kernel):
        """(final states without a mutant, places that were come to)"""
        if (scenario, kernel) not in self.plain:
            with tempfile.NamedTemporaryFile() as seen:
                seen.write(bytes(self.size))
                seen.flush()
                printed = finals(self.target, self.root / scenario, kernel,
                                 NUMASIM_MUTANT_SEEN=seen.name)
                self.plain[scenario, kernel] = printed, pathlib.Path(seen.name).read_bytes()
        return self.plain[scenario, kernel]

    def compare(self, mutant, first, scenario, kernel):
        """Why the two are not known to be equal; "" if they are."""
        plain, seen = self.look(scenario, kernel)
        if plain is None:
            return "the scenario has no set of final states on that kernel"
        if not seen[first]:
            return "the scenario does not come there"
        if mutant.edit.kind == "counter":
            return "counters are no part of a final state"
        other = finals(self.target, self.root / scenario, kernel,
                       NUMASIM_MUTANT=str(mutant.number))
        return "" if other == plain else "the final states differ"


def verified(root, target, mutants):
    """The names of the mutants listed, each line checked."""
    by_name = {m.name: m for m in mutants}
    first = dict(schemata.first_numbers(mutants))
    judge = Judge(root, target, schemata.seen_size(mutants))
    found = set()
    for number, name, scenario, kernel in lines(root):
        mutant = by_name.get(name)
        why = judge.compare(mutant, first[mutant.edit], scenario, kernel) if mutant else \
            "there is no such mutant"
        if why:
            raise SystemExit(f"{FILE}:{number}: {name}: {why}")
        found.add(name)
    return found
