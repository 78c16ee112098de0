import { AwsError } from '../service.ts';
import { md5, receiptOf, type Message } from './messages.ts';

export const MAX_BYTES = 1_048_576;
export const MAX_BATCH = 10;

/** What a request says. */
export type Input = Readonly<Record<string, unknown>>;

/** SQS says its errors by their old query names in a header, by their shapes in the body. */
export const SHAPES: Readonly<Record<string, string>> = {
  'AWS.SimpleQueueService.NonExistentQueue': 'QueueDoesNotExist',
};
export const queryError = (code: string, message: string): AwsError => new AwsError(code, message);
export const nonExistent = (): AwsError =>
  queryError('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.');

export const inputOf = (body: Buffer): Input => {
  try {
    const input = JSON.parse(body.toString('utf8') || '{}') as unknown;
    if (typeof input === 'object' && input !== null) return input as Input;
  } catch {
    // Said below.
  }
  throw queryError('SerializationException', 'The request is not a JSON object.');
};

export const bodyOf = (input: Input): string => {
  const body = input['MessageBody'];
  if (typeof body !== 'string' || body === '')
    throw queryError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (Buffer.byteLength(body) > MAX_BYTES)
    throw queryError('InvalidParameterValue', 'One or more parameters are invalid: message too long.');
  return body;
};

export const entriesOf = (input: Input): Input[] => {
  const entries = input['Entries'];
  if (!Array.isArray(entries) || entries.length === 0)
    throw queryError('AWS.SimpleQueueService.EmptyBatchRequest', 'There should be at least one entry.');
  if (entries.length > MAX_BATCH)
    throw queryError('AWS.SimpleQueueService.TooManyEntriesInBatchRequest', 'Maximum number of entries: 10.');
  return entries as Input[];
};

export const sendOptions = (input: Input) => {
  const attributes = (input['MessageAttributes'] ?? {}) as Record<string, { StringValue?: string }>;
  return {
    ...(input['DelaySeconds'] === undefined ? {} : { delayMs: 1_000 * Number(input['DelaySeconds']) }),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue ?? '']),
    ),
  };
};

export const sent = ({ id, body }: Message) => ({ MessageId: id, MD5OfMessageBody: md5(body) });

export const received = (message: Message) => ({
  MessageId: message.id,
  ReceiptHandle: receiptOf(message),
  Body: message.body,
  MD5OfBody: md5(message.body),
  Attributes: {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  },
  MessageAttributes: Object.fromEntries(
    Object.entries(message.attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]),
  ),
});
