import { scorePorts } from './aws/score-ports.ts';
import { readEnv } from './env.ts';
import { createRescore } from './rescoring/handle.ts';

const env = readEnv(['RESCORE_PER_SECOND']);

/** Brings leads to the live ruleset, a segment of them a call; the state machine calls it. */
export const handler = createRescore({ ...scorePorts(), rate: env.RESCORE_PER_SECOND });
