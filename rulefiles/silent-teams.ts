import { plain } from '../core/check/plain.ts';
import { hears } from '../core/handoff/hears.ts';
import { type RuleIssue } from '../core/issue.ts';
import { journeyReferences } from '../core/nurture/references.ts';
import { Handoff } from '../core/schema/handoff.ts';
import { Journey } from '../core/schema/journey.ts';
import { placed } from './place.ts';
import { type Source } from './source.ts';

/** Steps that would tell a team which hears of nothing: it has no channel, and no address. */
export function silentTeams(journeys: readonly Source[], handoff: readonly Source[]): RuleIssue[] {
  const { data: rules } = Handoff.safeParse(plain(handoff[0]?.value));
  if (rules === undefined) return [];
  return journeys.flatMap((source) => {
    const { data: journey } = Journey.safeParse(plain(source.value));
    return (journey === undefined ? [] : journeyReferences(journey))
      .filter(({ kind, name }) => kind === 'team' && rules.teams?.[name] !== undefined)
      .filter(({ name }) => Object.keys(hears(rules, name)).length === 0)
      .map(({ name, path }) =>
        placed(source, {
          path,
          message:
            `nobody would hear this: the team \`${name}\` has neither a channel nor an address; ` +
            `give it an \`email\` in handoff.yaml, or a channel (\`slack\`, \`teams\`)`,
        }),
      );
  });
}
