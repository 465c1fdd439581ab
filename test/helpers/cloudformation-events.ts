/**
 * The stack of the sample event.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html
 */
export const SAMPLE_STACK = 'arn:aws:cloudformation:us-west-1:111122223333:stack/teststack';

export const stackEvent = (status: string) => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'CloudFormation Stack Status Change',
  source: 'aws.cloudformation',
  account: '111122223333',
  time: '2017-12-22T18:43:48Z',
  region: 'us-west-1',
  resources: [SAMPLE_STACK],
  detail: {
    'stack-id': SAMPLE_STACK,
    'status-details': { status, 'status-reason': '' },
    'client-request-token': '',
  },
});
