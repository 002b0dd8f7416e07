# SPDX-License-Identifier: BSD-2-Clause
"""The tests of a build: running them, and to which places of the library each of them comes."""
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

LONGEST = 120  # seconds that a test may take, unmutated, to be of use here
SKIPPED = 77
POINT = re.compile(rb"^ok (\d+ - [^,\n]*)", re.M)  # what a TAP test found right


class Test:
    def __init__(self, described, target):
        self.name = described["name"]
        self.command = described["cmd"]
        self.where = described["workdir"] or target
        self.environment = described["env"]
        self.tap = described["protocol"] == "tap"
        self.seconds = 0.0
        self.sees = b""
        self.right = set()  # TAP: the points that are right without a mutant

    def run(self, limit, **more):
        """"passed", "failed", "skipped" or "slow": still running after @limit seconds."""
        environment = os.environ | self.environment | {k: str(v) for k, v in more.items()}
        with tempfile.TemporaryFile() as out:
            test = subprocess.Popen(self.command, cwd=self.where, env=environment, stdout=out,
                                    stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                    start_new_session=True)
            try:
                status = test.wait(limit)
            except subprocess.TimeoutExpired:
                os.killpg(test.pid, signal.SIGKILL)
                test.wait()
                return "slow"
            out.seek(0)
            printed = out.read() if self.tap else b""
        if status == SKIPPED:
            return "skipped"
        if not self.tap:
            return "failed" if status else "passed"
        right = set(POINT.findall(printed))
        lost, self.right = self.right - right, self.right or right
        return "failed" if lost or not self.right else "passed"

    def look(self, folder, size, longest):
        """Run it unmutated, and see where it comes."""
        file = folder / self.name.replace("/", "_").replace(" ", "_")
        file.write_bytes(bytes(size))
        start = time.monotonic()
        outcome = self.run(longest, NUMASIM_MUTANT_SEEN=file)
        self.seconds = time.monotonic() - start
        self.sees = file.read_bytes()
        file.unlink()
        return outcome


def listed(target, suites):
    """The tests of these suites, but long ones."""
    printed = subprocess.run(["meson", "introspect", "--tests", target], check=True,
                             capture_output=True, text=True).stdout
    for described in json.loads(printed):
        names = {suite.split(":")[-1] for suite in described["suite"]}
        if names & suites and "long" not in names:
            yield Test(described, target)


def useful(work, tests, size, pool, patience):
    """Those that pass without a mutant and come to the library, the quick ones first."""
    folder = pathlib.Path(work) / "seen"
    folder.mkdir(exist_ok=True)
    longest = min(LONGEST, patience or LONGEST)  # what takes longer, judge() has no time for
    found = []
    for test, outcome in zip(tests, pool.map(lambda t: t.look(folder, size, longest), tests)):
        if outcome != "passed":
            print(f"not used: {test.name}: {outcome} without a mutant")
        elif any(test.sees):
            found.append(test)
    return sorted(found, key=lambda test: test.seconds)


def judge(mutant, first, tests, patience):
    """(name of the test that notices or "", how many come to the place, seconds spent)"""
    covering = [test for test in tests if test.sees[first]]
    start = time.monotonic()
    for test in covering:
        if patience and time.monotonic() - start + test.seconds > patience:
            continue  # a quicker one behind it cannot be: they stand in order
        if test.run(test.seconds * 10 + 10, NUMASIM_MUTANT=mutant.number) in ("failed", "slow"):
            return test.name, len(covering), time.monotonic() - start
    return "", len(covering), time.monotonic() - start
