#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: run.sh NUMASIM NAME.in
#
# Feeds a script to `numasim step` through a pipe and compares all that it says with NAME.out. The
# script's head says how it is called; paths are the repository's, and TMP is a fresh folder:
#
#   # before: explore examples/race.nsim --witness TMP/w    run first (optional)
#   # args: examples/race.nsim --schedule TMP/w
#
# With UPDATE=yes in the environment, NAME.out is written instead; read the difference before you
# believe it.
set -eu
numasim=$(realpath "$1")
input=$(realpath "$2")
expected=${input%.in}.out
cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# said WORD: what the script's head says after WORD, with TMP filled in.
said() {
  sed -n "1,5s|^# $1: ||p" "$input" | sed "s|TMP|$tmp|g"
}

before=$(said before)
# shellcheck disable=SC2086 # words are meant to be split
if [ -n "$before" ]; then
  "$numasim" $before >"$tmp/before" 2>&1 || [ $? -eq 1 ] || { cat "$tmp/before"; exit 1; }
fi
status=0
# shellcheck disable=SC2046
"$numasim" step $(said args) <"$input" >"$tmp/out" 2>"$tmp/err" || status=$?
{
  cat "$tmp/out"
  sed "s|$tmp|TMP|g; s|^|stderr: |" "$tmp/err"
  echo "exit $status"
} >"$tmp/all"
if [ "${UPDATE:-}" = yes ]; then
  cp "$tmp/all" "$expected"
  exit 0
fi
diff -u "$expected" "$tmp/all" >"$tmp/diff" && exit 0
sed 40q "$tmp/diff"
exit 1
