/**
 * A queue as SQS is to workers: in no order; a message comes again when its worker has failed or was killed, and now and
 * then one is received twice at once.
 * @param twiceShare of the receives do not hide the message from others
 * @param longestHiddenMs until what failed comes again
 */
export function createQueue({ random, twiceShare, longestHiddenMs }) {
  const waiting = [];
  let inHand = 0;
  const whenChanged = [];
  const changed = () => {
    for (const call of whenChanged.splice(0)) call();
  };
  const send = (body) => {
    waiting.push(body);
    changed();
  };
  return {
    send,
    /** Waits for what is in hand, since it may come back. Gives undefined when nothing is left at all. */
    receive: async () => {
      while (waiting.length === 0 && inHand > 0) await new Promise((resolve) => whenChanged.push(resolve));
      if (waiting.length === 0) return undefined;
      const [body] = waiting.splice(random.whole(0, waiting.length - 1), 1);
      inHand += 1;
      if (random.next() < twiceShare) send(body);
      return body;
    },
    delete: () => {
      inHand -= 1;
      changed();
    },
    giveBack: (body) => {
      setTimeout(
        () => {
          inHand -= 1;
          send(body);
        },
        random.between(0, longestHiddenMs),
      );
    },
  };
}
