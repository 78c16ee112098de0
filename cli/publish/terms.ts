import { readFileSync } from 'node:fs';

import { type Terms, UNLIMITED } from '../../core/publish/origin.ts';
import { Refusal } from '../io.ts';

/** How a command says what a switch may start by itself. */
export const LIMITS = {
  mute: {
    type: 'boolean',
    default: false,
    description: 'Start no handoffs and no journeys by this change',
  },
  'cap-handoffs': {
    type: 'string',
    valueHint: 'N',
    description:
      'Start at most so many handoffs by this change (default: as many as the plan says, without one as many as it comes to)',
  },
  'cap-mails': {
    type: 'string',
    valueHint: 'N',
    description: 'Let at most so many leads enter journeys by this change (default: as for handoffs)',
  },
} as const;

/** What a plan says, as far as a deploy goes by it. */
export interface Planned {
  /** The hash of what was live when it was made. */
  readonly base: string;
  /** The hash of what it is for. */
  readonly head: string | null;
  readonly terms: Terms;
}

/** Reads what `kindling plan --format json` wrote. */
export function readPlan(file: string): Planned {
  let plan: Record<string, unknown>;
  try {
    plan = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Refusal(`there is no file ${file}`);
    throw new Refusal(`the plan ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const base = hashOf(plan['base']);
  if (base === null) throw new Refusal(`${file} is no plan: make one with kindling plan --format json`);
  return {
    base,
    head: hashOf(plan['head']),
    terms: {
      handoffs: sumOf(nowOf(plan['handoffs']), nowOf(partOf(plan['accounts'], 'handoffs'))),
      mails: nowOf(partOf(plan['mails'], 'begin') ?? plan['mails']),
    },
  };
}

const hashOf = (value: unknown): string | null => {
  const text = typeof value === 'object' && value !== null && 'hash' in value ? value.hash : value;
  return typeof text === 'string' && /^[0-9a-f]{16}$/.test(text) ? text : null;
};

/** A deploy limits how many leads begin a journey; their mails follow from that. Handoffs are those of leads and accounts. */
const partOf = (whole: unknown, name: string): unknown =>
  typeof whole === 'object' && whole !== null ? (whole as Record<string, unknown>)[name] : undefined;

const sumOf = (leads: number | null, accounts: number | null): number | null =>
  leads === null ? null : leads + (accounts ?? 0);

const nowOf = (value: unknown): number | null => {
  const now = partOf(value, 'now');
  return typeof now === 'number' ? now : null;
};

/** What the switch may start: what was typed, else what the plan says, else as much as comes. */
export function termsOf(
  args: { mute: boolean; 'cap-handoffs'?: string | undefined; 'cap-mails'?: string | undefined },
  planned: Terms = UNLIMITED,
): Terms {
  const [handoffs, mails] = [args['cap-handoffs'], args['cap-mails']];
  if (args.mute && (handoffs !== undefined || mails !== undefined))
    throw new Refusal('--mute starts nothing: leave out --cap-handoffs and --cap-mails');
  if (args.mute) return { handoffs: 0, mails: 0 };
  return { handoffs: limit(handoffs) ?? planned.handoffs, mails: limit(mails) ?? planned.mails };
}

function limit(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 10_000)
    throw new Refusal(`"${text}" is no limit; give a whole number up to 10000`);
  return Number(text);
}

/** @example inWords({ handoffs: 3, mails: null }) // 'at most 3 handoffs; as many leads enter journeys as it comes to' */
export const termsInWords = ({ handoffs, mails }: Terms): string => {
  if (handoffs === 0 && mails === 0) return 'It starts no handoffs and no journeys by itself.';
  const most = (limit: number | null, what: string): string =>
    limit === null ? `as many ${what} as it comes to` : `at most ${limit} ${what}`;
  return `It may start ${most(handoffs, 'handoffs')}, and ${most(mails, 'journeys of leads')}.`;
};
