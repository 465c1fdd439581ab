import type { Configuration, TextOrIntrinsic } from '../config/configuration';
import { isEmailAddress } from '../config/notify';
import { SharedId } from '../config/logical-ids';
import { ref, type Resources } from './cloudformation';

const isAddress = (entry: TextOrIntrinsic) => typeof entry === 'string' && isEmailAddress(entry);

/** A topic for the e-mail addresses under `notify`, where there are any. */
export function notifications({ notify }: Configuration): Resources {
  const addresses = notify.filter(isAddress);
  if (addresses.length === 0) return {};
  const Subscription = addresses.map((Endpoint) => ({ Protocol: 'email', Endpoint }));
  return { [SharedId.notifications]: { Type: 'AWS::SNS::Topic', Properties: { Subscription } } };
}

/** Topics that hear of alarms. */
export function alarmActions({ notify }: Configuration): TextOrIntrinsic[] {
  const topics = notify.filter((entry) => !isAddress(entry));
  return notify.some(isAddress) ? [ref(SharedId.notifications), ...topics] : topics;
}
