# The worker of all scenarios, sourced by the shell that the watcher starts. It uses only builtins, since starting a
# process is expensive. Each line is one write at the end of the ledger. The body gives the kind of job.

echo "start $MessageId $CHAOS_WATCHER $ApproximateReceiveCount" >>"$CHAOS_LEDGER" || exit 1
case $Message in
  slow*) sleep 0.5 || exit 1 ;;
  long*) sleep 12 || exit 1 ;;
  flaky*) [ "$ApproximateReceiveCount" -gt 1 ] || exit 1 ;;
  fill*)
    # The first try fills up the mount. A later one must find room, since the mount was emptied.
    if [ "$ApproximateReceiveCount" -gt 1 ]; then size=100000 times=1; else size=8192 times=1000; fi
    while [ $((times -= 1)) -ge 0 ]; do
      printf "%${size}s" >>"$CHAOS_VOLUME/$MessageId" 2>/dev/null || {
        echo 'the mount is full'
        exit 1
      }
    done
    ;;
esac
echo "end $MessageId $CHAOS_WATCHER $ApproximateReceiveCount" >>"$CHAOS_LEDGER" || exit 1
