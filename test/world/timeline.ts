/** What happened in a world, as lines for people. */
export class Timeline {
  readonly lines: string[] = [];
  private readonly now: () => number;
  private readonly isOn: boolean;

  constructor(now: () => number, isOn: boolean) {
    this.now = now;
    this.isOn = isOn;
  }

  /** Adds a line. The text is only made if the timeline is kept. */
  add(text: () => string): void {
    if (this.isOn) this.lines.push(`${timeOf(this.now())}  ${text()}`);
  }

  get isRead(): boolean {
    return this.isOn;
  }
}

/** Formats a time as `1 02:03:04.567`: days, hours, minutes, seconds. */
export function timeOf(milliseconds: number): string {
  const day = Math.floor(milliseconds / 86_400_000);
  const time = new Date(milliseconds).toISOString().slice(11, 23);
  return day === 0 ? `  ${time}` : `${day} ${time}`;
}
