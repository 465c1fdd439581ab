#!/bin/sh
# A worker for one message of a job in parts, as in docs/reduce.md. Each line of the ledger is one write. At the planned
# accident it kills itself and everything that it has started, as when a container is lost.

say() { echo "$* $RUN" >>"$LEDGER" || exit 1; }
progress() { "$NODE" "$PROGRESS" "$@"; }
accident() {
  read -r planned <"$ACCIDENT" || exit 1
  [ "$planned" != "$1" ] || kill -KILL 0
}

if [ "$Message" = split ]; then
  # TOTAL_OPTIONS is empty or an option such as --sharded, so it is not quoted.
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
# This line stands for sending the reduce message.
say send "$Message"
accident after-send
progress reduce-sent "$JOB" || exit 1
say confirmed "$Message"
