import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { answerToken } from '../../../core/handoff/answer-link.ts';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';
import { createAnswers } from '../../../functions/handoffs/answers.ts';
import { type Handoffs, tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { tableStandings } from '../../../functions/handoffs/standing.ts';
import type { WatchPorts } from '../../../functions/handoffs/watch.ts';
import type { BusEntry } from '../../../functions/ingest/pack.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import type { Posting } from '../../../functions/outbound/post.ts';
import { NOW, putLead, putRuleset, RULESET, startTable, type TestTable } from '../nurture.ts';

const LINK = 'a secret that signs the links';
export const SIGNING = 'slack signs with this';
export const HOSTILE = `<script>alert(1)</script> "{{ x }}" <!channel>\r\nBcc: evil@example.com`;
export const FREJA = { name: 'Freja', email: 'f@example.com' };

interface Told {
  readonly event: string;
  readonly leadId: string;
  readonly messageId: string;
  readonly properties: Record<string, unknown>;
}
interface Answered {
  readonly status: number;
  readonly body: string;
}
type Called = Partial<Record<'headers' | 'query' | 'params', object>> & { readonly body?: string };

/** Handoffs in a real table, answered as sales answers them. */
export interface Answering {
  readonly store: TestTable;
  /** What the functions are made of; a test may put another in its place. */
  ports: Parameters<typeof createAnswers>[0] & WatchPorts;
  now: number;
  busIsDown: boolean;
  /** What the bus was told. */
  told: Told[];
  /** What was posted to Slack. */
  posted: { readonly address: string; readonly posting: Posting }[];
  /** All back to the beginning but the table. */
  reset(): void;
  open(id: string, more?: Partial<HandoffRecord>): Promise<void>;
  find(id: string, entry?: number): ReturnType<Handoffs['find']>;
  tokenOf(id: string, more?: object): string;
  call(method: string, path: string, more?: Called): Promise<Answered>;
  /** The page behind a button: looked at, or with a form sent. */
  page(token: string, form?: Readonly<Record<string, string>>): Promise<Answered>;
}

export const startAnswering = async (): Promise<Answering> => {
  const store = await startTable();
  const { table } = store;
  await putRuleset(table, {
    scoring: { settings: { time_zone: 'Europe/Copenhagen' } },
    handoff: {
      default: { name: 'Sales', email: 's@example.com' },
      answer_within: '4h',
      reasons: { 'too-small': 'Company <too> small' },
    },
  });
  const ports: Answering['ports'] = {
    standings: tableStandings(table, tablePeople(table)),
    rulesets: tableRulesetParts(table, { now: () => NOW }),
    publish: ({ detail }: BusEntry) => {
      if (it.busIsDown) return Promise.resolve(false);
      it.told.push(...(JSON.parse(detail) as { batch: Told[] }).batch);
      return Promise.resolve(true);
    },
    linkSecret: () => Promise.resolve(LINK),
    slackSecret: () => Promise.resolve(JSON.stringify({ url: 'https://x', signing_secret: SIGNING })),
    post: (address, posting) => {
      it.posted.push({ address, posting });
      return Promise.resolve({ status: 200 });
    },
    localSlack: false,
    clock: { now: () => it.now },
    publicUrl: 'https://kindling.example',
  };
  const fresh = () => ({ now: NOW, busIsDown: false, told: [], posted: [], ports });
  const it: Answering = {
    store,
    ...fresh(),
    reset: () => void Object.assign(it, fresh()),
    open: async (id, more = {}) => {
      await putLead(table, id, {});
      await tableHandoffs(table).open(id, {
        entry: 1,
        at: NOW,
        state: 'open',
        owner: FREJA,
        asked: [{ owner: FREJA, at: NOW, why: 'first' }],
        ruleset: RULESET,
        brief: {
          ...{ name: HOSTILE, email: null, company: HOSTILE, title: null, phone: null, country: null },
          ...{ band: 'hot', grade: null, group: null, total: 71 },
          ...{ scores: [], reasons: [], timeline: [], products: [] },
        },
        ...more,
      });
    },
    find: (id, entry = 1) => tableHandoffs(table).find(id, entry),
    tokenOf: (id, more = {}) =>
      answerToken({ of: 'lead', id, entry: 1, asked: 0, expiresAt: NOW + 1_000_000, ...more }, LINK),
    call: async (method, path, { body = '', headers = {}, query = {}, params = {} } = {}) => {
      const event = {
        requestContext: { http: { method }, requestId: 'r' },
        rawPath: path,
        headers,
        queryStringParameters: query,
        pathParameters: params,
        body,
        isBase64Encoded: false,
      } as unknown as APIGatewayProxyEventV2;
      const answer = await createAnswers(it.ports)(event, {} as Context);
      return { status: answer.statusCode ?? 0, body: answer.body ?? '' };
    },
    page: (token, form) =>
      it.call(form === undefined ? 'GET' : 'POST', `/h/${token}`, {
        params: { token },
        ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
      }),
  };
  return it;
};
