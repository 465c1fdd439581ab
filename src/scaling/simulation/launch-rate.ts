/** Fargate's token bucket: so many tasks at once, and so many a second from then on. */
export class LaunchRate {
  private readonly burst: number;
  private readonly perSecond: number;
  /** Below 0: launches that are promised for later. */
  private tokens: number;
  private atSeconds = 0;

  constructor(burst: number, perSecond: number) {
    this.burst = burst;
    this.perSecond = perSecond;
    this.tokens = burst;
  }

  /** When a launch that is ordered now takes place. */
  launchAt(nowSeconds: number): number {
    this.tokens = Math.min(this.burst, this.tokens + (nowSeconds - this.atSeconds) * this.perSecond);
    this.atSeconds = nowSeconds;
    this.tokens -= 1;
    return this.tokens >= 0 ? nowSeconds : nowSeconds - this.tokens / this.perSecond;
  }
}
