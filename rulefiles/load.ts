import { type CheckIssue, checkRules } from '../core/check/check.ts';
import { type Result, type RuleIssue } from '../core/issue.ts';
import { type Ruleset, rulesetHash } from '../core/ruleset.ts';
import { attributesNamed } from '../core/mail/attributes.ts';
import { type Email } from '../core/schema/email.ts';
import { type Handoff } from '../core/schema/handoff.ts';
import { type Journey } from '../core/schema/journey.ts';
import { silentTeams } from './silent-teams.ts';
import { type Source as SourceRules } from '../core/schema/source.ts';
import { readFolder, type RuleFile, UnreadableFolder } from './folder.ts';
import { readHandoff } from './handoff.ts';
import { channelsIn, knownOf, readJourney } from './journey.ts';
import { lint } from './lint.ts';
import { placed } from './place.ts';
import { mailReferences } from './references.ts';
import { readYaml, type Source } from './source.ts';

export type LoadedRules = Result<Ruleset & { readonly hash: string }> & {
  readonly warnings: readonly RuleIssue[];
  /** The line and column of a problem in a file of scoring. */
  readonly place: (issue: CheckIssue) => RuleIssue;
};

const SCORING: readonly RuleFile['kind'][] = ['settings', 'score', 'bands', 'accounts'];
const NO_FOLDER = { file: '', line: 1, column: 1 };

export interface LoadOptions {
  /** 'scoring' leaves out mails, journeys and the handoff, which takes a second less. @default 'all' */
  readonly parts?: 'all' | 'scoring';
  /** UTC milliseconds, to warn of rules past their review. */
  readonly now?: number;
}

/** Reads a rules folder: everything that is wrong in it, or the ruleset. */
export async function loadRules(dir: string, options: LoadOptions = {}): Promise<LoadedRules> {
  try {
    const { files, issues } = readFolder(dir);
    return await loadFiles(files, issues, options);
  } catch (error) {
    if (!(error instanceof UnreadableFolder)) throw error;
    const issues = [{ ...NO_FOLDER, message: error.message }];
    return { ok: false, issues, warnings: [], place: (issue) => ({ ...NO_FOLDER, ...issue }) };
  }
}

/** As `loadRules`, of files that have been read. @param found problems known so far */
export async function loadFiles(
  files: readonly RuleFile[],
  found: readonly RuleIssue[] = [],
  { parts = 'all', now }: LoadOptions = {},
): Promise<LoadedRules> {
  const issues = [...found];
  const warnings: RuleIssue[] = [];
  const sources = new Map<RuleFile, Source>();
  for (const rule of files) {
    if (
      rule.kind === 'email' ||
      rule.kind === 'partial' ||
      rule.kind === 'test' ||
      rule.kind === 'source-test'
    )
      continue;
    const { source, issues: unreadable } = readYaml(rule.file, rule.text);
    issues.push(...unreadable);
    sources.set(rule, source);
  }
  // what cannot be read as YAML is told as that, and not once more as what is then missing in it or elsewhere
  const broken = new Set(issues.map(({ file }) => file));
  const of = (...kinds: RuleFile['kind'][]): Source[] =>
    [...sources]
      .filter(([{ kind, file }]) => kinds.includes(kind) && !broken.has(file))
      .map(([, source]) => source);

  const scoring = [...sources].filter(([{ kind }]) => SCORING.includes(kind)).map(([, source]) => source);
  const checked = checkRules(scoring.map(({ file, value }) => ({ file, data: value })));
  const place = (issue: CheckIssue): RuleIssue => {
    const source = [...sources.values()].find(({ file }) => file === issue.file);
    return source ? placed(source, issue) : { file: issue.file, line: 1, column: 1, message: issue.message };
  };
  const follows = ({ file, message }: CheckIssue): boolean =>
    broken.has(file) || (broken.size > 0 && /^there is no (score|bands\.yaml)/.test(message));
  issues.push(...checked.issues.filter((issue) => !follows(issue)).map(place));
  const linted = checked.ruleset ? lint(checked.ruleset, now) : undefined;
  warnings.push(...(linted?.warnings ?? []).map(place));

  const journeys: Record<string, Journey> = {};
  const emails: Record<string, Email> = {};
  let handoff: Handoff | undefined;
  const hooks: Record<string, SourceRules> = {};
  if (parts === 'all') {
    // What reads these brings large parts with it, which a command that only scores does without.
    const [{ readMails }, { readSource }] = await Promise.all([import('./mail.ts'), import('./sources.ts')]);
    const known = {
      ...(checked.ruleset ? knownOf(checked.ruleset) : {}),
      ...channelsIn(of('handoff'), broken.has('handoff.yaml')),
    };
    for (const source of of('journey')) {
      const { journey, issues: wrong } = readJourney(
        source,
        known,
        journeys,
        checked.ruleset?.settings.consent,
      );
      issues.push(...wrong);
      if (!journey) continue;
      journeys[journey.journey] = journey;
      const { start } = journey;
      if ('band' in start && [start.band].flat().every((band) => linted?.unreachable.includes(String(band))))
        warnings.push(
          placed(source, {
            path: ['start', 'band'],
            message: `nothing starts \`${journey.journey}\`: no lead can reach its bands`,
          }),
        );
    }
    for (const source of of('source')) {
      const { rules, issues: wrong } = readSource(source);
      issues.push(...wrong);
      if (rules) hooks[rules.source] = rules;
    }
    for (const source of of('handoff')) {
      const { handoff: read, issues: wrong } = readHandoff(source);
      issues.push(...wrong);
      handoff = read;
    }
    const mails = files.filter(({ kind }) => kind === 'email');
    const settings = broken.has('settings.yaml') ? undefined : checked.ruleset?.settings;
    const named = attributesNamed([...sources.values()].map(({ value }) => value));
    const read = await readMails(mails, {
      partials: files.filter(({ kind }) => kind === 'partial'),
      attributes: { ...named, lead: [...named.lead, ...(settings?.attributes ?? [])] },
      topics: checked.ruleset === undefined ? undefined : Object.keys(settings?.topics ?? {}),
    });
    issues.push(...read.issues);
    warnings.push(...read.warnings);
    Object.assign(emails, read.emails);
    const references = mailReferences(
      of('journey'),
      of('handoff'),
      mails,
      settings,
      checked.ruleset?.accounts?.account.qualified !== undefined,
      checked.ruleset !== undefined && broken.size === 0,
    );
    issues.push(...references.issues, ...silentTeams(of('journey'), of('handoff')));
    warnings.push(...references.warnings);
  }

  if (issues.length > 0 || !checked.ruleset)
    return { ok: false, issues: inOrder(issues), warnings: inOrder(warnings), place };
  const ruleset: Ruleset = {
    ...checked.ruleset,
    journeys,
    emails,
    ...(handoff && { handoff }),
    ...(Object.keys(hooks).length > 0 && { sources: hooks }),
  };
  const value = { ...ruleset, hash: rulesetHash(ruleset) };
  return { ok: true, value, warnings: inOrder(warnings), place };
}

/** As a reader comes by them. */
export const inOrder = (issues: readonly RuleIssue[]): RuleIssue[] =>
  issues.toSorted((a, b) =>
    a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column,
  );
