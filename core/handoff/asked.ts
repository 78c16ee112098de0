import { createHash } from 'node:crypto';

/** Handoffs that nobody qualified for, and a journey asks for, are numbered from here on, apart from the others. */
const ASKED = 500_000;

/** What stands for how often the lead has qualified, where a journey asks: the same for the same asking. */
export const askedEntry = (changeId: string): number =>
  ASKED + (createHash('sha256').update(changeId).digest().readUInt32BE(0) % (ASKED - 1));

/** Whether a journey asked for this handoff, so that the lead need not be qualified. */
export const isAsked = (entry: number): boolean => entry >= ASKED;
