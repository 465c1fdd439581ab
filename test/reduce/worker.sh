#!/bin/sh
# The worker of one message of a job in parts, as docs/reduce.md has it. Each line of the ledger is one write. Where the
# accident of the hour says so, it ends as a container does that is taken away: at once, with all that it has started.

say() { echo "$* $RUN" >>"$LEDGER" || exit 1; }
progress() { "$NODE" "$PROGRESS" "$@"; }
accident() {
  read -r hour <"$ACCIDENT" || exit 1
  [ "$hour" != "$1" ] || kill -KILL 0
}

if [ "$Message" = split ]; then
  # What --sharded may be, or nothing.
  # shellcheck disable=SC2086
  progress set-total "$JOB" -t "$TOTAL" $TOTAL_OPTIONS || exit 1
  say split "$TOTAL"
  exit 0
fi

say done "$Message"
answer=$(progress complete-part "$JOB" -p "$Message" --lease "$LEASE") || exit 1
[ "$answer" = true ] || exit 0
say true "$Message"
accident before-send
# The reduce message.
say send "$Message"
accident after-send
progress reduce-sent "$JOB" || exit 1
say told "$Message"
