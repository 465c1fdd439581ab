import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { UserError } from '../../src/errors/user-error';
import type { Fragment } from '../../src/resources/cloudformation';
import { build } from '../resources/support';
import { lintTemplates, unwaived, type Finding } from '../helpers/cfn-lint';
import { describeWithPython } from '../helpers/python';
import { anySection, repairSection } from '../helpers/generated-sections';
import { fc, SEED } from '../helpers/seeded';

/** Number of sections in a run. Each gives one template, and the errors that had to be repaired first. */
const SECTIONS = 300;
/** Number of templates that are linted: cfn-lint takes more than a second for each. Other seeds lint others. */
const LINTED = Number(process.env.LINTED ?? 50);

/** Sections that are drawn once in a hundred times or less often. */
const RARE = [
  {
    command: 'true',
    queue: { encryption: 'KMS' },
    events: [
      { s3: { bucket: 'tiles-uploads' } },
      { eventBridge: { pattern: { source: ['acme'] } } },
      { webhook: { authorization: 'apiKey' } },
    ],
  },
];

interface Generated {
  section: string;
  file: string;
  errors: UserError[];
  fragment: Fragment;
}

describeWithPython(`${SECTIONS} sections made from the schema (TEST_SEED=${SEED})`, () => {
  let folder: string;
  let generated: Generated[] = [];
  let findings: Finding[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'watchbot-generated-'));
    const sections = [...RARE, ...fc.sample(anySection, { numRuns: SECTIONS })];
    generated = sections.map((section, index) => {
      const { result: fragment, errors } = repairSection(section, (each) => build(each as object));
      const file = path.join(folder, `${index}.json`);
      writeFileSync(file, JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', ...fragment }));
      return { section: JSON.stringify(section), file, errors, fragment };
    });
    findings = await lintTemplates(generated.slice(0, LINTED).map(({ file }) => file));
  }, 900_000);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('give either a template that cfn-lint accepts, or an error', () => {
    const wrong = unwaived(findings).filter(({ rule }) => rule.startsWith('E'));
    // Shows one finding of each kind: hundreds of sections can have the same mistake.
    const kinds = new Map(wrong.map((finding) => [kindOf(finding), finding]));
    const shown = [...kinds].map(([kind, { file, message }]) => {
      const section = generated.find((each) => each.file === file)?.section;
      return `${kind}: ${message} with ${section}`;
    });
    expect(shown).toEqual([]);
  });

  it('get errors that name a place and a code', () => {
    const problems = generated.flatMap(({ errors }) => errors.flatMap((error) => error.problems));
    expect(problems.length).toBeGreaterThan(SECTIONS / 2);
    expect(problems.filter(({ place, code }) => !place.startsWith('watchbot') || !code)).toEqual([]);
  });

  it('together need every type of resource', () => {
    const types = new Set(
      generated.flatMap(({ fragment }) => Object.values(fragment.Resources).map(({ Type }) => Type)),
    );
    expect([...types].sort()).toEqual(ALL_TYPES);
  });
});

/** Rule and place of a finding, without the worker's name and positions in lists. */
function kindOf({ rule, path: place }: Finding): string {
  return `${rule} at ${place.replace(/^Resources\/(Watchbot|Render|Mail|NightRun)/, '').replaceAll(/\/\d+/g, '/…')}`;
}

const ALL_TYPES = [
  'AWS::ApiGateway::ApiKey',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::UsagePlan',
  'AWS::ApiGateway::UsagePlanKey',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::DynamoDB::Table',
  'AWS::EC2::EIP',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCCidrBlock',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::ECS::CapacityProvider',
  'AWS::ECS::Cluster',
  'AWS::ECS::ClusterCapacityProviderAssociations',
  'AWS::ECS::Service',
  'AWS::ECS::TaskDefinition',
  'AWS::Events::Rule',
  'AWS::IAM::AccessKey',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::Role',
  'AWS::IAM::User',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::S3::Bucket',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
];
