import { defineCommand } from 'citty';

import { compile } from '../core/engine/compile.ts';
import { type Evaluation } from '../core/evaluation.ts';
import { createPeople, type PersonLog } from '../core/identity/people.ts';
import { instant } from './arguments.ts';
import { readEvents } from './events.ts';
import { type Io } from './io.ts';
import { rulesFolder, sound } from './rules.ts';
import { table } from './table.ts';

export const score = defineCommand({
  meta: { name: 'score', description: 'Score a file of events, without a running product' },
  args: {
    rules: { type: 'string', valueHint: 'DIR', description: 'The rules folder (default: rules)' },
    events: {
      type: 'string',
      required: true,
      valueHint: 'FILE',
      description: 'Segment messages, one a line, may be gzipped; - is standard input',
    },
    at: { type: 'string', valueHint: 'ISO', description: 'The instant to score at (default: now)' },
    json: { type: 'boolean', default: false, description: 'One line of JSON a lead' },
  },
  run: ({ args, data }) => {
    const io = data as Io;
    const at = args.at === undefined ? io.now() : instant(args.at);
    return scoreFile({ rules: rulesFolder(args.rules), events: args.events, at, json: args.json }, io);
  },
});

/** A lead as `--json` prints it. */
interface ScoredLead extends Pick<
  Evaluation,
  'scores' | 'total' | 'band' | 'grade' | 'group' | 'qualified' | 'nextChange'
> {
  readonly userId: string | null;
  readonly anonymousIds: readonly string[];
  readonly email: string | null;
  readonly contributions: readonly Omit<Evaluation['contributions'][number], 'why'>[];
}

async function scoreFile(
  options: { rules: string; events: string; at: number; json: boolean },
  io: Io,
): Promise<number> {
  const engine = compile(await sound(options.rules, io, { parts: 'scoring' }));
  const people = createPeople();
  let bad = 0;
  const report = (number: number, reason: string): void => {
    bad += 1;
    io.err(`line ${number}: ${reason}\n`);
  };
  for await (const line of readEvents(options.events, options.at, io)) {
    if (!line.ok) {
      report(line.number, line.reason);
      continue;
    }
    const added = people.add(line.message);
    if (!added.ok) report(line.number, added.reason);
  }

  const leads = people.all().map((person) => {
    const { events } = person;
    const id = engine.account({ events }, options.at)?.id;
    const told = id === undefined ? undefined : people.accounts.get(id);
    const history = { events, ...(id !== undefined && told && { account: { id, events: told } }) };
    const evaluation = engine.evaluate(history, options.at);
    return scoredLead(person, evaluation);
  });
  const sorted = leads
    .map((lead) => ({ lead, name: nameOf(lead) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ lead }) => lead);
  if (options.json) for (const lead of sorted) io.out(`${JSON.stringify(lead)}\n`);
  else io.out(asTable(sorted.toSorted((a, b) => b.total - a.total)));
  if (bad > 0) io.err(`${bad} ${bad === 1 ? 'line was' : 'lines were'} left out\n`);
  return 0;
}

function scoredLead(person: PersonLog, evaluation: Evaluation): ScoredLead {
  const { scores, total, band, grade, group, qualified, contributions, nextChange } = evaluation;
  return {
    userId: person.users[0] ?? null,
    anonymousIds: person.anonymousIds.toSorted(),
    email: person.emails[0] ?? null,
    scores,
    total,
    band,
    grade,
    group,
    qualified,
    contributions: contributions.map(({ why: _, ...contribution }) => contribution),
    nextChange,
  };
}

const nameOf = ({ userId, email, anonymousIds }: ScoredLead): string =>
  userId ?? email ?? anonymousIds[0] ?? '';

function asTable(leads: readonly ScoredLead[]): string {
  const names = [...new Set(leads.flatMap(({ scores }) => Object.keys(scores)))];
  const rows = leads.map((lead) => [
    lead.email ?? lead.userId ?? lead.anonymousIds[0] ?? '',
    lead.band,
    Math.round(lead.total),
    ...names.map((name) => {
      const score = lead.scores[name] ?? 0;
      return Math.round(typeof score === 'number' ? score : Math.max(0, ...Object.values(score)));
    }),
    lead.grade ?? '',
    lead.group ?? '',
    lead.qualified ? 'qualified' : '',
    nextChangeOf(lead),
  ]);
  return table(['lead', 'band', 'total', ...names, 'grade', 'group', '', 'next change'], rows);
}

/** `cold at 2026-11-07T00:47Z`: the first of band, qualified, group and grade that will differ. */
function nextChangeOf({ nextChange: next, ...now }: ScoredLead): string {
  if (next === null) return '';
  const what =
    next.band !== now.band
      ? next.band
      : next.qualified !== now.qualified
        ? next.qualified
          ? 'qualified'
          : 'not qualified'
        : next.group !== now.group
          ? `group ${next.group}`
          : `grade ${next.grade}`;
  return `${what} at ${new Date(next.at).toISOString().slice(0, 16)}Z`;
}
