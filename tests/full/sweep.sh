#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Pairs of short actors (faults, system calls, scans, reclaim) against each other in every order, on
# eighteen releases, base and huge pages, in a build that compares what each step changes with what
# it announced. Nothing may break but what broke in that release of Linux. Half an hour.
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
CC=gcc meson setup "$build" "$source" -Dbuildtype=debugoptimized >"$build.log" 2>&1 &&
	ninja -C "$build" tests/unit/test-check-sweep >>"$build.log" 2>&1 || {
	tail -20 "$build.log"
	rm -f "$build.log"
	exit 1
}
rm -f "$build.log"
"$build/tests/unit/test-check-sweep" full >"$build/sweep.txt" && status=0 || status=$?
grep -v ': ok (' "$build/sweep.txt" || true
exit "$status"
