import { defineCommand } from 'citty';

import type { RuleOrigin } from '../core/publish/origin.ts';
import type { LeadPage } from '../core/view/lead.ts';
import { findLead, openApi, REACHED } from './api.ts';
import { instant } from './arguments.ts';
import type { Io } from './io.ts';
import { harmless } from './plan/page.ts';

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
    group && `group ${group}`,
    qualified && 'qualified',
  ];
  const given = contributions.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
  return (
    `${harmless(who)}: ${standing.filter((part) => part).join(', ')}\n\n` +
    (given.length + adjustments.length === 0 ? '  Nothing that they did counts now.\n' : '') +
    given
      .map(({ sentence, why, origin }) => `  ${harmless(sentence)}\n    ${harmless(why)}\n${lineOf(origin)}`)
      .join('') +
    adjustments.map(({ sentence, at }) => `  ${harmless(sentence)}\n    on ${day(at)}\n`).join('') +
    (forecast === null ? '' : `\n${forecast}\n`) +
    `\n${rulesOf(lead)}`
  );
}

/** Where the rule stands, and who last changed it. */
const lineOf = (origin: RuleOrigin | null | undefined): string => {
  if (!origin) return '';
  const { file, line, commit, author, at } = origin;
  const changed =
    commit === null ? '' : `, changed by ${author} in ${commit}${at === null ? '' : ` on ${day(at)}`}`;
  return `    ${file}:${line}${changed}\n`;
};

/** By which rules the answer is given, and what the challenger says. */
const rulesOf = ({ at, ruleset, challenger }: LeadPage): string => {
  const { hash, epoch, since, commit } = ruleset;
  const from = commit === null ? '' : `, from commit ${commit}`;
  const beside =
    challenger === null
      ? ''
      : `The challenger ${challenger.hash} says ${challenger.band}, ${Math.round(challenger.total)} points${challenger.qualified ? ', qualified' : ''}.\n`;
  return `As of ${minute(at)}, by ruleset ${hash}, live since ${minute(since)} (epoch ${epoch}${from}).\n${beside}`;
};

const minute = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** @example day(0) // '1970-01-01' */
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
