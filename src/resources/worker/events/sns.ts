import type { SnsSource } from '../../../config/configuration';
import { SourceId } from '../../../config/logical-ids';
import { combine, compact, type Resources } from '../../cloudformation';
import { queueArn } from '../queue-references';
import { idOf, type Subject } from '../subject';

/** Subscriptions of the queue to topics that are there already. */
export function snsSubscriptions(subject: Subject): Resources {
  return combine(subject.worker.events.sns.map((source) => subscription(subject, source)));
}

function subscription(subject: Subject, source: SnsSource): Resources {
  const { arn, filterPolicy, filterPolicyScope, rawMessageDelivery } = source;
  return {
    [SourceId.snsSubscription(subject.worker.name, arn)]: {
      Type: 'AWS::SNS::Subscription',
      // SNS drops what it may not deliver: the leave must be there first.
      DependsOn: idOf(subject, 'queuePolicy'),
      Properties: compact({
        Protocol: 'sqs',
        TopicArn: arn,
        Endpoint: queueArn(subject),
        Region: otherRegion(subject, arn),
        FilterPolicy: filterPolicy,
        FilterPolicyScope: filterPolicy === undefined ? undefined : filterPolicyScope,
        RawMessageDelivery: rawMessageDelivery ? true : undefined,
      }),
    },
  };
}

/** CloudFormation must know the region of a topic that is not in the stack's. */
function otherRegion({ configuration }: Subject, arn: SnsSource['arn']): string | undefined {
  const region = typeof arn === 'string' ? arn.split(':')[3] : undefined;
  return region === configuration.context.region ? undefined : region;
}
