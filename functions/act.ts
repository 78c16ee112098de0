import { setTimeout } from 'node:timers/promises';
import { liveBus } from './aws/live-bus.ts';
import { readEnv } from './env.ts';
import { eventBus } from './ingest/event-bus.ts';
import { publish } from './ingest/publish.ts';
import { createAct } from './journeys/act.ts';

const env = readEnv(['BUS_NAME']);
const bus = eventBus(liveBus(), env.BUS_NAME);

/** What journeys do to leads beside writing to them. */
export const handler = createAct({
  publish: (entry) => publish(bus, [entry], async (ms) => void (await setTimeout(ms))),
  clock: { now: () => Date.now() },
});
