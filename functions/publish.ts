import { SFNClient } from '@aws-sdk/client-sfn';
import { readFile } from 'node:fs/promises';
import type { Ruleset } from '../core/ruleset.ts';
import { liveTable } from './aws/live-table.ts';
import { tablePublished } from './aws/published.ts';
import { readEnv } from './env.ts';
import { stateMachines } from './journeys/executions.ts';
import { createPublish } from './publishing/handle.ts';
import { rescoreStarter } from './rescoring/start.ts';

const env = readEnv(['TABLE_NAME', 'RESCORE_MACHINE', 'RESCORE_SEGMENTS']);
const table = liveTable(env.TABLE_NAME);
const now = (): number => Date.now();
const deployed = async (): Promise<Ruleset> =>
  JSON.parse(await readFile(new URL('ruleset.json', import.meta.url), 'utf8')) as Ruleset;

/**
 * Publishes rulesets: the one that lies beside this bundle, at every deploy that changes it; and those that a deployer
 * brings by invoking it.
 */
export const handler = createPublish({
  table,
  published: tablePublished(table),
  deployed,
  now,
  startRescore: rescoreStarter(
    table,
    stateMachines(new SFNClient({})),
    env.RESCORE_MACHINE,
    env.RESCORE_SEGMENTS,
    now,
  ),
});
