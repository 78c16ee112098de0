import { checkRules } from '../check/check.ts';
import { compile } from '../engine/compile.ts';
import type { Ruleset } from '../ruleset.ts';
import { Email } from '../schema/email.ts';
import { Handoff } from '../schema/handoff.ts';
import { Journey } from '../schema/journey.ts';

/**
 * What is wrong with a ruleset that comes as plain JSON, from whoever sends it: the same checks that its files went
 * through, and whether it compiles. Empty where it can be live.
 */
export const rulesetProblems = (ruleset: Ruleset, hash: string): string[] => {
  const { settings, scores, bands, accounts, journeys, emails, handoff } = ruleset;
  const { issues } = checkRules([
    { file: 'settings.yaml', data: settings },
    ...Object.entries(scores ?? {}).map(([name, data]) => ({ file: `scores/${name}.yaml`, data })),
    { file: 'bands.yaml', data: bands },
    ...(accounts === undefined ? [] : [{ file: 'accounts.yaml', data: accounts }]),
  ]);
  const problems = issues.map(({ file, path, message }) => `${file} ${path.join('.')}: ${message}`);
  for (const [name, journey] of Object.entries(journeys))
    if (!Journey.safeParse(journey).success) problems.push(`journeys/${name}.yaml is malformed`);
  for (const [name, email] of Object.entries(emails))
    if (!Email.safeParse(email).success) problems.push(`emails/${name}.mjml is malformed`);
  if (handoff !== undefined && !Handoff.safeParse(handoff).success)
    problems.push('handoff.yaml is malformed');
  for (const email of mailsOf(ruleset))
    if (!Object.hasOwn(emails, email))
      problems.push(`emails/${email}.mjml is missing, and a journey sends it`);
  if (problems.length > 0) return problems;
  try {
    compile({ ...ruleset, hash });
    return [];
  } catch (error) {
    return [`it does not compile: ${(error as Error).message}`];
  }
};

/** Every mail that a journey's steps send, wherever they stand. */
const mailsOf = ({ journeys }: Ruleset): Set<string> => {
  const sent = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('send' in value && typeof value.send === 'string') sent.add(value.send);
    Object.values(value).forEach(look);
  };
  for (const { steps } of Object.values(journeys)) look(steps);
  return sent;
};
