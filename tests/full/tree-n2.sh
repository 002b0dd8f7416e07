#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The plain schedule tree of the race's model at n = 2: every one of ten million schedules, and no
# merging of equivalent beginnings, must show the classes that two independent stateless model
# checkers count. A few minutes.
set -eu
build=${NUMASIM_GCC_BUILD:?is set by scripts/test: the optimised build}
output=$("$build/examples/thp-race-model" 2 fixed tree)
echo "$output"
case $output in
*'holds in every order'*'156 classes,'*) ;;
*) echo 'expected: holds in every order, 156 classes'; exit 1 ;;
esac
