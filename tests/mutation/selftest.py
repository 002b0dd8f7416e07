#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Shows that mutants are made: a small library with known places is mutated, built and run with
each mutant on. One must be noticed, one cannot be. TAP on stdout.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
try:
    import clang.cindex  # noqa: F401
except ImportError:
    print("1..0 # SKIP no libclang for Python (Debian's python3-clang)")
    sys.exit(0)
import equivalent  # noqa: E402
import schemata  # noqa: E402
import sites  # noqa: E402
import suite  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]

TREE = {
    "lib/base/meson.build": "",
    "lib/exec/point.c": """
void point_yield(int what);
int printf(const char *format, ...);
void point_yield(int what)
{
	printf("%c", what);
}
""",
    "lib/mm/entry.h": """
#include <stdint.h>
void set_entry_at(uint64_t *entry, uint64_t value);
void point_yield(int what);
int read_entry(int what);
""",
    "lib/mm/entry.c": """
#include "mm/entry.h"
static void note(uint64_t value)
{
	(void)value;
}
void set_entry_at(uint64_t *entry, uint64_t value)
{
	*entry = value; note(value);
}
int read_entry(int what)
{
	point_yield(what);
	return what;
}
""",
    # the comment is longer in bytes than in letters
    "lib/mm/tiny_fault.c": """
#include "mm/entry.h"
int printf(const char *format, ...);
static struct { int braces, bare, local; } count; /* …→… */
static uint64_t entry;
static int nothing(void)
{
	return 0;
}
static int answer(void)
{
	point_yield('a');
	return read_entry('b');
}
static void order(int twice)
{
	int local = 0, x = read_entry('1');
	local++;
	point_yield('2');
	if (twice)
		count.bare++;
	point_yield('3');
	int y = nothing();
	point_yield('4' + y);
	if (twice) {
		count.braces += 2;
		point_yield('5');
	}
	printf("%d%d", local, x != 0);
}
static void either(int way)
{
	point_yield('(');
	if (way) {
		point_yield('x');
		return;
	}
	point_yield(')');
}
static void cannot(void)
{
	point_yield('=');
	point_yield('=');
}
int main(void)
{
	order(1);
	answer();
	either(0);
	cannot();
	set_entry_at(&entry, 1);
	printf(" %d %d %llx\\n", count.bare, count.braces, (unsigned long long)entry);
	return 0;
}
""",
}
PLAIN = "1234511ab()== 1 2 1"


class Tap:
    number = failed = 0

    def check(self, what, fine, note=""):
        self.number += 1
        self.failed += not fine
        print(f"{'ok' if fine else 'not ok'} {self.number} - {what}")
        if not fine and note:
            print(f"# {note}")


def make(folder):
    """The small library with its mutants, as a program."""
    for name, text in TREE.items():
        (folder / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "root" / name).write_text(text)
    (folder / "root/include/numasim").mkdir(parents=True)
    shutil.copy(ROOT / "include/numasim/x86.h", folder / "root/include/numasim")
    for name in ("error.h", "export.h"):
        shutil.copy(ROOT / "include/numasim" / name, folder / "root/include/numasim")
    mutants = list(sites.all_mutants(folder / "root", ["exec", "mm"]))
    shutil.copytree(folder / "root", folder / "new")
    schemata.write(folder / "root", folder / "new", mutants)
    sources = [str(path) for path in (folder / "new/lib").rglob("*.c")]
    subprocess.run(["cc", f"-I{folder}/new/lib", "-D_GNU_SOURCE", "-o", folder / "tiny", *sources],
                   check=True)
    return mutants


def run(folder, number, **environment):
    return subprocess.run([folder / "tiny"], capture_output=True, text=True,
                          env=os.environ | {"NUMASIM_MUTANT": str(number)} | environment
                          ).stdout.strip()


