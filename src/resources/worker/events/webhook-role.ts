import { assumedBy, getAtt, type Resources } from '../../cloudformation';
import { queueSendStatement, sendPolicy } from '../sending';
import { idOf, named, type Subject } from '../subject';

/** API Gateway itself sends: it may do so to this queue, and nothing else. */
export function webhookRole(subject: Subject): Resources {
  return named(subject, 'webhookRole', {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: assumedBy('apigateway.amazonaws.com'),
      Policies: [sendPolicy(subject, queueSendStatement(subject))],
    },
  });
}

export const webhookRoleArn = (subject: Subject) => getAtt(idOf(subject, 'webhookRole'), 'Arn');
