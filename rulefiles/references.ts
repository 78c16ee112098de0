import { plain } from '../core/check/plain.ts';
import { type RuleIssue } from '../core/issue.ts';
import { ACCOUNT_HANDOFF_EMAIL, HANDOFF_EMAIL, MORNING_EMAIL } from '../core/nurture/mail-names.ts';
import { journeyReferences } from '../core/nurture/references.ts';
import { Journey } from '../core/schema/journey.ts';
import { type Settings } from '../core/schema/settings.ts';
import { type RuleFile } from './folder.ts';
import { nearest } from '../core/nearest.ts';
import { placed } from './place.ts';
import { type Source } from './source.ts';

/** The mails that handoffs send; journeys may not. */
const FOR_SALES: readonly string[] = [HANDOFF_EMAIL, ACCOUNT_HANDOFF_EMAIL, MORNING_EMAIL];

/**
 * Whether every mail that is named exists, every mail that exists is named, and there is somebody to send them.
 * @param accountsQualify whether accounts are handed over, too
 * @param isWhole whether all files that may name a mail could be read
 */
export function mailReferences(
  journeys: readonly Source[],
  handoff: readonly Source[],
  mails: readonly RuleFile[],
  settings: Settings | undefined,
  accountsQualify: boolean,
  isWhole = true,
): { issues: RuleIssue[]; warnings: RuleIssue[] } {
  const issues: RuleIssue[] = [];
  // a variant goes where its mail goes
  const whole = mails.filter(({ name }) => !name.includes('.'));
  const names = whole.map(({ name }) => name).filter((name) => !FOR_SALES.includes(name));
  const used = new Set<string>();
  for (const source of journeys) {
    const { data } = Journey.safeParse(plain(source.value));
    const topics = Object.keys(settings?.topics ?? {});
    if (data?.topic !== undefined && settings !== undefined && !topics.includes(data.topic)) {
      const suggestion = nearest(data.topic, topics);
      const message = `there is no topic \`${data.topic}\` in settings.yaml`;
      issues.push(
        placed(source, { path: ['topic'], message, ...(suggestion !== undefined && { suggestion }) }),
      );
    }
    for (const { kind, name, path } of data ? journeyReferences(data) : []) {
      if (kind !== 'email') continue;
      used.add(name);
      if (names.includes(name)) continue;
      const suggestion = nearest(name, names);
      const message = FOR_SALES.includes(name)
        ? `\`${name}\` is the mail for sales; a journey cannot send it`
        : `there is no emails/${name}.mjml`;
      issues.push(placed(source, { path, message, ...(suggestion !== undefined && { suggestion }) }));
    }
  }
  const handedOver = [HANDOFF_EMAIL, ...(accountsQualify ? [ACCOUNT_HANDOFF_EMAIL] : [])];
  for (const source of handoff)
    for (const needed of handedOver.filter((each) => !mails.some(({ name }) => name === each))) {
      const what = needed === HANDOFF_EMAIL ? 'a handoff' : 'the handoff of an account';
      issues.push(placed(source, { path: [], message: `${what} needs its mail, emails/${needed}.mjml` }));
    }
  const mornings = handoff.map((source) => ({ source, said: morningIn(source) }));
  if (!mails.some(({ name }) => name === MORNING_EMAIL))
    for (const { source, said } of mornings)
      if (typeof said === 'string')
        issues.push(
          placed(source, { path: ['morning'], message: 'the morning mail is missing, emails/morning.mjml' }),
        );
  const sentToSales = [
    ...handedOver,
    ...(mornings.some(({ said }) => said !== false) ? [MORNING_EMAIL] : []),
  ];
  const [sending] = [...journeys, ...handoff];
  if (sending && settings && !settings.sender)
    issues.push(placed(sending, { path: [], message: 'who sends its mails? settings.yaml has no `sender`' }));
  // What a journey sends that cannot be read is not known.
  const areKnown = isWhole && journeys.every((source) => Journey.safeParse(plain(source.value)).success);
  const warnings = (areKnown ? whole : [])
    .filter(({ name }) => !used.has(name) && !(sentToSales.includes(name) && handoff.length > 0))
    .map(({ file, name }) => ({ file, line: 1, column: 1, message: `no journey sends \`${name}\`` }));
  return { issues, warnings };
}

/** The key `morning`, as it is written. */
const morningIn = ({ value }: Source): unknown =>
  typeof value === 'object' && value !== null && 'morning' in value ? value.morning : undefined;
