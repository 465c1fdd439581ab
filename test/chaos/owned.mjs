/** What was started and has to be ended, also when the run is interrupted: nothing is ended by its name. */
const ends = new Set();

/** @returns ends it, once, and forgets it */
export function own(end) {
  const once = async () => {
    if (!ends.delete(once)) return;
    await end();
  };
  ends.add(once);
  return once;
}

/** The last first: watchers end before the emulator on which they poll. Also what is started meanwhile. */
export async function endOwned() {
  while (ends.size > 0) {
    await [...ends]
      .at(-1)()
      .catch((error) => console.error(error));
  }
}
