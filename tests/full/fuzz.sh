#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every libFuzzer program of the sanitizer build, long: 10 million inputs to the scenario parser, a
# million to each of the others, on all cores. Starts from tests/fuzz/corpus/NAME, the tests' own
# inputs and, for witnesses, those that the gcc build finds now, with tests/fuzz/NAME.dict as words;
# what breaks a program is kept in build/fuzz/. Under an hour on 2 cores.
#
#   NUMASIM_FUZZ_RUNS  inputs to every program instead
#   NUMASIM_FUZZ_ONLY  the one program to run, such as `witness`
set -eu
cd "$(dirname "$0")/../.."
top=$(pwd)
cores=$(nproc)
built=${NUMASIM_CLANG_BUILD:?is set by scripts/test: the sanitizer build}/tests/fuzz
programs=$(find "$built" -maxdepth 1 -type f -perm -u+x -name "fuzz[-_]${NUMASIM_FUZZ_ONLY:-*}" \
  2>/dev/null | sort)
if [ -z "$programs" ]; then
  echo 'no fuzz program was built'
  exit 77
fi

# witnesses FOLDER: of the scenarios of examples/ in which something breaks.
witnesses() {
  numasim=${NUMASIM_GCC_BUILD:-}/cli/numasim
  [ -x "$numasim" ] || return 0
  for file in examples/*.nsim; do
    "$numasim" explore --budget 20s --witness "$1/found-$(basename "$file" .nsim)" "$file" \
      >/dev/null 2>&1 || true
  done
}

# seeds NAME FOLDER: what to start from.
seeds() {
  mkdir -p "$2"
  cp -r "tests/fuzz/corpus/$1/." "$2/" 2>/dev/null || true
  case "$1" in
  scenario) more=$(find examples tests/scenarios tests/data -name '*.nsim') ;;
  topology) more=$(find tests/data/topology -name '*.xml' -size -5k) ;;
  *) more= ;;
  esac
  for file in $more; do
    cp "$file" "$2/$(echo "$file" | tr / -)"
  done
  if [ "$1" = witness ]; then
    witnesses "$2"
  fi
}

# shard PROGRAM NAME SEED RUNS: one process's share, in a folder of its own. Not a pipeline: what
# counts is the exit status of the fuzzer. Topologies are kept small, as hwloc takes long over large
# ones; what their lean children found worth keeping goes through children with sanitizers at last.
shard() {
  folder=$top/build/fuzz/$2.$3
  rm -rf "$folder"
  mkdir -p "$folder"
  cp -r "$top/build/fuzz/$2.seeds" "$folder/corpus"
  set -- "$1" "$2" "$3" "$4" -timeout=25 -rss_limit_mb=4096
  if [ -f "$top/tests/fuzz/$2.dict" ]; then
    set -- "$@" "-dict=$top/tests/fuzz/$2.dict"
  fi
  if [ "$2" = topology ]; then
    set -- "$@" -max_len=4096
  fi
  program=$1 name=$2 seed=$3 runs=$4
  shift 4
  cd "$folder"
  NUMASIM_FUZZ_NURSERY=$built/topology_nursery "$program" -runs="$runs" -seed="$seed" "$@" \
    corpus >log 2>&1 || return
  if [ "$name" = topology ]; then
    "$program" -runs=0 "$@" corpus >log-closely 2>&1
  fi
}

# report LOG: what the fuzzer says at its end, and what the program counted.
report() {
  echo "$(grep '^Done ' "$1") $(tail -n 1 "$1" | sed '/^Done /d')"
}

failed=0
for program in $programs; do
  name=${program##*/fuzz[-_]}
  case "$name" in
  scenario) runs=10000000 ;;
  *) runs=1000000 ;;
  esac
  runs=${NUMASIM_FUZZ_RUNS:-$runs}
  rm -rf "$top/build/fuzz/$name.seeds"
  seeds "$name" "$top/build/fuzz/$name.seeds"
  shards="" seed=0
  while [ "$seed" -lt "$cores" ]; do
    seed=$((seed + 1))
    shard "$program" "$name" "$seed" $(((runs + cores - 1) / cores)) &
    shards="$shards $seed:$!"
  done
  for one in $shards; do
    log=$top/build/fuzz/$name.${one%%:*}/log
    if wait "${one#*:}"; then
      echo "$name, seed ${one%%:*}: $(report "$log")"
    else
      echo "$name, seed ${one%%:*}: FAILED, see $log*"
      tail -n 30 "$log"*
      failed=1
    fi
  done
done
exit "$failed"
