# A worker for jobs of all kinds, sourced or run by a shell. Each line is one write at the end of the ledger. The mark in
# the message's attributes gives the kind of job: see mixed-messages.mjs.
# CHAOS_LOSES: the shell line that runs this loses the exit code. CHAOS_STAYS: the watcher cannot end processes that leave
# their group, so no job leaves it.

mark=${MessageAttributes#*chaos-}
kind=${mark%%-*}
mark=${mark#*-}
key=${mark%%-*}

note() {
  echo "$1 $key $CHAOS_WATCHER $ApproximateReceiveCount $MessageId" >>"$CHAOS_LEDGER" || exit 1
}

# A process that a job leaves behind writes this if it still runs long after the job.
stray="sleep 3; echo stray $key $CHAOS_WATCHER $kind >>'$CHAOS_LEDGER'"

note start
[ -z "$CHAOS_LOSES" ] || case $kind in fails | killed | noop | grows) kind=plain ;; hopeless) kind=overtime ;; esac
[ -z "$CHAOS_STAYS" ] || case $kind in setsid | timeout | forks | deaf | bare | many | holds) kind=group ;; esac
[ -n "$CHAOS_HOARD" ] || case $kind in hoards) kind=plain ;; esac

case $kind in
  # Leave a process that goes on, in another group or session, or without its parent or environment.
  group) sh -c "$stray" </dev/null >/dev/null 2>&1 & ;;
  setsid) setsid sh -c "$stray" </dev/null >/dev/null 2>&1 & ;;
  timeout) timeout 100 sh -c "$stray" </dev/null >/dev/null 2>&1 & ;;
  forks) (sh -c "($stray) &" </dev/null >/dev/null 2>&1 &) ;;
  deaf) (setsid sh -c "trap '' TERM; $stray" </dev/null >/dev/null 2>&1 &) ;;
  bare) (env -i setsid sh -c "trap '' TERM; $stray" </dev/null >/dev/null 2>&1 &) ;;
  many) for each in 1 2 3; do (setsid sh -c "(setsid sh -c \"$stray\" &) ; $stray" </dev/null >/dev/null 2>&1 &); done ;;
  # Holds the output open: the job is over only when this ends.
  holds) setsid sleep 1 & ;;

  # Work in another group or session, and wait for it.
  away) timeout 100 sleep 0.7 || exit 1 ;;
  session) setsid --wait env -i sleep 0.7 || exit 1 ;;
  # Ignore SIGTERM, or exit with 0 on it.
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

  # End in all ways.
  fails) [ "$ApproximateReceiveCount" -gt 1 ] || exit 1 ;;
  killed) [ "$ApproximateReceiveCount" -gt 1 ] || kill -9 $$ ;;
  noop) [ "$ApproximateReceiveCount" -gt 1 ] || exit 4 ;;
  hopeless) exit 1 ;;

  # Use much memory, or many processes, for a while.
  grows)
    bytes=${CHAOS_GROWS:-45000000}
    { head -c "$bytes" /dev/zero; sleep 0.4; } | tail -c "$bytes" >/dev/null || exit $?
    ;;
  hoards)
    for each in 1 2 3 4 5 6 7 8; do sleep 0.7 & done
    wait
    ;;

  # Compare bodies of all kinds with what was sent, and print them, with and without a line feed at the end.
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
