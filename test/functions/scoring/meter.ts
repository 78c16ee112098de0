import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { SNAPSHOT } from '../../../functions/aws/keys.ts';
import { INDEXES } from '../table.ts';

/** What the table was asked to do, in capacity units. */
export interface Metered {
  reads: number;
  writes: number;
  /** Of index entries that were written, moved or deleted; the embedded store leaves them out. */
  indexWrites: number;
  /** Each write, by the kind of its item. */
  readonly items: Record<string, number>;
}

type Item = Record<string, unknown>;

/** Asks for the capacity of every call of a client from now on, and adds it up; index units from the schema. */
export const meter = (client: DynamoDBClient): { take: () => Metered } => {
  const stored = new Map<string, Item>();
  const nothing = (): Metered => ({ reads: 0, writes: 0, indexWrites: 0, items: {} });
  let metered = nothing();
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const input = args.input as { Item?: never; RequestItems?: unknown };
        Object.assign(input, { ReturnConsumedCapacity: 'TOTAL' });
        const answer = await next(args);
        const { ConsumedCapacity } = answer.output as {
          ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
        };
        const units = [ConsumedCapacity ?? []]
          .flat()
          .reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
        if (commandName === 'PutItemCommand' && input.Item !== undefined) {
          const item = unmarshall(input.Item) as Item;
          const name = `${String(item.pk)} ${String(item.sk)}`;
          metered.writes += units;
          metered.indexWrites += indexUnits(stored.get(name), item);
          const kind = String(item.sk) === SNAPSHOT ? 'SNAP' : (String(item.sk).split('#')[0] ?? '');
          metered.items[kind] = (metered.items[kind] ?? 0) + units;
          stored.set(name, item);
        } else metered.reads += units;
        return answer;
      },
    { step: 'initialize' },
  );
  return {
    take: () => {
      const taken = metered;
      metered = nothing();
      return taken;
    },
  };
};

/** An index entry that appears or goes costs one unit, one whose key changes two; keys-only entries are below 1 kB. */
const indexUnits = (was: Item | undefined, is: Item): number =>
  INDEXES.reduce((sum, index) => {
    const [before, after] = [was, is].map((item) =>
      item?.[`${index}Pk`] === undefined ? '' : `${String(item[`${index}Pk`])} ${String(item[`${index}Sk`])}`,
    );
    if (before === after) return sum;
    return sum + (before === '' ? 0 : 1) + (after === '' ? 0 : 1);
  }, 0);
