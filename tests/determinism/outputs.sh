#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Writes what one numasim prints, for many commands, into a folder: NAME.out, NAME.err and the exit
# status in NAME.status for each. To be run in a second process, or with another build, into another
# folder; then both must hold the same bytes.
#
# usage: outputs.sh NUMASIM FOLDER      (from the top of the checkout; FOLDER must be new)
#        outputs.sh NUMASIM FOLDER SCENARIO      only what is recorded of one scenario
#   DETERMINISM_BUDGET  states that each search may visit (a budget in seconds would not repeat)
set -eu
numasim=$1 folder=$2
export DETERMINISM_BUDGET="${DETERMINISM_BUDGET:-3000}"

# record NAME ARGUMENT...: the output of one command. Names hold no slash.
record() {
  name=$(echo "$1" | tr '/ ' '__')
  shift
  status=0
  "$numasim" "$@" >"$folder/$name.out" 2>"$folder/$name.err" </dev/null || status=$?
  echo "$status" >"$folder/$name.status"
}

# The witness file of a search is output, too; and replaying it must print the same.
scenario() {
  record "check $1" check "$1" --budget "$DETERMINISM_BUDGET"
  for engine in graph tree; do
    name="explore $1 $engine"
    witness=$folder/$(echo "$name" | tr '/ ' '__').witness
    record "$name" explore "$1" --json --engine "$engine" --budget "$DETERMINISM_BUDGET" \
      --witness "$witness"
    if [ -f "$witness" ]; then record "replay $1 $engine" replay "$witness"; fi
  done
}

if [ $# -gt 2 ]; then
  scenario "$3"
  exit
fi
mkdir "$folder"
record help --help
record releases releases
for release in v3.8 v3.12 v3.13-rc4 v3.13 v4.0-rc1 v4.20 v6.1 v6.16; do
  record "releases $release" releases "$release"
  for value in 0 0x1 0x8000000012345067 0x80000000123450e7 0x123451e0 0x8000000000000925 \
    0x7ffffffffffff8be 0xffffffffffffffff; do
    for level in pte pmd; do
      record "entry $value $level $release" entry "$value" --level "$level" --release "$release"
    done
  done
done

for topology in tests/data/topology/*.xml "${NUMASIM_TOPOLOGIES:-/nonexistent}"/xml/*.xml; do
  if [ -f "$topology" ]; then record "topology ${topology##*/}" topology "$topology"; fi
done
record 'topology synthetic' topology 'numa:2 core:2 pu:2'
record 'topology wrong' topology 'numa:'

find examples tests/scenarios -name '*.nsim' 2>/dev/null |
  xargs -P "$(nproc)" -n 1 "$0" "$numasim" "$folder"
