import { tableQuarantine } from './aws/quarantine.ts';
import { scorePorts } from './aws/score-ports.ts';
import { createScore } from './scoring/score-batch.ts';

const ports = scorePorts();

/** Takes bus events from the queue, stores them under their leads, and scores those. */
export const handler = createScore({ ...ports, quarantine: tableQuarantine(ports.table) });
