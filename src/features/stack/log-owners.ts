import { isMap } from '../../shared/json';
import type { StackResource, StackTemplate } from './losses';

/** Log groups that go with what writes to them, as whoever takes it out of serverless.yml means it. */

/** What writes to a log group that AWS or the framework names, by how the name begins. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  '/aws/lambda/': ['AWS::Lambda::Function', 'AWS::Serverless::Function'],
  '/aws/api-gateway/': ['AWS::ApiGateway::RestApi'],
  '/aws/http-api/': ['AWS::ApiGatewayV2::Api'],
  '/aws/websocket/': ['AWS::ApiGatewayV2::Api'],
};

/** Asks whether a log group, which the next template lacks, belongs to something that this lacks, too. */
export type GoesWithOwner = (group: StackResource) => boolean;

/** Plugins may put a function and its log group into different nested stacks, so all of them are looked through. */
export function goesWithOwner(before: StackTemplate, after: StackTemplate): GoesWithOwner {
  const next = resourcesIn(after);
  const gone = resourcesIn(before).filter(([id]) => !next.some(([other]) => other === id));
  return ({ Properties = {} }) => {
    const name = JSON.stringify(Properties.LogGroupName ?? '');
    const [start, types] = Object.entries(OWNERS).find(([prefix]) => name.includes(prefix)) ?? [];
    return gone.some(([id, { Type = '', Properties: { FunctionName } = {} }]) => {
      if (types?.includes(Type) !== true) return false;
      // The name of an API's group is not always that of the API.
      if (start !== '/aws/lambda/') return true;
      return Properties.LogGroupName === `${start}${String(FunctionName)}` || refersTo(name, id);
    });
  };
}

/** Whether a function of CloudFormation, as JSON, has the name of a resource in it. */
const refersTo = (json: string, id: string): boolean =>
  json.includes(`{"Ref":"${id}"}`) || json.includes(`\${${id}}`);

function resourcesIn({ Resources = {}, nested = {} }: StackTemplate): [string, StackResource][] {
  return [
    ...Object.entries(Resources).filter(([, resource]) => isMap(resource)),
    ...Object.values(nested).flatMap(resourcesIn),
  ];
}
