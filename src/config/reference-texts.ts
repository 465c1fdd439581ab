import { SHARED_RESOURCE_NAMES, WORKER_RESOURCE_NAMES } from './logical-ids';

/** What the reference page says besides its tables. */

export const INTRODUCTION = `<!-- Made by \`npm run docs\` from src/config/schema: change it there. -->
<!-- prettier-ignore-start -->

# Configuration

All of it stands under \`watchbot\` in serverless.yml. One worker's keys stand directly there, and the worker is then called \`watchbot\`:

\`\`\`yaml
watchbot:
  image: .
  command: python3 render.py
  scaling: { max: 50 }
  notify: oncall@example.com
\`\`\`

Several workers of one stack stand under \`workers\`, by name; what they share stands beside it:

\`\`\`yaml
watchbot:
  notify: oncall@example.com
  workers:
    render:
      command: python3 render.py
    thumbnails:
      image: thumbnails
      command: ./thumbnail
      scaling: { max: 10 }
\`\`\`

A worker's name is a letter, then letters and digits, with single dashes between, and at most 40 characters long.
A CloudFormation function is one of \`Ref\` or \`Fn::…\`, in the short form too: \`!Ref Bucket\`, \`!GetAtt Bucket.Arn\`.
In the tables, \`NAME\` stands for a name of your own and \`[]\` for each entry of a list.`;

export const VARIABLES = `## Variables for the rest of serverless.yml

What a worker has can be told to functions, resources and other workers:

| variable | |
| --- | --- |
| \`\${watchbot:NAME.queueUrl}\` | URL of the queue |
| \`\${watchbot:NAME.queueArn}\` | ARN of the queue |
| \`\${watchbot:NAME.topicArn}\` | ARN of the topic |
| \`\${watchbot:NAME.deadLetterQueueUrl}\` | URL of the dead-letter queue |
| \`\${watchbot:NAME.logGroup}\` | name of the log group |
| \`\${watchbot:NAME.progressTable}\` | ARN of the table of reduce mode |

\`NAME\` is the worker's, and may be left out with its dot where there is only one. A variable stands alone, since its value is a CloudFormation function.
A Lambda function or another worker in whose environment the queue or the topic of a worker stands gets leave to send to it; a function with a role of its own gets a warning instead:

<!-- snippet: service-part -->

\`\`\`yaml
functions:
  upload:
    handler: upload.handler
    environment:
      QUEUE_URL: \${watchbot:render.queueUrl}
\`\`\``;

export const EXTENSIONS = `Under \`extensions\` a resource is one of ${WORKER_RESOURCE_NAMES.map(code).join(', ')}. Of those that come from \`events\` there may be several, by number from 1: \`snsSubscription1\`, \`eventRule1\`, \`schedule1\`, \`bucket1\`, \`bucketRule1\`. What the workers share is ${SHARED_RESOURCE_NAMES.map(code).join(', ')}: beside \`workers\` where there are several. Properties are CloudFormation's:

\`\`\`yaml
watchbot:
  command: python3 render.py
  extensions:
    queue:
      Tags:
        - { Key: team, Value: maps }
\`\`\``;

export function code(text: string): string {
  return `\`${text}\``;
}
