import { scorePorts } from './aws/score-ports.ts';
import { createDegrade } from './scoring/degrade-leads.ts';

/** Every 15 minutes: leads whose time has come, changes that were not told, merges and rescoring left half way. */
export const handler = createDegrade(scorePorts());
