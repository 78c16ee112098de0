import { meaning } from '../engine/matcher.ts';
import type { Accounts } from '../schema/accounts.ts';
import type { Bands, BandSteps } from '../schema/bands.ts';
import { entriesOf } from './plain.ts';
import type { Path, Report } from './issues.ts';

const listed = (names: string | readonly string[] | undefined): readonly string[] =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names;

/** The scores of a ruleset: whether each is keyed. */
export type ScoreNames = ReadonlyMap<string, boolean>;

/** What is wrong with `bands.yaml` whose shape is right. `data` has the order of the file. */
export function bandsProblems(bands: Bands, data: unknown, scores: ScoreNames, report: Report): void {
  const known = (name: string, path: Path, total = true): void => {
    if (!scores.has(name) && !(total && name === 'total'))
      report(path, `there is no score \`${name}\``, name, [...scores.keys(), ...(total ? ['total'] : [])]);
  };
  for (const [name, weight] of Object.entries(bands.total?.sum ?? {})) {
    const path = ['total', 'sum', name];
    known(name, path, false);
    if (scores.get(name) === true && typeof weight === 'number')
      report(path, `\`${name}\` is a keyed score: it enters the total as \`max\` or \`sum\``);
    if (scores.get(name) === false && typeof weight === 'string')
      report(path, `\`${name}\` is not a keyed score: it enters the total by a weight, such as 1`);
  }
  if (bands.bands.of !== undefined) known(bands.bands.of, ['bands', 'of']);
  stepsProblems(bands.bands, field(data, 'bands'), ['bands'], report);
  if (bands.grades) {
    const { of, ...grades } = bands.grades;
    known(of, ['grades', 'of']);
    if (Object.keys(grades).length === 0) report(['grades'], 'there must be at least one grade');
    const seen = new Map<number, string>();
    for (const [name, from] of Object.entries(grades)) {
      const other = seen.get(from);
      if (other !== undefined) report(['grades', name], `\`${name}\` begins where \`${other}\` does`);
      seen.set(from, name);
    }
  }
  const groups = Array.isArray(bands.groups) ? bands.groups : Object.entries(bands.groups ?? {});
  for (const [group, tests] of groups)
    for (const [score, test] of Object.entries(tests)) {
      known(score, ['groups', group, score]);
      for (const one of Array.isArray(test) ? test : [test]) {
        const means = meaning(one);
        if (means.kind === 'malformed') report(['groups', group, score], means.message);
        else if (means.kind !== 'number' && means.kind !== 'numbers')
          report(
            ['groups', group, score],
            'must be a number, a comparison such as ">=50" or a range such as 50..80',
          );
      }
    }
  const names: Record<'band' | 'group' | 'grade', string[]> = {
    band: Object.keys(bands.bands).filter((name) => name !== 'of'),
    group: groups.map(([name]) => name),
    grade: Object.keys(bands.grades ?? {}).filter((name) => name !== 'of'),
  };
  const { qualified } = bands;
  for (const kind of ['band', 'group', 'grade'] as const) {
    const wanted = qualified?.[kind];
    listed(wanted).forEach((name, n) => {
      if (!names[kind].includes(name))
        report(
          ['qualified', kind, ...(Array.isArray(wanted) ? [n] : [])],
          `there is no ${kind} \`${name}\``,
          name,
          names[kind],
        );
    });
  }
  if (qualified && Object.keys(qualified).length === 0)
    report(['qualified'], '`qualified` needs at least one of band, group and grade');
}

const field = (data: unknown, key: string): unknown => entriesOf(data).find(([name]) => name === key)?.[1];

/** Bands must ascend as they stand in the file, and no band may be left above where it is entered. */
function stepsProblems(steps: BandSteps, data: unknown, path: Path, report: Report): void {
  const names = entriesOf(data)
    .map(([name]) => String(name))
    .filter((name) => name !== 'of');
  if (names.length === 0) report(path, 'there must be at least one band');
  let below: [string, number] | undefined;
  for (const name of names) {
    const step = steps[name];
    if (step === undefined || typeof step === 'string') continue;
    const { enter, leave = enter } = typeof step === 'number' ? { enter: step } : step;
    if (below && enter <= below[1])
      report(
        [...path, name],
        `bands ascend: \`${name}\` (${enter}) must be above \`${below[0]}\` (${below[1]})`,
      );
    if (leave > enter)
      report([...path, name, 'leave'], `\`leave\` (${leave}) must not be above \`enter\` (${enter})`);
    below = [name, enter];
  }
}

/** What is wrong with `accounts.yaml` whose shape is right. */
export function accountsProblems(
  { account }: Accounts,
  data: unknown,
  scores: ScoreNames,
  report: Report,
): void {
  for (const [name, rollup] of Object.entries(account.rollup))
    for (const how of ['sum', 'max', 'avg'] as const) {
      const score: unknown = (rollup as Record<string, unknown>)[how];
      if (typeof score === 'string' && score !== 'total' && !scores.has(score))
        report(['account', 'rollup', name, how], `there is no score \`${score}\``, score, [
          ...scores.keys(),
          'total',
        ]);
    }
  const rollups = Object.keys(account.rollup);
  if (account.bands) {
    const { of } = account.bands;
    if (of === undefined)
      report(['account', 'bands'], '`of` is missing: which number of the account has these bands');
    else if (!rollups.includes(of))
      report(['account', 'bands', 'of'], `there is no \`${of}\` in \`rollup\``, of, rollups);
    stepsProblems(account.bands, field(field(data, 'account'), 'bands'), ['account', 'bands'], report);
  }
  const bands = Object.keys(account.bands ?? {}).filter((name) => name !== 'of');
  const wanted = account.qualified?.band;
  listed(wanted).forEach((name, n) => {
    if (!bands.includes(name))
      report(
        ['account', 'qualified', 'band', ...(Array.isArray(wanted) ? [n] : [])],
        `there is no band \`${name}\``,
        name,
        bands,
      );
  });
}