# kind, what the place's text begins with -> what the program prints
EXPECTED = {
    ("counter", "count.bare++"): "1234511ab()== 0 2 1",
    ("counter", "count.braces += 2"): "1234511ab()== 1 0 1",
    ("swap", "int local = 0, x = "): "2134511ab()== 1 2 1",
    ("swap", "point_yield('2'); <->"): "1324511ab()== 1 2 1",
    ("swap", "point_yield('3'); <->"): "1243511ab()== 1 2 1",
    ("swap", "point_yield('4' + y); <->"): "1235411ab()== 1 2 1",
    ("swap", "point_yield('a'); <->"): "1234511ba()== 1 2 1",
    ("swap", "point_yield('='); <->"): PLAIN,  # cannot be noticed
    ("swap", "order(1);"): "ab1234511()== 1 2 1",
    ("swap", "answer();"): "1234511()ab== 1 2 1",
    ("swap", "either(0);"): "1234511ab==() 1 2 1",
    # one may come before the other, or before what lies behind the other
    ("swap", "point_yield('('); <-> if"): PLAIN,
    ("swap", "point_yield('('); <-> point_yield(')')"): PLAIN.replace("()", ")("),
}


def check_mutants(tap, folder, mutants):
    tap.check("without a mutant", run(folder, 0) == PLAIN, run(folder, 0))
    bits = [m for m in mutants if m.edit.kind == "bit"]
    values = sites.entry_bits(ROOT)
    tap.check("a writer, each bit of the table", [m.what for m in bits] == list(values))
    wrong = [m.what for m in bits
             if run(folder, m.number) != f"{PLAIN[:-1]}{1 ^ 1 << values[m.what]:x}"]
    tap.check("each bit is flipped", not wrong, str(wrong))
    others = [m for m in mutants if m.edit.kind != "bit"]
    for (kind, text), printed in EXPECTED.items():
        found = [m for m in others if m.edit.kind == kind and m.edit.text.startswith(text)]
        got = [run(folder, m.number) for m in found]
        tap.check(f"{kind}: {text}", got == [printed], str(got))
    tap.check("no more than these", len(others) == len(EXPECTED),
              "\n# ".join(m.name for m in others))
    tap.check("names are unique", len({m.name for m in mutants}) == len(mutants))


def check_seen(tap, folder, mutants):
    file = folder / "seen"
    file.write_bytes(bytes(schemata.seen_size(mutants)))
    run(folder, 0, NUMASIM_MUTANT_SEEN=str(file))
    seen = file.read_bytes()
    first = [number for _, number in schemata.first_numbers(mutants)]
    tap.check("every place was come to", all(seen[number] for number in first))


def check_suite(tap, folder):
    script = folder / "test.sh"
    script.write_text("#!/bin/sh\necho 1..2; echo \"ok 1 - a, $NUMASIM_MUTANT lines\"\n"
                      "[ \"$NUMASIM_MUTANT\" = 7 ] && printf 'not '; echo 'ok 2 - b'; exit 1\n")
    script.chmod(0o755)
    test = suite.Test({"name": "t", "cmd": [str(script)], "workdir": None, "env": {},
                       "protocol": "tap"}, folder)
    tap.check("points that are right without a mutant", test.run(9) == "passed")
    tap.check("a mutant that changes none", test.run(9, NUMASIM_MUTANT=6) == "passed")
    tap.check("one that loses a point", test.run(9, NUMASIM_MUTANT=7) == "failed")
    test.command, test.tap = ["sleep", "9"], False
    tap.check("one that does not end", test.run(0.1) == "slow")


def check_list(tap, folder):
    place = folder / equivalent.FILE
    place.parent.mkdir(parents=True)
    for text, fine in (("# a remark\n\nNAME | a.nsim v6.1\n", True), ("NAME | a.nsim\n", False)):
        place.write_text(text)
        try:
            got = list(equivalent.lines(folder)) == [(3, "NAME", "a.nsim", "v6.1")]
        except SystemExit as refused:
            got = "want NAME" not in str(refused)
        tap.check(f"a list of equivalent ones, {'good' if fine else 'bad'}", got == fine)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        mutants = make(folder)
        check_mutants(tap, folder, mutants)
        check_seen(tap, folder, mutants)
        check_suite(tap, folder)
        check_list(tap, folder)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
