# The worker of a watcher whose jobs are of all kinds, read or run by a shell. Each line is one write at the end of the
# ledger. The mark among the message's attributes says what kind of job it is: see mixed-messages.mjs.
# CHAOS_LOSES: the line that runs this gives no exit code on. CHAOS_STAYS: nothing that leaves the group is reached.

mark=${MessageAttributes#*chaos-}
kind=${mark%%-*}
mark=${mark#*-}
key=${mark%%-*}

note() {
  echo "$1 $key $CHAOS_WATCHER $ApproximateReceiveCount $MessageId" >>"$CHAOS_LEDGER" || exit 1
}

# What each leaves behind writes this, if it is still there long after its job.
stray="sleep 3; echo stray $key $CHAOS_WATCHER $kind >>'$CHAOS_LEDGER'"

note start
[ -z "$CHAOS_LOSES" ] || case $kind in fails | killed | noop | grows) kind=plain ;; hopeless) kind=overtime ;; esac
[ -z "$CHAOS_STAYS" ] || case $kind in setsid | timeout | forks | deaf | bare | many | holds) kind=group ;; esac
[ -n "$CHAOS_HOARD" ] || case $kind in hoards) kind=plain ;; esac

case $kind in
  # What leaves its group, its session, its parent, or its environment, and goes on.
  group) sh -c "$stray" </dev/null >/dev/null 2>&1 & ;;
  setsid) setsid sh -c "$stray" </dev/null >/dev/null 2>&1 & ;;
  timeout) timeout 100 sh -c "$stray" </dev/null >/dev/null 2>&1 & ;;
  forks) (sh -c "($stray) &" </dev/null >/dev/null 2>&1 &) ;;
  deaf) (setsid sh -c "trap '' TERM; $stray" </dev/null >/dev/null 2>&1 &) ;;
  bare) (env -i setsid sh -c "trap '' TERM; $stray" </dev/null >/dev/null 2>&1 &) ;;
  many) for each in 1 2 3; do (setsid sh -c "(setsid sh -c \"$stray\" &) ; $stray" </dev/null >/dev/null 2>&1 &); done ;;
  # As long as this holds the output, the job is not over.
  holds) setsid sleep 1 & ;;

  # What works elsewhere, and is waited for.
  away) timeout 100 sleep 0.7 || exit 1 ;;
  session) setsid --wait env -i sleep 0.7 || exit 1 ;;
  # What is told to end, and does not; and what ends well when it is told.
  ignores)
    trap '' TERM
    sleep 2
    ;;
  quits)
    trap 'exit 0' TERM
    for each in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 0.1; done
    ;;
  overtime)
    trap 'exit 0' TERM
    for each in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1; done
    ;;

  # Ends of all kinds.
  fails) [ "$ApproximateReceiveCount" -gt 1 ] || exit 1 ;;
  killed) [ "$ApproximateReceiveCount" -gt 1 ] || kill -9 $$ ;;
  noop) [ "$ApproximateReceiveCount" -gt 1 ] || exit 4 ;;
  hopeless) exit 1 ;;

  # All of it at once, for a while.
  grows)
    bytes=${CHAOS_GROWS:-45000000}
    { head -c "$bytes" /dev/zero; sleep 0.4; } | tail -c "$bytes" >/dev/null || exit $?
    ;;
  hoards)
    for each in 1 2 3 4 5 6 7 8; do sleep 0.7 & done
    wait
    ;;

  # Bodies of all kinds, as they came, and echoed: with a line's end, and without.
  deep | deeper | sns | pair | emoji | big)
    cmp -s "$MessageFile" "$CHAOS_BODIES/$key" || note wrong
    case $kind in pair | sns) [ "$Subject" = "subject $key" ] || note wrong ;; esac
    case $kind in deeper | big) [ -z "$Message" ] ;; *) [ "$Message" = "$(cat "$CHAOS_BODIES/$key")" ] ;; esac || note wrong
    cat "$MessageFile"
    echo
    cat "$MessageFile" >&2
    ;;
  returns) printf 'at 10 %%\rat 50 %%\rat 100 %%' ;;
  bytes)
    cat "$CHAOS_BODIES/bytes"
    cat "$CHAOS_BODIES/bytes" >&2
    ;;
esac
note end
[ "$kind" != rejects ] || exit 3
