#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: errors.sh NUMASIM ERRORS.txt
#
# Every kind of bad input of `numasim step`: exit status 2, that message, and nothing done after it.
set -u
numasim=$(realpath "$1")
errors=$(realpath "$2")
cd "$(dirname "$0")/../.." || exit 1
scenario=examples/thp-hint-vs-migrate.nsim
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

# expect WHAT STATUS MESSAGE: what the last run had to do.
expect() {
  if [ "$2" != 2 ] || [ "$(cat "$tmp/err")" != "$3" ]; then
    printf 'not ok: %s\n  expected 2 %s\n  found    %s %s\n' "$1" "$3" "$2" "$(cat "$tmp/err")"
    failed=$((failed + 1))
  fi
}

# called ARGUMENT...: run the command with nothing to read.
called() {
  "$numasim" step "$@" </dev/null >"$tmp/out" 2>"$tmp/err"
}

# ---- commands ----
grep -v '^#' "$errors" >"$tmp/list"
while IFS= read -r line; do
  commands=${line%% => *}
  message=${line#* => }
  printf '%s;info;\n' "$commands" | tr ';' '\n' | "$numasim" step "$scenario" >"$tmp/out" \
    2>"$tmp/err"
  expect "$commands" $? "numasim: step: standard input:$message"
  if grep -q '^> info' "$tmp/out"; then
    echo "not ok: $commands: went on after an error"
    failed=$((failed + 1))
  fi
done <"$tmp/list"
echo "$(wc -l <"$tmp/list") bad commands"

printf 'where\nwhe\0re\n' | "$numasim" step "$scenario" >"$tmp/out" 2>"$tmp/err"
expect 'a zero byte' $? 'numasim: step: standard input:2: a zero byte; commands are text'
printf 'where \001\n' | "$numasim" step "$scenario" >"$tmp/out" 2>"$tmp/err"
expect 'a control character' $? \
  'numasim: step: standard input:1:7: a control character (byte 0x01)'
awk 'BEGIN { for (i = 0; i < 5000; i++) printf "a"; print "" }' |
  "$numasim" step "$scenario" >"$tmp/out" 2>"$tmp/err"
expect 'a long line' $? \
  'numasim: step: standard input:1:1: a command of 5000 bytes; 4095 are the limit'
printf 'where' | "$numasim" step "$scenario" >"$tmp/out" 2>"$tmp/err"
if [ $? != 0 ] || ! grep -q 'at rest' "$tmp/out"; then
  echo 'not ok: a last line without its end'
  failed=$((failed + 1))
fi

# ---- arguments ----
called
expect 'no file' $? 'numasim: step: FILE is missing; see `numasim step --help`'
called a b
expect 'two files' $? 'numasim: step: one FILE at a time, not a and b'
called --schedul w
expect 'an unknown option' $? \
  'numasim: step: unknown option --schedul; did you mean --schedule?'
called "$scenario" --script
expect 'no value' $? 'numasim: step: --script needs a value; see `numasim step --help`'
called "$scenario" --script /no/such/file
expect 'no script' $? 'numasim: step: /no/such/file: No such file or directory'
called "$scenario" --schedule /no/such/file
expect 'no schedule' $? 'numasim: /no/such/file: No such file or directory'
echo '# nothing to do' >"$tmp/script"
called "$scenario" --script "$tmp/script"
status=$?
if [ $status != 0 ] || [ -s "$tmp/err" ]; then
  echo 'not ok: a script of comments'
  failed=$((failed + 1))
fi
[ "$failed" = 0 ]
