import { isTransientCode } from './transient';

/** What SQS or SNS says of a message of a batch that it did not take. */
export interface FailedEntry {
  Id?: string | undefined;
  Code?: string | undefined;
  Message?: string | undefined;
  SenderFault?: boolean | undefined;
}

/** Whether the message itself is at fault, so that no other try helps: SQS counts throttling as the sender's fault, too. */
export function isFinal({ Code = '', SenderFault = false }: FailedEntry): boolean {
  return SenderFault && !isTransientCode(Code);
}
