/** First in, first out, and back to the front where it is needed again. */
export class Line {
  private items: number[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(item: number): void {
    this.items.push(item);
  }

  unshift(item: number): void {
    if (this.head === 0) this.items.unshift(item);
    else {
      this.head -= 1;
      this.items[this.head] = item;
    }
  }

  shift(): number | undefined {
    const item = this.items[this.head];
    if (item === undefined) return undefined;
    this.head += 1;
    if (this.head > 1_024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }
}
