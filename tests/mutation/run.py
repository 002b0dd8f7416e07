#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Does the suite notice when the library is wrong?

Makes every mutant (sites.py), builds all of them into one program (schemata.py), finds out which
tests come to which place, and runs for each mutant of a random sample the tests that do, the quick
ones first, until one fails. Prints the mutants that nobody noticed, and how many were noticed.
Exit status 0 if that is at least 95 of 100.

Who lets nobody see a difference is listed in equivalent.txt, with the scenario that shows it, and
leaves the count (equivalent.py checks the list). libclang is Debian's python3-clang.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
try:
    import clang.cindex  # noqa: F401
except ImportError:
    sys.exit("run.py needs libclang for Python: Debian's python3-clang")
import equivalent  # noqa: E402
import results  # noqa: E402
import schemata  # noqa: E402
import sites  # noqa: E402
import suite  # noqa: E402
import tree  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUITES = "unit,golden,scenarios,conformance"
WANTED = 0.95


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("work", help="a directory for the mutated tree; what is there is used again")
    add("--root", type=pathlib.Path, default=ROOT, help="the tree to mutate")
    add("--seed", type=int, default=1)
    add("--sample", type=int, default=200)
    add("--kind", choices=["bit", "counter", "swap"], help="only mutants of this kind")
    add("--only", default="", help="these mutants, by number: 7,20")
    add("--suites", default=SUITES)
    add("--jobs", type=int, default=os.cpu_count())
    add("--patience", type=float, default=0,
        help="seconds of tests per mutant, after which it counts as not noticed; 0: all")
    add("--results", type=pathlib.Path, help="write the list and the outcome there")
    add("--list", action="store_true", help="print all mutants and stop")
    args = parser.parse_args()
    args.work, args.root = pathlib.Path(args.work).resolve(), args.root.resolve()
    return args


def choose(mutants, args):
    if args.only:
        wanted = {int(number) for number in args.only.split(",")}
        return [m for m in mutants if m.number in wanted]
    of_kind = [m for m in mutants if args.kind in (None, m.edit.kind)]
    chosen = random.Random(args.seed).sample(of_kind, min(args.sample, len(of_kind)))
    return sorted(chosen, key=lambda m: m.number)


def judge_all(chosen, first, tests, args, pool):
    def one(mutant):
        found = suite.judge(mutant, first[mutant.number], tests, args.patience)
        print(f"{mutant.number} {found[0] or 'NOT NOTICED'} ({found[1]} tests come there, "
              f"{found[2]:.1f} s) {mutant.describe()}", flush=True)
        return mutant, found
    return list(pool.map(one, chosen))


def main():
    args = arguments()
    mutants = list(sites.all_mutants(args.root))
    if args.list:
        for mutant in mutants:
            print(mutant.number, mutant.describe())
        return 0
    numbers = dict(schemata.first_numbers(mutants))
    first = {m.number: numbers[m.edit] for m in mutants}
    args.work.mkdir(parents=True, exist_ok=True)
    target = tree.build(args.root, args.work, mutants)
    shared = args.root.parent / "shared"
    if shared.is_dir():
        os.environ.setdefault("NUMASIM_SHARED", str(shared))
    skip = equivalent.verified(args.root, target, mutants)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        listed = list(suite.listed(target, set(args.suites.split(","))))
        tests = suite.useful(args.work, listed, schemata.seen_size(mutants), pool,
                             args.patience)
        alone = [edit for edit, number in numbers.items() if not any(t.sees[number] for t in tests)]
        print(f"{len(alone)} of {len(numbers)} places that no test comes to")
        chosen = choose([m for m in mutants if m.name not in skip], args)
        judged = judge_all(chosen, first, tests, args, pool)
    summary = results.summary(mutants, skip, judged, args.seed)
    print(summary)
    if args.results:
        results.write(args.results, summary, judged, alone)
    return 0 if results.share(judged) >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
