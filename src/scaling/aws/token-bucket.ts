/**
 * So many at once, and so many a second from then on: how AWS limits launches and the calls of its APIs.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
 */
export interface BucketSize {
  readonly burst: number;
  readonly perSecond: number;
}

export class TokenBucket {
  private readonly size: BucketSize;
  /** Below 0: what is promised for later. */
  private tokens: number;
  private atSeconds = 0;

  constructor(size: BucketSize) {
    this.size = size;
    this.tokens = size.burst;
  }

  /** When what is ordered now takes place: it waits its turn. */
  orderedAt(nowSeconds: number): number {
    this.refill(nowSeconds);
    this.tokens -= 1;
    return this.tokens >= 0 ? nowSeconds : nowSeconds - this.tokens / this.size.perSecond;
  }

  /** Whether a call that is made now is let through: it does not wait. */
  take(nowSeconds: number): boolean {
    this.refill(nowSeconds);
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  private refill(nowSeconds: number): void {
    const { burst, perSecond } = this.size;
    this.tokens = Math.min(burst, this.tokens + (nowSeconds - this.atSeconds) * perSecond);
    this.atSeconds = nowSeconds;
  }
}
