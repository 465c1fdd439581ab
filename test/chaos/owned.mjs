/** Functions that end what was started, also if the run is interrupted. Nothing is ever ended by its name. */
const ends = new Set();

/** Has `endOwned` call a function. @returns a function that calls it at most once */
export function own(end) {
  const once = async () => {
    if (!ends.delete(once)) return;
    await end();
  };
  ends.add(once);
  return once;
}

/**
 * Ends everything, the newest first: watchers end before the emulator that they poll. Includes what is started
 * meanwhile.
 */
export async function endOwned() {
  while (ends.size > 0) {
    await [...ends]
      .at(-1)()
      .catch((error) => console.error(error));
  }
}
