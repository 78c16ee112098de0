import middy from '@middy/core';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { rulesetHash, type Ruleset } from '../../core/ruleset.ts';
import { liveKey, rulesetKey } from '../aws/keys.ts';
import { readLive, type Live } from '../aws/rulesets.ts';
import { NEW, type Table } from '../aws/table.ts';
import { Conflict } from '../errors.ts';
import { log } from '../log.ts';
import { answer } from './cloudformation.ts';

export interface PublishPorts {
  readonly table: Table;
  /** The ruleset as JSON text. */
  readonly readRuleset: () => Promise<string>;
  /** UTC milliseconds. */
  readonly now: () => number;
}

const TRIES = 5;

/** A CloudFormation custom resource: creating or updating it publishes the ruleset; deleting it leaves what is there. */
export const createPublish = (
  ports: PublishPorts,
): ((event: CloudFormationCustomResourceEvent, context: Context) => Promise<void>) => {
  const stack = middy<CloudFormationCustomResourceEvent, void>().handler(
    async (event: CloudFormationCustomResourceEvent) => {
      const id = 'PhysicalResourceId' in event ? event.PhysicalResourceId : 'ruleset';
      try {
        if (event.RequestType === 'Delete') return await answer(event, { status: 'SUCCESS', id });
        const { hash, epoch } = await publish(ports);
        await answer(event, { status: 'SUCCESS', id: 'ruleset', data: { Hash: hash, Epoch: String(epoch) } });
      } catch (error) {
        log.error('the ruleset was not published', { error: error as Error });
        await answer(event, {
          status: 'FAILED',
          id,
          reason: 'the ruleset was not published; see the log of publish',
        });
      }
    },
  );
  return stack;
};

/** Writes the ruleset's parts, then makes it live. Nothing happens where it is live already. */
export const publish = async ({ table, readRuleset, now }: PublishPorts): Promise<Live> => {
  const ruleset = JSON.parse(await readRuleset()) as Ruleset;
  const hash = rulesetHash(ruleset);
  for (const [part, value] of partsOf(ruleset))
    // The key names the content: what is there already is the same.
    await table.put({ ...rulesetKey(hash, part), body: JSON.stringify(value) });
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const live = await readLive(table);
    if (live?.hash === hash) return live;
    const next = { hash, epoch: (live?.epoch ?? 0) + 1, at: now() };
    const unchanged =
      live === null
        ? NEW
        : { expression: '#epoch = :epoch', names: { '#epoch': 'epoch' }, values: { ':epoch': live.epoch } };
    if (await table.put({ ...liveKey, ...next }, unchanged)) {
      log.info('a ruleset is live', { hash, epoch: next.epoch });
      return next;
    }
  }
  throw new Conflict('another ruleset was published at the same time');
};

const partsOf = ({
  settings,
  scores,
  bands,
  accounts,
  journeys,
  emails,
  handoff,
  sources,
}: Ruleset): [string, unknown][] => [
  ['scoring', { settings, scores, bands, ...(accounts === undefined ? {} : { accounts }) }],
  ['journeys', journeys],
  ...Object.entries(emails).map(([name, email]): [string, unknown] => [`email#${name}`, email]),
  ...(handoff === undefined ? [] : ([['handoff', handoff]] as [string, unknown][])),
  ...(sources === undefined ? [] : ([['sources', sources]] as [string, unknown][])),
];
