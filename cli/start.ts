import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { defineCommand } from 'citty';

import { type Runtime, startRuntime } from '../local/runtime.ts';
import { noteAddress } from './address.ts';
import { instant, portNumber, webAddress } from './arguments.ts';
import { type DataFolder, openData } from './data.ts';
import { type DemoMessage, type DemoProgress, moved, readSample, shiftToEnd } from './demo.ts';
import { type Io, Refusal } from './io.ts';
import { playSample } from './play-sample.ts';
import { checkPort } from './port.ts';
import { type Assembly, build, ROOT, WrongRules } from './product.ts';
import { type Progress, steps } from './progress.ts';
import { rulesFolder, sound } from './rules.ts';
import { type Keys, readyLine, welcome } from './welcome.ts';

const HOUR = 3_600_000;
const SAMPLE = join(ROOT, 'examples', 'events.ndjson.gz');

/** Sources that are shipped, each with the same key on one machine. */
const SOURCES = ['calendly', 'cal-com', 'hubspot', 'stripe', 'typeform'];

/** What stands in for Slack, Teams and a CRM on one machine. */
const SINKS = {
  Slack: JSON.stringify({ url: '{url}/_local/slack', signing_secret: 'slack-signs-with-this-locally' }),
  Teams: JSON.stringify({ '*': '{url}/_local/teams' }),
  Sources: JSON.stringify(Object.fromEntries(SOURCES.map((name) => [name, 'a-key-of-the-local-runtime']))),
  Webhooks: JSON.stringify({
    '*': { url: '{url}/_local/webhooks', secret: `whsec_${btoa('a key of the local runtime')}` },
  }),
};

interface Options {
  readonly port: number;
  readonly data: string;
  readonly rules: string;
  readonly demo: boolean;
  readonly fresh: boolean;
  /** UTC milliseconds at which a virtual clock begins. */
  readonly virtualClock?: number;
  readonly dynamodb?: string;
  readonly json: boolean;
}

export const start = defineCommand({
  meta: { name: 'start', description: 'Run the whole product on this machine' },
  args: {
    port: {
      type: 'string',
      default: '4700',
      valueHint: 'PORT',
      description: 'Where to listen on 127.0.0.1; 0 takes any free port',
    },
    data: { type: 'string', default: '.kindling', valueHint: 'DIR', description: 'Where state is kept' },
    rules: { type: 'string', valueHint: 'DIR', description: 'The rules folder (default: rules)' },
    demo: {
      type: 'boolean',
      default: true,
      description: 'Play the sample in a new data folder',
      negativeDescription: 'Start empty',
    },
    fresh: { type: 'boolean', default: false, description: 'Forget what the data folder holds' },
    'virtual-clock': {
      type: 'string',
      valueHint: 'ISO',
      description: 'Begin at this instant, and let time stand still until /_local/clock moves it',
    },
    dynamodb: {
      type: 'string',
      valueHint: 'URL',
      description: 'Another DynamoDB in place of the embedded one',
    },
    json: { type: 'boolean', default: false, description: 'Once ready, one line of JSON on standard output' },
  },
  run: ({ args, data }) => {
    const { port, rules, demo, fresh, dynamodb, json } = args;
    const virtual = args['virtual-clock'];
    return startProduct(
      {
        port: portNumber(port),
        data: args.data,
        rules: rulesFolder(rules),
        demo: demo && virtual === undefined,
        fresh,
        json,
        ...(virtual !== undefined && { virtualClock: instant(virtual) }),
        ...(dynamodb !== undefined && { dynamodb: webAddress(dynamodb) }),
      },
      data as Io,
    );
  },
});

