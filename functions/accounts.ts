import { createAccounts } from './accounts/handle.ts';
import { scorePorts } from './aws/score-ports.ts';

/** Adds the people of accounts up, as their queue asks. */
export const handler = createAccounts(scorePorts());
