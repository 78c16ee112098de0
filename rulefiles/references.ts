import { type RuleIssue } from '../core/issue.ts';
import { HANDOFF_EMAIL } from '../core/mail-names.ts';
import { Journey, journeyReferences } from '../core/schema/journey.ts';
import { type Settings } from '../core/schema/settings.ts';
import { type RuleFile } from './folder.ts';
import { nearest } from '../core/nearest.ts';
import { placed } from './place.ts';
import { type Source } from './source.ts';

/** Whether every mail that is named exists, every mail that exists is named, and there is somebody to send them. */
export function mailReferences(
  journeys: readonly Source[],
  handoff: readonly Source[],
  mails: readonly RuleFile[],
  settings: Settings | undefined,
): { issues: RuleIssue[]; warnings: RuleIssue[] } {
  const issues: RuleIssue[] = [];
  const names = mails.map(({ name }) => name).filter((name) => name !== HANDOFF_EMAIL);
  const used = new Set<string>();
  for (const source of journeys) {
    const { data } = Journey.safeParse(source.value);
    for (const { kind, name, path } of data ? journeyReferences(data) : []) {
      if (kind !== 'email') continue;
      used.add(name);
      if (names.includes(name)) continue;
      const suggestion = nearest(name, names);
      const message =
        name === HANDOFF_EMAIL
          ? `\`${name}\` is the mail for sales; a journey cannot send it`
          : `there is no emails/${name}.mjml`;
      issues.push(placed(source, { path, message, ...(suggestion !== undefined && { suggestion }) }));
    }
  }
  for (const source of handoff)
    if (!mails.some(({ name }) => name === HANDOFF_EMAIL))
      issues.push(
        placed(source, { path: [], message: `a handoff needs its mail, emails/${HANDOFF_EMAIL}.mjml` }),
      );
  const [sending] = [...journeys, ...handoff];
  if (sending && settings && !settings.sender)
    issues.push(placed(sending, { path: [], message: 'who sends its mails? settings.yaml has no `sender`' }));
  const warnings = mails
    .filter(({ name }) => !used.has(name) && !(name === HANDOFF_EMAIL && handoff.length > 0))
    .map(({ file, name }) => ({ file, line: 1, column: 1, message: `no journey sends \`${name}\`` }));
  return { issues, warnings };
}
