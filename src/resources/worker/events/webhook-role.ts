import { assumedBy, getAtt, type Resources } from '../../cloudformation';
import { queueSendPolicy } from '../sending';
import { idOf, named, type Subject } from '../subject';

/**
 * API Gateway itself sends: it may do so to this queue, and nothing else. Who takes the role is not narrowed to this API or
 * account: API Gateway does not say for which it takes one, and a condition would be false for every request.
 * https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/479
 */
export function webhookRole(subject: Subject): Resources {
  return named(subject, 'webhookRole', {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: assumedBy('apigateway.amazonaws.com'),
      Policies: [queueSendPolicy(subject)],
    },
  });
}

export const webhookRoleArn = (subject: Subject) => getAtt(idOf(subject, 'webhookRole'), 'Arn');
