import type { Configuration, TextOrIntrinsic } from '../config/configuration';
import { SharedId } from '../config/logical-ids';
import { ref, type Resources } from './cloudformation';

/** A topic for the e-mail addresses under `notify`, if there are any. */
export function notifications({ notify: { addresses } }: Configuration): Resources {
  if (addresses.length === 0) return {};
  const Subscription = addresses.map((Endpoint) => ({ Protocol: 'email', Endpoint }));
  return { [SharedId.notifications]: { Type: 'AWS::SNS::Topic', Properties: { Subscription } } };
}

/** Topics that hear of alarms. */
export function alarmActions({ notify: { addresses, topics } }: Configuration): readonly TextOrIntrinsic[] {
  return addresses.length > 0 ? [ref(SharedId.notifications), ...topics] : topics;
}
