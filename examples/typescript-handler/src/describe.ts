import { areaOf, type Box } from './area';

/** As much of Lambda's SQS event as is read here: `@types/aws-lambda` has all of it. */
interface SqsEvent {
  Records: { messageId: string; body: string }[];
}

/** Only these come again: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** Started once for many invocations: what is made here stays warm. */
const startedAt = new Date().toISOString();

export const handler = async (event: SqsEvent): Promise<BatchResponse> => {
  const batchItemFailures: BatchResponse['batchItemFailures'] = [];
  for (const { messageId, body } of event.Records) {
    try {
      const box = JSON.parse(body) as Box;
      console.log(`${body} covers ${areaOf(box)} (${process.env.LANGUAGE}, warm since ${startedAt})`);
    } catch (error) {
      console.error(`${body} is no box:`, (error as Error).message);
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
};
