#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Is the library's every bit, count and order held by a test? Generates all mutants of it, draws 200
# (seed: NUMASIM_SEED, else 1) and runs the tests that come to each; prints who was not noticed.
# Fails if fewer than 95 of 100 were. Hours on two cores; skipped without python3-clang. The run
# that tests/mutation/results.txt is of had --suites unit,golden,conformance --patience 15: minutes.
set -eu
/usr/bin/python3 -c 'import clang.cindex' 2>/dev/null || {
  echo "mutation: needs libclang for Python (Debian's python3-clang)"
  exit 77
}
folder=${NUMASIM_MUTATION_FOLDER:-$(mktemp -d)}
[ -n "${NUMASIM_MUTATION_FOLDER:-}" ] || trap 'rm -rf "$folder"' EXIT
tests/mutation/run.py --seed "${NUMASIM_SEED:-1}" --patience 120 "$folder"
