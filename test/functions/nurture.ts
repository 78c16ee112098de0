import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { Standing } from '../../core/evaluation.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Lead, newLead } from '../../core/lead.ts';
import type { Journey } from '../../core/schema/journey.ts';
import { liveKey, rulesetKey, whoKey } from '../../functions/aws/keys.ts';
import { leadToItem } from '../../functions/aws/lead-item.ts';
import { openTable, type Table } from '../../functions/aws/table.ts';

export interface TestTable {
  readonly table: Table;
  stop(): Promise<void>;
}

/** A real table of the product's keys, empty, in memory. */
export const startTable = async (): Promise<TestTable> => {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'kindling',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
    }),
  );
  return {
    table: openTable(client, 'kindling'),
    stop: async () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

export const NOW = Date.parse('2026-05-14T10:00:00Z');
export const RULESET = 'aaaaaaaaaaaaaaaa';

export const standing = (band: string, qualified = false): Standing => ({
  band,
  grade: null,
  group: null,
  qualified,
});

/** Puts a lead and what mails may say of it. */
export const putLead = async (
  table: Table,
  id: string,
  lead: Partial<Lead>,
  attributes: JsonObject = { email: `${id}@example.com` },
): Promise<Lead> => {
  const made: Lead = {
    ...newLead(id, NOW, { users: [], emails: [] }),
    email: typeof attributes.email === 'string' ? attributes.email : null,
    standing: standing('warm'),
    ...lead,
  };
  await table.put(leadToItem(made, { due: 1, band: 1 }));
  await table.put({ ...whoKey(id), attributes: JSON.stringify(attributes) });
  return made;
};

/** Publishes the parts that nurture reads. */
export const putRuleset = async (table: Table, parts: Readonly<Record<string, unknown>>): Promise<void> => {
  for (const [part, value] of Object.entries(parts))
    await table.put({ ...rulesetKey(RULESET, part), body: JSON.stringify(value) });
  await table.put({ ...liveKey, hash: RULESET, epoch: 1, at: NOW });
};

export const journey = (more: Partial<Journey> = {}): Journey => ({
  journey: 'warm-up',
  start: { band: 'warm' },
  steps: [{ wait: '2d' }, { send: 'trial' }],
  ...more,
});
