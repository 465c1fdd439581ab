import type { TextOrIntrinsic } from '../../config/configuration';
import { dashboardName } from '../../config/names';
import { clusterName } from '../cluster';
import { compact, getAtt, ref, sub, type Resources } from '../cloudformation';
import { widgets } from './dashboard-widgets';
import { deadLetterQueueNameOf, queueNameOf } from './queue-references';
import { idOf, named, type Subject } from './subject';

/** A page of the worker in CloudWatch: what waits, what is done, how long it takes, and what runs it. */
export function dashboard(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (!worker.dashboard) return {};
  return named(subject, 'dashboard', {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardName: dashboardName(configuration.context, worker.name),
      DashboardBody: sub(
        JSON.stringify({ periodOverride: 'inherit', widgets: widgets(subject) }),
        names(subject),
      ),
    },
  });
}

/** What only CloudFormation knows, under the names that the widgets use. */
function names(subject: Subject): Record<string, TextOrIntrinsic> {
  return compact({
    Queue: queueNameOf(subject),
    DeadLetterQueue: deadLetterQueueNameOf(subject),
    Cluster: clusterName(subject.configuration),
    Service: getAtt(idOf(subject, 'service'), 'Name'),
    LogGroup: ref(idOf(subject, 'logGroup')),
  }) as Record<string, TextOrIntrinsic>;
}
