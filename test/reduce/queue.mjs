/**
 * A queue that behaves like SQS for workers. It has no order, a message comes again if its worker failed or was killed,
 * and sometimes two workers receive the same message.
 * @param twiceShare share of receives after which another worker receives the message, too
 * @param longestHiddenMs longest time until a message whose worker failed comes again
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
    /** Waits for messages in hand, since they may come back. @returns undefined if no message is left */
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
