import { getAtt, ref, sub, type Resources } from '../cloudformation';
import { sendPolicy } from './sending';
import { idOf, named, type Subject } from './subject';

/**
 * Watchbot's user of v0 to v3: it may send and nothing else. Its key is in a secret, and nowhere else: an output, or a
 * parameter, could be read by whoever may look at the stack.
 */
export function sender(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (!worker.sender) return {};
  const key = idOf(subject, 'senderKey');
  return {
    ...named(subject, 'sender', {
      Type: 'AWS::IAM::User',
      Properties: {
        Policies: [sendPolicy(subject)],
      },
    }),
    ...named(subject, 'senderKey', {
      Type: 'AWS::IAM::AccessKey',
      Properties: { UserName: ref(idOf(subject, 'sender')) },
    }),
    // Without a name: Secrets Manager keeps that of a removed secret for days, and a new stack could not have it.
    ...named(subject, 'senderSecret', {
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        Description: `Access key of who may send to ${configuration.context.stackName}, worker ${worker.name}`,
        SecretString: sub('{"accessKeyId":"${Id}","secretAccessKey":"${Secret}"}', {
          Id: ref(key),
          Secret: getAtt(key, 'SecretAccessKey'),
        }),
      },
    }),
  };
}
