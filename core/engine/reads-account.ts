import type { Scoring } from '../ruleset.ts';

/** Whether any rule looks at accounts, so that what is said of one may move everybody in it. */
export const readsAccount = ({ scores }: Pick<Scoring, 'scores'>): boolean =>
  JSON.stringify(scores).includes('"account.');
