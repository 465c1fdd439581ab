import { pause, type Clock } from '../../shared/clock';
import { explained } from './explain';

/** What has been acquired, and how it is given back. */
interface Belonging {
  /** For people: `the emulator`. Neighbours of one name are given back at the same time. */
  name: string;
  release: () => unknown;
}

/** A watcher that does not end is killed after 15 s; whatever takes longer is left, so that the command ends. */
const RELEASE_LIMIT_MS = 20_000;

interface BelongingsInput {
  clock: Clock;
  /** Something could not be given back: text for people. */
  onTrouble: (text: string) => void;
}

/**
 * All that a run acquires: processes, servers, folders, files, listeners. Each is registered with its release, and `close`
 * gives everything back, the last first, whatever step has failed before.
 */
export class Belongings {
  private readonly held: Belonging[] = [];
  private readonly pending = new Set<Promise<unknown>>();
  private isClosed = false;

  constructor(private readonly input: BelongingsInput) {}

  /** Registers what is there already. */
  add(name: string, release: () => unknown): void {
    this.held.push({ name, release });
  }

  /**
   * Acquires something and registers it. What comes only after the end is given back, too.
   * @throws {UserError} at the place `name`, if the machine or serverless.yml is the reason that it cannot be had
   */
  async acquire<T>(
    name: string,
    acquire: () => T | Promise<T>,
    release: (acquired: T) => unknown,
  ): Promise<T> {
    if (this.isClosed) throw new Error(`${name} is acquired after the end; this should not happen`);
    const coming = explained(name, acquire);
    const registered = coming.then((acquired) => {
      this.add(name, () => release(acquired));
    });
    this.pending.add(registered);
    try {
      await registered;
      return await coming;
    } finally {
      this.pending.delete(registered);
    }
  }

  /** Gives everything back. Never rejects: whoever fails does not keep the others. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.limited('what is still starting', () => Promise.allSettled([...this.pending]));
    while (this.held.length > 0) {
      const { name } = this.held.at(-1)!;
      const first = this.held.findLastIndex((each) => each.name !== name) + 1;
      const group = this.held.splice(first);
      await Promise.all(group.map(({ release }) => this.limited(name, release)));
    }
  }

  private async limited(name: string, release: () => unknown): Promise<void> {
    const done = new AbortController();
    const end = async () => {
      try {
        await release();
      } catch (error) {
        this.input.onTrouble(`${name} could not be given back: ${(error as Error).message}`);
      }
      done.abort();
    };
    const late = pause(this.input.clock, RELEASE_LIMIT_MS, done.signal).then(() => {
      if (!done.signal.aborted) this.input.onTrouble(`${name} could not be given back in time`);
    });
    await Promise.race([end(), late]);
  }
}
