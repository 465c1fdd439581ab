import { getAtt, policyDocument, type Resources } from '../../cloudformation';
import { keyStatements } from '../encryption';
import { queueArn } from '../queue-references';
import { idOf, named, type Subject } from '../subject';

/** API Gateway itself sends: it may do so to this queue, and nothing else. */
export function webhookRole(subject: Subject): Resources {
  return named(subject, 'webhookRole', {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: policyDocument([
        { Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]),
      Policies: [
        {
          PolicyName: 'send',
          PolicyDocument: policyDocument([
            { Sid: 'Send', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn(subject) },
            ...keyStatements(subject),
          ]),
        },
      ],
    },
  });
}

export const webhookRoleArn = (subject: Subject) => getAtt(idOf(subject, 'webhookRole'), 'Arn');
