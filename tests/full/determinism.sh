#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The same bytes from gcc and clang, at -O0 and -O3, installed and not: builds all four, installs
# one of each compiler, and compares what they print (tests/determinism/compare.sh).
set -eu
cd "$(dirname "$0")/../.."
. scripts/common.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DETERMINISM_BUDGET="${DETERMINISM_BUDGET:-1000000}"

# installed BUILD: installs it below $work and prints the path of a numasim that uses that library.
installed() {
  destination=$work/${1##*/}
  meson install -C "$1" --destdir "$destination" --no-rebuild --quiet
  program=$(find "$destination" -name numasim -type f -perm -u+x)
  library=$(dirname "$(find "$destination" -name 'libnumasim.so.?')")
  [ -n "$program" ] || die "no numasim among what $1 installed"
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$library" "$program" >"$destination/run"
  chmod +x "$destination/run"
  echo "$destination/run"
}

programs=
for compiler in gcc clang; do
  for level in 0 3; do
    dir=$(pwd)/build/determinism-$compiler-O$level
    CC=$compiler
    export CC
    build "$dir" -Doptimization=$level -Ddebug=false
    programs="$programs $dir/cli/numasim"
  done
  programs="$programs $(installed "$dir")"
done
tests/determinism/compare.sh $programs
