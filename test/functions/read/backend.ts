import { tableHeld } from '../../../functions/handoffs/held.ts';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyStructuredResultV2, Context, SQSEvent } from 'aws-lambda';
import dynalite from 'dynalite';
import type { AddressInfo } from 'node:net';
import { tableHandoffWeeks } from '../../../functions/aws/handoff-weeks.ts';
import { tableAccounts } from '../../../functions/aws/accounts.ts';
import { tableIdentities } from '../../../functions/aws/identities.ts';
import { tableLeads } from '../../../functions/aws/leads.ts';
import { tableQuarantine } from '../../../functions/aws/quarantine.ts';
import type { Ruleset } from '../../../core/ruleset.ts';
import { tableRulesets } from '../../../functions/aws/rulesets.ts';
import { openTable, type Table } from '../../../functions/aws/table.ts';
import type { BusEntry } from '../../../functions/ingest/pack.ts';
import type { HttpHandler } from '../../../functions/http.ts';
import { publishIn } from '../publishing/publisher.ts';
import { createApi } from '../../../functions/read/answer.ts';
import { tableAccountDirectory } from '../../../functions/read/account-directory.ts';
import { tableRolledUp } from '../../../functions/aws/rolled-up.ts';
import { tableDirectory } from '../../../functions/read/directory.ts';
import { publishedRulesets } from '../../../functions/read/published.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import { tableTaken } from '../../../functions/read/journeys.ts';
import { tableRefused } from '../../../functions/read/refused.ts';
import { tableSent } from '../../../functions/read/sent.ts';
import { tableEmails } from '../../../functions/read/emails.ts';
import { tableUnsettled } from '../../../functions/read/unsettled.ts';
import { createScore } from '../../../functions/scoring/score-batch.ts';
import { loadFiles } from '../../../rulefiles/load.ts';
import { ingest, requestEvent, SERVER_KEY } from '../ingest/gateway.ts';

const RULES = {
  'scores/engagement.yaml': `
score: engagement
rules:
  pricing-page:
    why: Looking at prices is thinking about buying.
    when: { event: page, path: /pricing* }
    points: 10
    half_life: 14d
  demo:
    why: They asked for us.
    when: { event: Demo Booked }
    points: 30
`,
  'scores/fit.yaml': `
score: fit
rules:
  decides:
    why: Who decides can buy.
    when: { lead.title: [CTO, CEO] }
    points: 20
`,
  'scores/product.yaml': `
score: product
by: product
limit: { max: 40 }
rules:
  tried:
    why: Hands on is more than eyes on.
    when: { event: Tried }
    points: 12
`,
  'bands.yaml': `
total: { sum: { engagement: 1, fit: 1 } }
bands: { cold: 0, warm: 20, hot: { enter: 50, leave: 40 } }
grades: { of: fit, A: 20, B: 0 }
qualified: { band: [hot] }
`,
} as const;

const SHARDS = { due: 2, band: 3 };

