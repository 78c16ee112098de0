import { SFNClient } from '@aws-sdk/client-sfn';
import { scorePorts } from './aws/score-ports.ts';
import { readEnv } from './env.ts';
import { stateMachines } from './journeys/executions.ts';
import { finishErasure } from './erasing/erase.ts';
import { tableSuppressions } from './mail/suppress.ts';
import { rescoreStarter } from './rescoring/start.ts';
import { createDegrade } from './scoring/degrade-leads.ts';

const env = readEnv(['RESCORE_MACHINE', 'RESCORE_SEGMENTS']);
const ports = scorePorts();

/** Every 15 minutes: leads whose time has come, changes that were not told, merges and rescores left half way. */
export const handler = createDegrade({
  ...ports,
  finishErasure: async (leadId, hasTime) =>
    (await finishErasure({ ...ports, suppressions: tableSuppressions(ports.table) }, leadId, hasTime)) !==
    null,
  watchRescore: rescoreStarter(
    ports.table,
    stateMachines(new SFNClient({})),
    env.RESCORE_MACHINE,
    env.RESCORE_SEGMENTS,
    () => ports.clock.now(),
  ),
});
