import { plain } from '../core/check/plain.ts';
import { shapeProblems } from '../core/check/shape.ts';
import { type RuleIssue } from '../core/issue.ts';
import { Handoff, type Notify } from '../core/schema/handoff.ts';
import { reportInto } from './place.ts';
import { type Source } from './source.ts';

/** Reads `handoff.yaml`. */
export function readHandoff(source: Source): { handoff?: Handoff; issues: readonly RuleIssue[] } {
  const issues: RuleIssue[] = [];
  const report = reportInto(source, issues);
  shapeProblems(Handoff, plain(source.value), report);
  if (issues.length > 0) return { issues };
  const handoff = Handoff.parse(plain(source.value));
  references(handoff, report);
  return issues.length > 0 ? { issues } : { handoff, issues };
}

/** Whether every team and channel that is named exists. */
function references(handoff: Handoff, report: ReturnType<typeof reportInto>): void {
  const teams = Object.keys(handoff.teams ?? {});
  const isTeam = (team: string | undefined, path: (string | number)[]): void => {
    if (team !== undefined && !teams.includes(team))
      report(path, `there is no team \`${team}\``, team, teams);
  };
  handoff.owners?.forEach(({ team }, index) => isTeam(team, ['owners', index, 'team']));
  isTeam(handoff.default.team, ['default', 'team']);
  const areChannels = (notify: Notify | undefined, path: (string | number)[]): void => {
    for (const kind of ['slack', 'teams', 'webhook'] as const) {
      const name = notify?.[kind];
      const known = handoff.channels?.[kind] ?? [];
      if (name !== undefined && !known.includes(name))
        report([...path, kind], `\`channels\` has no ${kind} called \`${name}\``, name, known);
    }
  };
  areChannels(handoff.notify, ['notify']);
  for (const [name, { notify }] of Object.entries(handoff.teams ?? {}))
    areChannels(notify, ['teams', name, 'notify']);
}
