#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Shows that compare.sh fires: stands in for numasim with scripts that vary in one way each. TAP.
set -u
cd "$(dirname "$0")/../.."
here=tests/determinism
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0 failed=0

# program NAME SHELL-TEXT: a stand-in for numasim.
program() {
  printf '#!/bin/sh\n%s\n' "$2" >"$work/$1"
  chmod +x "$work/$1"
}

# expect STATUS WHAT PROGRAM...: compare.sh must end so.
expect() {
  want=$1 what=$2
  shift 2
  number=$((number + 1)) status=0
  "$here/compare.sh" "$@" >"$work/printed" 2>&1 || status=$?
  if [ "$status" -eq "$want" ]; then
    echo "ok $number - $what"
  else
    echo "not ok $number - $what: exit $status, expected $want"
    sed 's/^/# /' "$work/printed"
    failed=1
  fi
}

program steady 'echo "$@"; echo diagnostics >&2'
program same 'printf "%s\n" "$*"; echo diagnostics >&2; exit 0'
program process 'echo $$'
program timezone 'echo "${TZ:-}"'
program address 'echo "${#PADDING}"'
program whispers 'echo "$@"; echo $$ >&2'
program status 'echo "$@"; [ "$1" != entry ] || exit $(($$ % 120 + 2)); echo diagnostics >&2'
program other 'echo "$@" | tr e E; echo diagnostics >&2'
program broken 'exit 1'
program witness 'while [ $# -gt 0 ]; do [ "$1" != --witness ] || echo $$ >"$2"; shift; done'

# Recorded machines would only make this slower.
export NUMASIM_TOPOLOGIES=
echo 1..11
expect 0 'equal output of one program is accepted' "$work/steady"
expect 0 'equal output of two programs is accepted' "$work/steady" "$work/same"
expect 1 'what differs by process is found' "$work/process"
expect 1 'what differs by environment is found' "$work/timezone"
expect 1 'what differs by layout is found' "$work/address"
expect 1 'what differs on stderr is found' "$work/whispers"
expect 1 'what differs in the exit status is found' "$work/status"
expect 1 'what differs between builds is found' "$work/steady" "$work/other"
expect 1 'a program that always fails is refused' "$work/broken"
expect 1 'a program that is not there is refused' "$work/absent"
if ls examples/*.nsim >/dev/null 2>&1; then
  expect 1 'what differs in a witness file is found' "$work/witness"
else
  echo 'ok 11 - what differs in a witness file is found # SKIP no examples/*.nsim'
fi
exit "$failed"
