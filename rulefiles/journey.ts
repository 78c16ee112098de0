import { plain } from '../core/check/plain.ts';
import { consentProblems } from '../core/check/journey-consent.ts';
import { journeyPathProblems } from '../core/check/journey-paths.ts';
import { journeyProblems } from '../core/check/journey.ts';
import { type RuleIssue } from '../core/issue.ts';
import { journeyReferences, type ReferenceKind, standingBesideEvents } from '../core/nurture/references.ts';
import { type Scoring } from '../core/ruleset.ts';
import { Journey } from '../core/schema/journey.ts';
import { type Settings } from '../core/schema/settings.ts';
import { reportInto } from './place.ts';
import { type Source } from './source.ts';

/** What journeys may name, by kind; a kind that is missing is not looked at. */
export type Known = Partial<Readonly<Record<ReferenceKind, readonly string[]>>>;

/** What of scoring journeys may name. */
export function knownOf({ scores, bands, accounts }: Scoring): Known {
  const steps = (of: Readonly<Record<string, unknown>> | undefined): string[] =>
    Object.keys(of ?? {}).filter((name) => name !== 'of');
  return {
    band: steps(bands.bands),
    grade: steps(bands.grades),
    group: Array.isArray(bands.groups) ? bands.groups.map(([name]) => name) : Object.keys(bands.groups ?? {}),
    score: [...new Set(Object.values(scores).map(({ score }) => score))],
    'account band': steps(accounts?.account.bands),
  };
}

/** The teams and webhooks of `handoff.yaml`; nothing is known of them where it cannot be read. */
export function channelsIn(handoff: readonly Source[], isBroken: boolean): Known {
  if (isBroken) return {};
  const { teams, channels } = (handoff[0]?.value ?? {}) as { teams?: unknown; channels?: unknown };
  const { webhook } = (channels ?? {}) as { webhook?: unknown };
  return {
    team: Object.keys(teams ?? {}),
    webhook: Array.isArray(webhook) ? webhook.map(String) : [],
  };
}

const WORDS: Readonly<Record<ReferenceKind, string>> = {
  band: 'band',
  group: 'group',
  grade: 'grade',
  score: 'score',
  'account band': 'band of accounts',
  email: 'email',
  team: 'team',
  webhook: 'webhook',
};
/** Where else than in bands.yaml a thing would stand. */
const PLACES: Readonly<Record<string, string>> = { team: ' in handoff.yaml', webhook: ' in handoff.yaml' };

/** Reads `journeys/<name>.yaml`. @param others journeys read before @param consent as settings say it */
export function readJourney(
  source: Source,
  known: Known,
  others: Readonly<Record<string, Journey>>,
  consent?: Settings['consent'],
): { journey?: Journey; issues: readonly RuleIssue[] } {
  const issues: RuleIssue[] = [];
  const report = reportInto(source, issues);
  journeyProblems(plain(source.value), report);
  if (issues.length > 0) return { issues };
  const journey: Journey = Journey.parse(plain(source.value));
  if (Object.hasOwn(others, journey.journey))
    report(['journey'], `another file has the journey \`${journey.journey}\` already`);
  for (const { kind, name, path } of journeyReferences(journey)) {
    const names = known[kind];
    if (names?.includes(name) === false)
      report(path, `there is no ${WORDS[kind]} \`${name}\`${PLACES[kind] ?? ''}`, name, names);
  }
  for (const { kind, path } of standingBesideEvents(journey, known))
    report(
      path,
      path[0] === 'start'
        ? `beside \`event\`, \`${kind}\` is a property of the event; a journey starts on one thing: ask for the ${kind} by an \`if\``
        : `beside \`event\`, \`${kind}\` is a property of the event; write \`all: [{ event: … }, { ${kind}: … }]\``,
    );
  journeyPathProblems(journey, report);
  if (consent !== 'not-required') consentProblems(journey, report);
  return { journey, issues };
}
