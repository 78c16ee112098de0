import { type RuleIssue } from '../core/issue.ts';
import { Journey, journeyIssues, journeyReferences } from '../core/schema/journey.ts';
import { nearest } from '../core/nearest.ts';
import { placed } from './place.ts';
import { type Source } from './source.ts';

/** Reads `journeys/<name>.yaml`. @param bands that exist, if that is known @param others journeys read before */
export function readJourney(
  source: Source,
  bands: readonly string[] | undefined,
  others: Readonly<Record<string, Journey>>,
): { journey?: Journey; issues: readonly RuleIssue[] } {
  const issues = journeyIssues(source.value).map(({ path, message, among }) => {
    const suggestion = among && nearest(String(path.at(-1)), among);
    return placed(source, { path, message, ...(suggestion !== undefined && { suggestion }) });
  });
  if (issues.length > 0) return { issues };
  const journey = Journey.parse(source.value);
  if (Object.hasOwn(others, journey.journey))
    issues.push(
      placed(source, {
        path: ['journey'],
        message: `another file has the journey \`${journey.journey}\` already`,
      }),
    );
  for (const { kind, name, path } of journeyReferences(journey)) {
    if (kind !== 'band' || !bands || bands.includes(name)) continue;
    const suggestion = nearest(name, bands);
    issues.push(
      placed(source, {
        path,
        message: `there is no band \`${name}\``,
        ...(suggestion !== undefined && { suggestion }),
      }),
    );
  }
  return { journey, issues };
}
