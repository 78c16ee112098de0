import { tableQuarantine } from './aws/quarantine.ts';
import { scorePorts } from './aws/score-ports.ts';
import { heedingBounces } from './mail/heed.ts';
import { tableSuppressions } from './mail/suppress.ts';
import { createScore } from './scoring/score-batch.ts';

const ports = scorePorts();
const score = createScore({ ...ports, quarantine: tableQuarantine(ports.table) });

/** Takes bus events from the queue, stores them under their leads, and scores those. */
export const handler = heedingBounces(score, tableSuppressions(ports.table), ports.clock);
