#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Shows that scripts/readme-check fires and mends, on README files of its own. TAP.
#
# usage: readme_test.sh README-CHECK
set -u
check=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0 failed=0
printf '#!/bin/sh\necho "said $*"\n[ "$1" != fail ] || exit 1\n' >"$work/numasim"
chmod +x "$work/numasim"

# readme ANNOUNCEMENT CONTENT: a README with one block.
readme() { printf 'before\n\n%s\n```text\n%s\n```\nafter\n' "$1" "$2" >"$work/README.md"; }

# expect STATUS WHAT OPTION...: readme-check must end so.
expect() {
  want=$1 what=$2 status=0
  shift 2
  number=$((number + 1))
  "$check" "$@" "$work/numasim" "$work/README.md" >"$work/printed" 2>&1 || status=$?
  if [ "$status" -eq "$want" ]; then
    echo "ok $number - $what"
  else
    echo "not ok $number - $what: exit $status, expected $want"
    sed 's/^/# /' "$work/printed"
    failed=1
  fi
}

echo 1..10
readme '<!-- shows command: numasim a "b c" -->' 'said a b c'
expect 0 'what a command prints'
readme '<!-- shows command: numasim a -->' 'said b'
expect 1 'what a command does not print'
expect 0 'is mended' --write
expect 0 'and then holds'
readme '<!-- shows command: numasim fail -->' 'said fail'
expect 1 'a command that fails'
readme '<!-- shows command, exit 1: numasim fail -->' 'said fail'
expect 0 'a command that is to fail'
readme '<!-- shows command: rm -rf / -->' ''
expect 1 'a command that is not ours'
readme '<!-- shows file: no/such/file.c -->' ''
expect 1 'a file that is not there'
readme '<!-- shows file: LICENSE -->' 'not the licence'
expect 1 'a file that differs'
printf '<!-- shows command: numasim a -->\nno block\n' >"$work/README.md"
expect 1 'an announcement without its block'
exit "$failed"
