// What is booked: from the text of a journal to parts and balances. Nothing here reads or writes.

const ENTRIES_OF_A_PART = 4;
const DAY_MS = 86_400_000;

export const dayBefore = (time) => new Date(Date.parse(time) - DAY_MS).toISOString().slice(0, 10);

/** The entries of each account, in the order of the day. */
export function accountsOf(text) {
  const accounts = new Map();
  for (const line of text.trim().split('\n').slice(1)) {
    const [account, cents] = line.split(',');
    accounts.set(account, [...(accounts.get(account) ?? []), Number(cents)]);
  }
  return accounts;
}

/** Parts from 1 to N. Those of one account have to be booked in this order, those of two accounts in any. */
export function partsOf(text) {
  const parts = [...accountsOf(text)].flatMap(([account, entries]) =>
    Array.from({ length: Math.ceil(entries.length / ENTRIES_OF_A_PART) }, (_, index) => ({
      account,
      entries: entries.slice(index * ENTRIES_OF_A_PART, (index + 1) * ENTRIES_OF_A_PART),
    })),
  );
  return parts.map((part, index) => ({ part: index + 1, ...part }));
}

/** No account is ever overdrawn: an entry that would overdraw it has come too early. */
export function book(balance, entries) {
  return entries.reduce((before, cents) => {
    if (before + cents < 0)
      throw new Error(`${before} ${cents}: would be overdrawn, so this is out of order`);
    return before + cents;
  }, balance);
}
