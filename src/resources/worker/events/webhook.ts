import { sourceName } from '../../../config/names';
import { sub, type Resources } from '../../cloudformation';
import { idOf, type Subject } from '../subject';
import { httpApi } from './webhook-http';
import { restApi } from './webhook-rest';
import { webhookRole } from './webhook-role';

/**
 * An address that takes messages by HTTP. API keys are a matter of REST APIs, tokens of HTTP APIs; the rest both could
 * do, and HTTP APIs cost less.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html
 */
export function webhook(subject: Subject): Resources {
  const settings = subject.worker.events.webhook;
  if (settings === undefined) return {};
  const name = sourceName(subject.configuration.context, idOf(subject, 'webhookApi'));
  const api = settings.authorization === 'apiKey' ? restApi : httpApi;
  return { ...webhookRole(subject), ...api(subject, settings, name) };
}

/** Where to send. */
export function webhookUrl(subject: Subject) {
  const host = `\${${idOf(subject, 'webhookApi')}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}`;
  const isRest = subject.worker.events.webhook?.authorization === 'apiKey';
  return sub(isRest ? `https://${host}/\${${idOf(subject, 'webhookStage')}}/` : `https://${host}/`);
}
