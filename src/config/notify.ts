/** Enough to tell an address from an ARN and a typing error; SNS checks the rest by writing to it. */
export function isEmailAddress(text: string): boolean {
  return /^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/.test(text);
}

export function isTopicArn(text: string): boolean {
  return /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/.test(text);
}
