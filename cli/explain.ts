import { defineCommand } from 'citty';

import type { LeadPage } from '../core/view.ts';
import { findLead, openApi, REACHED } from './api.ts';
import { instant } from './arguments.ts';
import type { Io } from './io.ts';

export const explain = defineCommand({
  meta: { name: 'explain', description: 'Say in words why a lead of the running product has its score' },
  args: {
    lead: {
      type: 'positional',
      required: true,
      description: 'An e-mail address, a lead id, or the beginning of a name',
    },
    at: { type: 'string', valueHint: 'ISO', description: 'As of this instant (default: now)' },
    ...REACHED,
    json: { type: 'boolean', default: false, description: "Print the lead's page as JSON" },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const at = args.at === undefined ? '' : `?at=${new Date(instant(args.at)).toISOString()}`;
    const page = await findLead(await openApi(args), args.lead, at);
    io.out(args.json ? `${JSON.stringify(page)}\n` : inWords(page));
    return 0;
  },
});

function inWords(lead: LeadPage): string {
  const { name, email, id, band, total, grade, group, qualified, contributions, adjustments, forecast } =
    lead;
  const who = [name, email].filter((part) => part !== null).join(', ') || id;
  const standing = [
    band,
    `${Math.round(total)} points`,
    grade && `grade ${grade}`,
    group,
    qualified && 'qualified',
  ];
  const given = contributions.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
  return (
    `${who}: ${standing.filter((part) => part).join(', ')}\n\n` +
    given.map(({ sentence, why }) => `  ${sentence}\n    ${why}\n`).join('') +
    adjustments.map(({ sentence, at }) => `  ${sentence}\n    on ${day(at)}\n`).join('') +
    (forecast === null ? '' : `\n${forecast}\n`)
  );
}

/** @example day(0) // '1970-01-01' */
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
