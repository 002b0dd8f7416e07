#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every libFuzzer program of the sanitizer build, long: 10 million inputs to the scenario parser, a
# million to each of the others, on all cores. Starts from a copy of tests/fuzz/corpus/NAME where
# there is one; what breaks a program is kept in build/fuzz/. About half an hour on 2 cores.
#
#   NUMASIM_FUZZ_RUNS  inputs to every program instead
set -eu
cd "$(dirname "$0")/../.."
top=$(pwd)
cores=$(nproc)
programs=$(find "${NUMASIM_CLANG_BUILD:?is set by scripts/test: the sanitizer build}/tests/fuzz" \
  -maxdepth 1 -type f -perm -u+x -name 'fuzz[-_]*' 2>/dev/null | sort)
if [ -z "$programs" ]; then
  echo 'no fuzz program was built'
  exit 77
fi

# shard PROGRAM NAME SEED RUNS: one process's share, in a folder of its own. Not a pipeline: what
# counts is the exit status of the fuzzer.
shard() {
  folder=$top/build/fuzz/$2.$3
  rm -rf "$folder"
  mkdir -p "$folder/corpus"
  cp -r "$top/tests/fuzz/corpus/$2/." "$folder/corpus/" 2>/dev/null || true
  (cd "$folder" && "$1" -runs="$4" -seed="$3" -timeout=25 -rss_limit_mb=4096 corpus >log 2>&1)
}

failed=0
for program in $programs; do
  name=${program##*/fuzz[-_]}
  case "$name" in
  scenario) runs=10000000 ;;
  *) runs=1000000 ;;
  esac
  runs=${NUMASIM_FUZZ_RUNS:-$runs}
  shards= seed=0
  while [ "$seed" -lt "$cores" ]; do
    seed=$((seed + 1))
    shard "$program" "$name" "$seed" $(((runs + cores - 1) / cores)) &
    shards="$shards $seed:$!"
  done
  for one in $shards; do
    log=$top/build/fuzz/$name.${one%%:*}/log
    if wait "${one#*:}"; then
      echo "$name, seed ${one%%:*}: $(tail -n 1 "$log")"
    else
      echo "$name, seed ${one%%:*}: FAILED, see $log"
      tail -n 30 "$log"
      failed=1
    fi
  done
done
exit "$failed"
