/** Numbers that look drawn, and are the same for the same seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** At least 0 and less than 1, by mulberry32: a counter in 32 bits, well mixed. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number below the given one. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** How long one waits for what happens so often a second, at random. */
  exponential(perSecond: number): number {
    return -Math.log(1 - this.next()) / perSecond;
  }

  /** Of mean 0 and standard deviation 1, by Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}
