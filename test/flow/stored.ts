import { DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { join } from 'node:path';
import type { LeadEvent } from '../../core/event.ts';
import type { Lead } from '../../core/lead.ts';
import { MAIL_PREFIX } from '../../functions/aws/keys.ts';
import { leadFromItem } from '../../functions/aws/lead-item.ts';
import { entryOf } from '../../functions/aws/leads.ts';
import type { Item } from '../../functions/aws/table.ts';
import { startDynamodb } from '../../local/dynamodb.ts';
import { bench, client } from '../local/surroundings.ts';

/** A lead as the table of a data folder holds it. */
export interface StoredLead {
  readonly lead: Lead;
  readonly events: readonly LeadEvent[];
  /** Messages that were claimed, whatever became of them. */
  readonly claims: readonly StoredClaim[];
}

export interface StoredClaim {
  /** Of the journey or handoff that it belongs to. */
  readonly entry: string;
  /** The mail's name, or `slack`. */
  readonly email: string;
  /** `unknown` without one. */
  readonly outcome: string;
}

export interface Stored {
  /** Those that were merged into others are not among them. */
  readonly leads: readonly StoredLead[];
  /** Message ids. */
  readonly quarantined: ReadonlySet<string>;
}

/** Reads the table of a product that has stopped. */
export const readStored = async (data: string): Promise<Stored> => {
  const items = await readItems(data);
  return { leads: leadsOf(items), quarantined: quarantinedOf(items) };
};

/** Every item of the table of a product that has stopped. */
export const readItems = async (data: string): Promise<readonly Item[]> => {
  const around = bench();
  const dynamodb = await startDynamodb({ ...around, dir: join(data, 'dynamodb') });
  const sdk = new DynamoDBClient(client(dynamodb.endpoint));
  try {
    const { TableNames = [] } = await sdk.send(new ListTablesCommand({}));
    const items: Item[] = [];
    for await (const { Items = [] } of paginateScan({ client: sdk }, { TableName: TableNames[0] }))
      items.push(...Items.map((item) => unmarshall(item)));
    return items;
  } finally {
    sdk.destroy();
    await dynamodb.stop();
    around.remove();
  }
};

const leadsOf = (items: readonly Item[]): StoredLead[] => {
  const under = Map.groupBy(items, (item) => String(item.pk));
  return [...under.values()].flatMap((all) => {
    const item = all.find(({ sk }) => sk === 'LEAD');
    if (item === undefined || item.into !== undefined) return [];
    return {
      lead: leadFromItem(item),
      events: all.filter(({ sk }) => String(sk).startsWith('EVT#')).map((event) => entryOf(event).event),
      claims: all
        .filter(({ sk }) => String(sk).startsWith(MAIL_PREFIX))
        .map(({ sk, email, outcome }) => ({
          entry: String(sk).slice(MAIL_PREFIX.length).split('#')[0] ?? '',
          email: String(email),
          outcome: typeof outcome === 'string' ? outcome : 'unknown',
        })),
    };
  });
};

const quarantinedOf = (items: readonly Item[]): ReadonlySet<string> =>
  new Set(
    items
      .filter(({ pk }) => String(pk).startsWith('QUARANTINE#'))
      .map(({ raw }) => (JSON.parse(String(raw)) as { messageId: string }).messageId),
  );
