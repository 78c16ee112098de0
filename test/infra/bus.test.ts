import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { open } from '../../functions/scoring/envelope.ts';
import { compilePattern } from '../../local/pattern.ts';
import { readTemplate, type Template } from '../../local/template.ts';
import { removeStubs, synthesizeStub } from './stub.ts';

let template: Template;
beforeAll(async () => {
  template = readTemplate(await synthesizeStub(), '2f8d6c1e-0000-4000-8000-000000000000');
});
afterAll(removeStubs);

/** An event as EventBridge hands it on. */
const eventOf = (source: string, detailType: string, detail: unknown) => ({
  ...{ version: '0', id: '7bf7-1', account: '000000000000', region: 'us-east-1', resources: [] },
  ...{ source, 'detail-type': detailType, detail, time: '2026-05-14T12:00:00Z' },
});

/** The logical ids of the queues that the product's bus brings an event to. */
const queuesOf = (event: object): string[] => {
  const bus = template.outputs()['BusName'];
  const queues = new Map(template.ofType('AWS::SQS::Queue').map(({ arn, logicalId }) => [arn, logicalId]));
  return template
    .ofType('AWS::Events::Rule')
    .filter(({ properties }) => properties['EventBusName'] === bus)
    .filter(({ properties }) => compilePattern(properties['EventPattern'])(event))
    .flatMap(({ properties }) => (properties['Targets'] as { Arn: string }[]).map(({ Arn }) => Arn))
    .map((arn) => (queues.get(arn) ?? arn).replace(/Queue.*$/, ''));
};

/** The entry that the documentation shows, as the command line would send it. */
const documented = (): { Source: string; DetailType: string; Detail: string } => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/sending-events.md'), 'utf8');
  const [, entries = ''] = /put-events --entries '([^']+)'/.exec(page) ?? [];
  const [entry] = JSON.parse(entries) as ReturnType<typeof documented>[];
  if (entry === undefined) throw new Error('the documentation shows no entry');
  return entry;
};

test('what another service puts on the bus, as documented, is scored as from a server', () => {
  const { Source, DetailType, Detail } = documented();
  const event = eventOf(Source, DetailType, JSON.parse(Detail));
  expect(queuesOf(event)).toEqual(queuesOf(eventOf('kindling.ingest', 'kindling.messages', {})));
  expect(open(event)).toMatchObject({
    opened: [
      {
        ok: true,
        scope: 'server',
        message: { type: 'track', event: 'Order Placed', userId: 'u1', messageId: 'order-7' },
      },
    ],
  });
  const two = open(
    eventOf('partner/shop', 'kindling.message', { batch: [{ type: 'page', userId: 'u' }, 7] }),
  );
  expect(two?.opened).toMatchObject([{ ok: true, message: { messageId: '7bf7-1' } }, { ok: false }]);
});

test('every event goes where it belongs, and others nowhere', () => {
  const [events] = queuesOf(eventOf('my.shop', 'kindling.message', {}));
  const [changes] = queuesOf(eventOf('kindling.score', 'lead.qualified', {}));
  expect(events).toBeDefined();
  expect(changes).toBeDefined();
  expect(changes).not.toBe(events);
  expect(queuesOf(eventOf('aws.ses', 'Email Opened', {}))).toEqual([events]);
  expect(queuesOf(eventOf('kindling.ingest', 'kindling.messages', {}))).toEqual([events]);
  expect(queuesOf(eventOf('my.shop', 'Order Placed', {}))).toEqual([]);
});
