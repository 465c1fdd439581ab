import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  copyService,
  endFrameworks,
  FRAMEWORK_NAMES,
  readTemplate,
  removeServices,
  runFramework,
  type Framework,
} from '../helpers/framework';

afterEach(endFrameworks);
afterAll(removeServices);

/** Gives each function a role when serverless-iam-roles-per-function does, in its way. */
const ROLES_PER_FUNCTION = `
module.exports = class {
  constructor({ service }) {
    this.hooks = {
      'before:package:finalize': () => {
        const { Resources } = service.provider.compiledCloudFormationTemplate;
        for (const name of ['Hello', 'Other']) {
          Resources[name + 'Role'] = structuredClone(Resources.IamRoleLambdaExecution);
          Resources[name + 'LambdaFunction'].Properties.Role = { 'Fn::GetAtt': [name + 'Role', 'Arn'] };
        }
      },
    };
  }
};
`;

/** Packages a service with a Lambda function. `rest` is the rest of serverless.yml. */
async function packaged(framework: Framework, rest: string) {
  const folder = copyService('with-functions');
  writeFileSync(
    path.join(folder, 'serverless.yml'),
    `service: variables
provider: { name: aws, region: us-east-1, runtime: nodejs20.x }
package: { patterns: ['!node_modules/**'] }
${rest.includes('plugins:') ? '' : 'plugins: [serverless-watchbot]'}
${rest}`,
  );
  writeFileSync(path.join(folder, 'roles.js'), ROLES_PER_FUNCTION);
  const { code, output } = await runFramework(framework, ['package'], { folder });
  return { code, output, template: () => readTemplate(folder).template };
}

/** Statements that the plugin added to the role of functions. */
function grantedTo(template: ReturnType<Awaited<ReturnType<typeof packaged>>['template']>, role: string) {
  const policies = template.Resources[role]!.Properties.Policies as {
    PolicyName: string;
    PolicyDocument: { Statement: unknown[] };
  }[];
  return policies.find(({ PolicyName }) => PolicyName === 'watchbot')?.PolicyDocument.Statement;
}

const SEND_TO_QUEUE = {
  Effect: 'Allow',
  Action: 'sqs:SendMessage',
  Resource: { 'Fn::GetAtt': ['RenderQueue', 'Arn'] },
};

describe.each(FRAMEWORK_NAMES)('${watchbot:…} in %s', (framework) => {
  it('gives functions, workers and resources the names of resources, and lets functions and workers send', async () => {
    const { template } = await packaged(
      framework,
      `
functions:
  hello:
    handler: hello.handler
    environment:
      QUEUE: \${watchbot:render.queueUrl}
      DEAD: \${watchbot:render.deadLetterQueueUrl}
  other: { handler: hello.handler, environment: { TOPIC: '\${watchbot:mail.topicArn}' } }
watchbot:
  workers:
    render: { image: worker, command: 'true', queue: { encryption: KMS }, topic: false }
    mail: { image: worker, command: 'true', reduce: true, environment: { NEXT: '\${watchbot:render.queueUrl}' } }
resources:
  Outputs:
    Arn: { Value: '\${watchbot:render.queueArn}' }
    Log: { Value: '\${watchbot:mail.logGroup}' }
    Table: { Value: '\${watchbot:mail.progressTable}' }
`,
    );
    const { Resources, Outputs } = template();

    expect(Resources.HelloLambdaFunction!.Properties.Environment).toEqual({
      Variables: { QUEUE: { Ref: 'RenderQueue' }, DEAD: { Ref: 'RenderDeadLetterQueue' } },
    });
    expect([Outputs.Arn, Outputs.Log, Outputs.Table].map((output) => output?.Value)).toEqual([
      { 'Fn::GetAtt': ['RenderQueue', 'Arn'] },
      { Ref: 'MailLogGroup' },
      { 'Fn::GetAtt': ['MailProgressTable', 'Arn'] },
    ]);
    expect(grantedTo(template(), 'IamRoleLambdaExecution')).toEqual([
      SEND_TO_QUEUE,
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: { 'Fn::GetAtt': ['RenderQueueKey', 'Arn'] },
        Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Sub': 'sqs.${AWS::Region}.amazonaws.com' } } },
      },
      { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: 'MailTopic' } },
    ]);
    expect(JSON.stringify(Resources.MailTaskRole)).toContain(JSON.stringify(SEND_TO_QUEUE));
    expect(JSON.stringify(Resources.RenderTaskRole)).not.toContain('MailTopic');
  });

  it('needs no name if there is one worker, and works for an existing queue', async () => {
    const { template } = await packaged(
      framework,
      `
functions:
  hello: { handler: hello.handler, environment: { QUEUE: '\${watchbot:queueUrl}' } }
watchbot: { image: worker, command: 'true', queue: { arn: 'arn:aws:sqs:us-east-1:123456789012:jobs' } }
`,
    );
    expect(grantedTo(template(), 'IamRoleLambdaExecution')).toEqual([
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:us-east-1:123456789012:jobs' },
    ]);
  });

  it('does not change functions without variables, and names those whose role is not in the template', async () => {
    const { template, output } = await packaged(
      framework,
      `
functions:
  hello: { handler: hello.handler }
  own:
    handler: hello.handler
    role: arn:aws:iam::123456789012:role/own
    environment: { QUEUE: '\${watchbot:queueUrl}' }
watchbot: { image: worker, command: 'true' }
`,
    );
    expect(output).toContain(
      'OwnLambdaFunction has a role of its own, which this service does not make: allow it sqs:SendMessage on the queue or topic that it is told',
    );
    expect(grantedTo(template(), 'IamRoleLambdaExecution')).toBeUndefined();
  });

  it('lets only the function send that knows the queue, where a plugin gives each a role of its own', async () => {
    const { template } = await packaged(
      framework,
      `
plugins: [./roles.js, serverless-watchbot]
functions:
  hello: { handler: hello.handler, environment: { QUEUE: '\${watchbot:queueUrl}' } }
  other: { handler: hello.handler }
watchbot: { image: worker, command: 'true', topic: false }
`,
    );
    expect(grantedTo(template(), 'HelloRole')).toMatchObject([{ Action: 'sqs:SendMessage' }]);
    expect(grantedTo(template(), 'OtherRole')).toBeUndefined();
    expect(grantedTo(template(), 'IamRoleLambdaExecution')).toBeUndefined();
  });

  it.each([
    ['${watchbot:render.queueUlr}', 'did you mean "queueUrl"?'],
    ['${watchbot:rende.queueUrl}', 'did you mean "render"?'],
    ['${watchbot:queueUrl}', 'given:   no worker'],
    ['${watchbot:}', 'given:   no worker'],
    ['${watchbot:mail.topicArn}', 'topicArn of mail, which has no topic'],
    ['${watchbot:mail.progressTable}', 'set `reduce: true`'],
  ])('says what is wrong with %s, without a stack', async (variable, expected) => {
    const { code, output } = await packaged(
      framework,
      `
functions:
  hello: { handler: hello.handler, environment: { QUEUE: '${variable}' } }
watchbot:
  workers:
    render: { image: worker, command: 'true' }
    mail: { image: worker, command: 'true', topic: false }
`,
    );
    expect(code).toBe(1);
    expect(output).toContain('WATCHBOT_VARIABLE at ');
    expect(output).toContain(expected);
    expect(output).not.toMatch(/^ +at .*(\.js|node:)/m);
  });
});
