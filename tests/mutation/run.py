#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Does the suite notice when the library is wrong?

  run.py [--seed N] [--sample N] [--suites a,b] [--only NUMBERS] WORK-DIRECTORY

Makes every mutant (sites.py), builds all of them into one program (schemata.py), finds out which
tests come to which place, and runs for each mutant of a random sample the tests that do, the quick
ones first, until one fails. Prints the mutants that nobody noticed, and how many were. Exit status
0 if at least 95 of 100 were noticed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import schemata  # noqa: E402
import sites  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUITES = "unit,golden,scenarios,conformance"
LONGEST = 60  # seconds that a test may take, unmutated, to be of use here
WANTED = 0.95
EQUIVALENT = pathlib.Path(__file__).with_name("equivalent.txt")


def build(work, mutants):
    source, target = work / "source", work / "build"
    schemata.write(str(ROOT), str(source), mutants)
    if not (target / "build.ninja").exists():
        subprocess.run(["meson", "setup", target, source, "-Dbuildtype=debugoptimized"],
                       check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", target], check=True, stdout=subprocess.DEVNULL)
    return target


class Test:
    def __init__(self, described, target):
        self.name = described["name"]
        self.command = described["cmd"]
        self.where = described["workdir"] or target
        self.environment = described["env"]
        self.seconds = 0.0
        self.sees = b""

    def run(self, limit, **more):
        """True: it passed (or was skipped)."""
        environment = os.environ | self.environment | {k: str(v) for k, v in more.items()}
        start = time.monotonic()
        try:
            status = subprocess.run(self.command, cwd=self.where, env=environment, timeout=limit,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                    stdin=subprocess.DEVNULL).returncode
        except subprocess.TimeoutExpired:
            status = 1
        self.seconds = self.seconds or time.monotonic() - start
        return status in (0, 77)

    def look(self, work, size):
        """Run it unmutated, and see where it comes."""
        file = work / "seen" / (self.name.replace("/", "_").replace(" ", "_"))
        file.write_bytes(bytes(size))
        passed = self.run(LONGEST, NUMASIM_MUTANT_SEEN=file)
        self.sees = file.read_bytes()
        return passed


def tests_of(target, suites):
    listed = subprocess.run(["meson", "introspect", "--tests", target], check=True,
                            capture_output=True, text=True).stdout
    for described in json.loads(listed):
        names = {suite.split(":")[-1] for suite in described["suite"]}
        if names & suites and not names & {"long"}:
            yield Test(described, target)


def look_all(work, tests, size, pool):
    (work / "seen").mkdir(exist_ok=True)
    useful = []
    for test, passed in zip(tests, pool.map(lambda t: t.look(work, size), tests)):
        if passed:
            useful.append(test)
        else:
            print(f"not used: {test.name} (fails or takes long without a mutant)")
    return sorted(useful, key=lambda test: test.seconds)


def judge(mutant, first, tests):
    """The test that notices, or None; and how many come to the place."""
    covering = [test for test in tests if test.sees[first]]
    for test in covering:
        if not test.run(test.seconds * 10 + 10, NUMASIM_MUTANT=mutant.number):
            return test, len(covering)
    return None, len(covering)


def known_equivalent():
    """Mutants that cannot be noticed, by their text; the file says why."""
    if not EQUIVALENT.exists():
        return set()
    lines = EQUIVALENT.read_text().splitlines()
    return {line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()}


def report(results, seed, total):
    missed = [(m, seen) for m, (noticed, seen) in results if not noticed]
    for mutant, seen in missed:
        print(f"NOT NOTICED: {mutant.number}: {mutant.describe()} ({seen} tests come there)")
    noticed = len(results) - len(missed)
    share = noticed / len(results) if results else 0
    print(f"{total} mutants; seed {seed}, sample {len(results)}: {noticed} noticed, "
          f"{100 * share:.1f} %")
    return share >= WANTED


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--suites", default=SUITES)
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("work")
    args = parser.parse_args()
    work = pathlib.Path(args.work).resolve()
    arguments = ["-std=gnu11", "-D_GNU_SOURCE", f"-I{ROOT}/lib", f"-I{ROOT}/include"]
    mutants = list(sites.all_mutants(ROOT, arguments))
    if args.list:
        for mutant in mutants:
            print(mutant.number, mutant.describe())
        return 0
    starts = dict(schemata.edits_with_numbers(mutants))
    first = {m.number: starts[m.edit] for m in mutants}
    skip = known_equivalent()
    work.mkdir(parents=True, exist_ok=True)
    target = build(work, mutants)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        tests = look_all(work, list(tests_of(target, set(args.suites.split(",")))),
                         len(mutants) + 4096, pool)
        chosen = [m for m in mutants if m.describe() not in skip]
        if args.only:
            wanted = {int(n) for n in args.only.split(",")}
            chosen = [m for m in chosen if m.number in wanted]
        else:
            chosen = random.Random(args.seed).sample(chosen, min(args.sample, len(chosen)))
        results = list(zip(chosen, pool.map(lambda m: judge(m, first[m.number], tests), chosen)))
    return 0 if report(results, args.seed, len(mutants)) else 1


if __name__ == "__main__":
    sys.exit(main())
