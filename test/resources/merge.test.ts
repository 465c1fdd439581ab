import { describe, expect, it } from '@jest/globals';
import { formatProblem } from '../../src/errors/problem';
import { UserError } from '../../src/errors/user-error';
import { mergeInto, type OwnResources, type Template } from '../../src/resources/merge';
import { build, statementsOf } from './support';

const fragment = build({
  command: 'true',
  permissions: [{ Action: 's3:GetObject', Resource: ['arn:aws:s3:::a/*'] }],
});
const template = (): Template => ({
  Resources: { Bucket: { Type: 'AWS::S3::Bucket' } },
  Outputs: { BucketName: {} },
});

function refusal(into: Template, own?: OwnResources): UserError {
  try {
    mergeInto(into, fragment, own);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the plugin’s part of the template', () => {
  it('is added to what is there', () => {
    const into = template();
    mergeInto(into, fragment, { Resources: { Other: {} } });
    expect(into.Resources).toEqual({ ...template().Resources, ...fragment.Resources });
    expect(into.Outputs).toEqual({ ...template().Outputs, ...fragment.Outputs });
  });

  it('is added if there are no outputs yet', () => {
    const into: Template = { Resources: {} };
    mergeInto(into, fragment, undefined);
    expect(into.Outputs).toEqual(fragment.Outputs);
  });

  it('may be changed by whoever comes next, as deep as it goes', () => {
    const into = template();
    mergeInto(into, fragment, undefined);
    const { WatchbotTaskRole: role } = into.Resources as typeof fragment.Resources;
    const statement = statementsOf(role?.Properties ?? {}).find(({ Action }) => Action === 's3:GetObject');
    (statement?.Resource as string[]).push('arn:aws:s3:::b/*');
    expect(JSON.stringify(into)).toContain('arn:aws:s3:::b');
    expect(JSON.stringify(fragment)).not.toContain('arn:aws:s3:::b');
  });

  it.each<[string, Template, OwnResources]>([
    ['in the template', { Resources: { WatchbotQueue: {} } }, undefined],
    ['in the service’s resources', template(), { Resources: { WatchbotQueue: {} } }],
  ])('refuses to overwrite what is %s, and writes nothing then', (_where, into, own) => {
    const before = structuredClone(into);
    const error = refusal(into, own);
    expect(error).toMatchObject({ name: 'ServerlessError', code: 'WATCHBOT_RESOURCE_EXISTS' });
    expect(error.message).toMatch(/^The service already has what the plugin would add:\n\n/);
    expect(error.problems.map(formatProblem)).toEqual([
      [
        'WATCHBOT_RESOURCE_EXISTS at resources.Resources.WatchbotQueue',
        "  given:   WatchbotQueue, in the service's own resources or another plugin's",
        '  allowed: logical ids that the plugin does not use',
        '  do:      to change what the plugin makes, use `extensions`; else rename the one of the two that is not deployed yet, your resource or the worker: CloudFormation deletes what is deployed when its logical id changes',
      ].join('\n'),
    ]);
    expect(into).toEqual(before);
  });

  it.each<[string, Template, OwnResources]>([
    ['in the template', { Resources: {}, Outputs: { ClusterArn: { Value: 'mine' } } }, undefined],
    ['in the service’s resources', { Resources: {} }, { Outputs: { ClusterArn: { Value: 'mine' } } }],
  ])('leaves out an output whose name is taken %s', (_where, into, own) => {
    const { ClusterArn, ...outputs } = fragment.Outputs;
    expect(ClusterArn).toBeDefined();
    const before = structuredClone(into.Outputs);
    expect(mergeInto(into, fragment, own)).toEqual(['ClusterArn']);
    expect(into.Outputs).toEqual({ ...outputs, ...before });
  });

  it('has another log group than a function of the same name', () => {
    const functions = {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/aws/lambda/tiles-dev-watchbot' },
    };
    const into: Template = { Resources: { WatchbotLogGroup: functions } };
    expect(mergeInto(into, fragment, undefined)).toEqual([]);
    expect(into.Resources.WatchbotLogGroup).toBe(functions);
    expect(into.Resources.WatchbotWatchbotLogGroup).toEqual(fragment.Resources.WatchbotLogGroup);
    const text = JSON.stringify(into);
    const usual = JSON.stringify(fragment).split(/"WatchbotLogGroup"|\$\{WatchbotLogGroup[}.]/).length - 1;
    // Its own logical id and the name of the output are keys.
    expect(text.split(/"WatchbotWatchbotLogGroup"|\$\{WatchbotWatchbotLogGroup[}.]/).length - 1).toBe(
      usual - 1,
    );
    expect(text.match(/"WatchbotLogGroup"|\$\{WatchbotLogGroup[}.]/g)).toEqual([
      '"WatchbotLogGroup"',
      '"WatchbotLogGroup"',
    ]);
    expect(into.Outputs).toHaveProperty('WatchbotLogGroup.Value', {
      'Fn::GetAtt': ['WatchbotWatchbotLogGroup', 'Arn'],
    });
  });

  it('refuses a log group of the service’s own, which may hold what nobody wants to lose', () => {
    const own = { Resources: { WatchbotLogGroup: { Type: 'AWS::Logs::LogGroup' } } };
    expect(refusal(template(), own).problems).toHaveLength(1);
  });
});
