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

/** The last first: watchers end before the emulator on which they poll. */
export async function endOwned() {
  for (const end of [...ends].reverse()) await end().catch((error) => console.error(error));
}