/** Starts, says so, plays the sample, and stays until interrupted. */
async function startProduct(options: Options, io: Io): Promise<number> {
  const { interrupted } = io;
  const progress = steps(io);
  // whatever is under way may hang; whoever ends it does not wait for that
  const ended = new Promise<void>((done) =>
    interrupted.addEventListener('abort', () => done(), { once: true }),
  );
  let runtime: Runtime | undefined;
  const run = async (): Promise<void> => {
    const { demo, sample, saveDemo, ...assembly } = await prepare(options, io, progress);
    progress.step('Starting the services');
    runtime = await open(options, assembly, sample[0]?.at);
    noteAddress(options.data, runtime.url);
    const keys = JSON.parse(await runtime.secret(runtime.outputs['IngestKeysSecretArn'] ?? '')) as Keys;
    progress.done();
    io.out(
      options.json
        ? await readyLine(runtime, keys)
        : welcome(runtime.url, keys, { ...options, playing: sample.length > 0 }, io),
    );
    if (!demo || sample.length === 0) return;
    const { now } = io;
    await playSample(runtime, keys.server, sample, demo, {
      progress,
      save: saveDemo,
      signal: interrupted,
      now,
    });
    progress.done();
    if (!options.json && !interrupted.aborted)
      io.out('The sample has been played; from here on time is real.\n');
  };
  try {
    await Promise.race([run(), ended]);
    await ended;
    return 0;
  } catch (error) {
    if (interrupted.aborted) return 0;
    throw error;
  } finally {
    progress.done();
    // what was acknowledged is on disk already
    if (runtime) await Promise.race([runtime.stop(), sleep(1_600)]);
  }
}

/** Everything that can be refused, before a service runs. */
async function prepare(
  options: Options,
  io: Io,
  progress: Progress,
): Promise<Assembly & Pick<DataFolder, 'saveDemo'> & { sample: DemoMessage[]; demo: DemoProgress | null }> {
  await checkPort(options.port);
  const data = await openData(options.data, options.fresh);
  progress.step('Checking the rules');
  await sound(options.rules, io, { parts: 'scoring' });
  progress.step('Building');
  const assembly = await build(options.rules, io.interrupted).catch(async (error: unknown) => {
    // mails are compiled by the build alone: their compiler is large, and this process stays
    if (error instanceof WrongRules) await sound(options.rules, io);
    throw error;
  });
  const { sample, demo } = await sampleToPlay(options, data, io.now());
  await data.saveDemo(demo);
  return { ...assembly, sample, demo, saveDemo: data.saveDemo };
}

/** @param first when the sample begins, UTC milliseconds, if one is to be played */
async function open(options: Options, assembly: Assembly, first: number | undefined): Promise<Runtime> {
  const { data, port, dynamodb } = options;
  const from = options.virtualClock ?? (first === undefined ? undefined : first - HOUR);
  try {
    return await startRuntime({
      ...assembly,
      data,
      port,
      clock: from === undefined ? { mode: 'real' } : { mode: 'virtual', at: from },
      ...(dynamodb !== undefined && { dynamodb }),
      // what sales is told in Slack is shown by the mailbox page
      secrets: SINKS,
      // one machine needs no spreading, and looks at every shard of what is due each quarter of an hour
      settings: {
        ...{ DUE_SHARDS: '1', BAND_SHARDS: '1', PRIVATE_ADDRESSES: 'loopback' },
        ...{ RESCORE_SEGMENTS: '2', RESCORE_PER_SECOND: '10000' },
      },
    });
  } catch (error) {
    throw new Refusal(`cannot start: ${firstLine(error)}`, { cause: error });
  }
}

/** The sample as far as it is still to be played: all of it in a new data folder, the rest after a restart. */
async function sampleToPlay(
  { demo: wanted }: Options,
  { isNew, demo: kept }: DataFolder,
  now: number,
): Promise<{ sample: DemoMessage[]; demo: DemoProgress | null }> {
  if (!wanted || (!isNew && kept === null)) return { sample: [], demo: kept };
  const sample = await readSample(SAMPLE);
  const demo = kept ?? { shift: shiftToEnd(sample, now), played: 0 };
  return { sample: moved(sample, demo.shift), demo };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