export interface Backend {
  readonly table: Table;
  /** Which leads' logs the read side has read so far. */
  readonly logsRead: string[];
  /** Sends messages through ingest, and scores what the bus was given. */
  send(...messages: object[]): Promise<void>;
  get(path: string): Promise<Answer>;
  /** As whom the token says; what the bus was told is scored before it answers. */
  post(
    path: string,
    body: unknown,
    as?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  readonly api: HttpHandler;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Ingest, scoring and the read side over one real table. */
export const startBackend = async (): Promise<Backend> => {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await createTable(client);
  const table = openTable(client, 'kindling');
  const clock = { now: () => Date.now() };
  await publishIn(table, (await ruleset()) as Ruleset, clock.now);

  const pause = (): Promise<void> => Promise.resolve();
  const common = () => ({
    clock,
    pause,
    leads: tableLeads(table, SHARDS),
    identities: tableIdentities(table, pause),
    rulesets: tableRulesets(table, clock),
    published: publishedRulesets(table, clock),
    accounts: tableAccounts(table, clock),
  });
  const quarantine = tableQuarantine(table);
  const changes = {
    publish: (list: readonly { changeId: string }[]) =>
      Promise.resolve(new Set(list.map(({ changeId }) => changeId))),
  };
  const nothing = (): Promise<void> => Promise.resolve();
  const rollUps = { changed: nothing, moving: nothing };
  const score = createScore({ ...common(), changes, rollUps, quarantine, closeDoubles: nothing });
  const { handler, taken } = ingest({ quarantine });

  const logsRead: string[] = [];
  const told: BusEntry[] = [];
  let requests = 0;
  const read = common();
  const api = createApi({
    ...read,
    leads: {
      ...read.leads,
      log: (id, from) => {
        logsRead.push(id);
        return read.leads.log(id, from);
      },
    },
    directory: tableDirectory(table, SHARDS.band),
    accountDirectory: tableAccountDirectory(table, SHARDS.band),
    rolledUp: tableRolledUp(table, SHARDS),
    sent: tableSent(table),
    handoffWeeks: tableHandoffWeeks(table),
    refused: tableRefused(table),
    journeys: tableRulesetParts(table, clock),
    taken: tableTaken(table),
    held: tableHeld(table),
    unsettled: tableUnsettled(table),
    emails: tableEmails(table),
    parts: tableRulesetParts(table, clock),
    executions: { start: () => Promise.reject(new Error('no mail is decided on here')) },
    decisionMachine: 'arn:decision',
    publish: (entry) => Promise.resolve(told.push(entry) > 0),
    config: { issuer: 'https://issuer.example', clientId: 'client' },
  });

  return {
    table,
    logsRead,
    api,
    send: async (...messages) => {
      const body = Buffer.from(JSON.stringify({ batch: messages }));
      const authorization = `Basic ${Buffer.from(`${SERVER_KEY}:`).toString('base64')}`;
      const answer = await handler(requestEvent('POST', '/v1/batch', { authorization }, body), {} as Context);
      if (answer.statusCode !== 200) throw new Error(`ingest answered ${answer.statusCode}: ${answer.body}`);
      const { batchItemFailures } = await score(queued(taken.entries.splice(0)), {} as Context);
      if (batchItemFailures.length > 0) throw new Error('scoring failed');
    },
    post: async (path, body, as = { email: 'freja@lantern.example' }, headers = {}) => {
      const said = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
      const event = requestEvent('POST', path, { 'content-type': 'application/json', ...headers }, said);
      const requestId = `request-${(requests += 1)}`;
      const requestContext = { ...event.requestContext, requestId, authorizer: { jwt: { claims: as } } };
      const answer = parsed(await api({ ...event, requestContext }, {} as Context));
      const { batchItemFailures } = await score(queued(told.splice(0)), {} as Context);
      if (batchItemFailures.length > 0) throw new Error('scoring failed');
      return answer;
    },
    get: async (path) => parsed(await api(requestEvent('GET', path, {}, Buffer.alloc(0)), {} as Context)),
    stop: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

const parsed = ({ statusCode, body }: APIGatewayProxyStructuredResultV2): Answer => ({
  status: statusCode ?? 200,
  body: JSON.parse(body ?? 'null') as unknown,
});

/** Bus entries as the bus puts them into the queue. */
const queued = (entries: readonly { source: string; detailType: string; detail: string }[]): SQSEvent => ({
  Records: entries.map(({ source, detailType, detail }, index) => ({
    messageId: `record-${index}`,
    receiptHandle: '',
    body: JSON.stringify({
      source,
      'detail-type': detailType,
      detail: JSON.parse(detail) as unknown,
      time: new Date().toISOString(),
      id: `event-${index}`,
    }),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: 'us-east-1',
  })),
});

const ruleset = async (): Promise<unknown> => {
  const files = Object.entries(RULES).map(([file, text]) => ({
    file,
    name: file.slice(file.indexOf('/') + 1, -'.yaml'.length),
    text,
    kind: file.startsWith('scores/') ? ('score' as const) : ('bands' as const),
  }));
  const loaded = await loadFiles(files);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.value;
};

const createTable = async (client: DynamoDBClient): Promise<void> => {
  const indexes = ['due', 'band', 'name', 'account'];
  const names = ['pk', 'sk', ...indexes.flatMap((index) => [`${index}Pk`, `${index}Sk`])];
  await client.send(
    new CreateTableCommand({
      TableName: 'kindling',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: indexes.map((IndexName) => ({
        IndexName,
        Projection: { ProjectionType: 'KEYS_ONLY' as const },
        KeySchema: [
          { AttributeName: `${IndexName}Pk`, KeyType: 'HASH' as const },
          { AttributeName: `${IndexName}Sk`, KeyType: 'RANGE' as const },
        ],
      })),
    }),
  );
};
