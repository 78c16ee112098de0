import { type AwsReply, type AwsRequest } from '../endpoint.ts';
import { type ActionError, type Inside, mended } from './dynalite.ts';

/** Answers requests in DynamoDB's wire format from a folder. */
export interface Store {
  handle(request: Pick<AwsRequest, 'operation' | 'headers' | 'body'>): Promise<AwsReply>;
  /** Waits for writes under way. */
  close(): Promise<void>;
}

/** A folder that is open in this thread. */
export interface Opened {
  /** @param input the request's body, parsed */
  handle(request: Pick<AwsRequest, 'operation'>, input: unknown): Promise<AwsReply>;
  close(): Promise<void>;
}

/**
 * Opens the embedded DynamoDB: dynalite on LevelDB, with its faults mended where they are. Of dynalite only what checks
 * and does the operations is used: there is no server of its own that a client's leaving could reach.
 */
export const openStore = async (folder: string): Promise<Opened> => {
  const inside = mended();
  const store = inside.create({ path: folder, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const { db } = store;
  await db.open().catch((cause: Error) => {
    const { message } = (cause.cause as Error | undefined) ?? cause;
    throw new Error(`${folder} cannot be opened, it may be damaged: ${message}`, { cause });
  });
  return {
    handle: (request, input) => answer(inside, store, request, input),
    close: () =>
      new Promise((resolve, reject) => {
        db.close((error) => (error ? reject(error) : resolve()));
      }),
  };
};

const reply = (body: object, status = 200): AwsReply => ({ status, body: JSON.stringify(body) });

/** Checks a request and does what it asks, as dynalite's own server does. */
const answer = (
  inside: Inside,
  store: object,
  { operation }: Pick<AwsRequest, 'operation'>,
  input: unknown,
): Promise<AwsReply> =>
  new Promise((resolve, reject) => {
    const name = operation.charAt(0).toLowerCase() + operation.slice(1);
    if (!ACTIONS.includes(name))
      return resolve(reply({ __type: 'com.amazon.coral.service#UnknownOperationException' }, 400));
    try {
      const { types, custom } = inside.validation(name);
      const data = inside.validations.checkTypes(input, types);
      inside.validations.checkValidations(data, types, custom, store);
      inside.action(name)(store, data, (error, done) => {
        if (error) resolve(reply(error.body ?? {}, error.statusCode));
        else resolve(reply(done as object));
      });
    } catch (thrown) {
      const { statusCode, body } = thrown as ActionError;
      if (statusCode !== undefined) return resolve(reply(body ?? {}, statusCode));
      // What its validation trips over (nesting of 5,000, say) is the sender's fault.
      reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  });

const ACTIONS = [
  ...['batchGetItem', 'batchWriteItem', 'createTable', 'deleteItem', 'deleteTable', 'describeTable'],
  ...['describeTimeToLive', 'getItem', 'listTables', 'putItem', 'query', 'scan', 'tagResource'],
  ...['untagResource', 'listTagsOfResource', 'updateItem', 'updateTable'],
];
