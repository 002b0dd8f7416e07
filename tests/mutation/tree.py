# SPDX-License-Identifier: BSD-2-Clause
"""The copy of the tree that is mutated and built."""
import pathlib
import shutil
import subprocess

import schemata


def names(root):
    """What is under version control, and new files that are not ignored; all, without git."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "."],
                            capture_output=True, text=True)
    found = listed.stdout.split("\n") if listed.returncode == 0 else \
        [str(path.relative_to(root)) for path in pathlib.Path(root).rglob("*")]
    return [name for name in found if name and (root / name).is_file()]


def copy(root, target, leave_out=()):
    """Make @target what @root is, but for the files that somebody else writes there."""
    wanted = set(names(root))
    for name in wanted - set(leave_out):
        place = target / name
        if not place.exists() or place.read_bytes() != (root / name).read_bytes():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, place)
    return wanted


def build(root, work, mutants):
    """The mutated tree, built; its build directory. For release: footprints, which only a debug
    build compares, would make searches several times as long, and look for other mistakes."""
    source, target = work / "mutated", work / "build"
    written = schemata.write(root, source, mutants)
    copy(root, source, written)
    log = work / "build.log"
    with log.open("w") as out:
        for command in (["meson", "setup", target, source, "-Dbuildtype=release"],
                        ["ninja", "-C", target]):
            if command[0] == "meson" and (target / "build.ninja").exists():
                continue
            if subprocess.run(command, stdout=out, stderr=out).returncode:
                raise SystemExit(f"the mutated tree does not build: see {log}")
    return target
