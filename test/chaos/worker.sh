# The worker of all scenarios, read by the shell that the watcher starts: builtins only, since starting a process is
# what costs. Each line is one write at the end of the ledger. The message's body says what kind of job it is.

echo "start $MessageId $CHAOS_WATCHER $ApproximateReceiveCount" >>"$CHAOS_LEDGER" || exit 1
case $Message in
  slow*) sleep 0.5 || exit 1 ;;
  long*) sleep 12 || exit 1 ;;
  flaky*) [ "$ApproximateReceiveCount" -gt 1 ] || exit 1 ;;
esac
echo "end $MessageId $CHAOS_WATCHER $ApproximateReceiveCount" >>"$CHAOS_LEDGER" || exit 1
