import { logGroupName } from '../../config/names';
import type { Resources } from '../cloudformation';
import { named, type Subject } from './subject';

export function logGroup(subject: Subject): Resources {
  const { configuration, worker } = subject;
  return named(subject, 'logGroup', {
    Type: 'AWS::Logs::LogGroup',
    Properties: {
      LogGroupName: logGroupName(configuration.context, worker.name),
      RetentionInDays: worker.logs.retention,
    },
  });
}
