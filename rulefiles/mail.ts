import { shapeProblems } from '../core/check/shape.ts';
import { type RuleIssue } from '../core/issue.ts';
import { USUAL_ACCOUNT, USUAL_LEAD } from '../core/mail/attributes.ts';
import { isForSales, SAMPLES, sampleVariables } from '../core/mail/samples.ts';
import { LOCALE } from '../core/nurture/locale.ts';
import { ACCOUNT_HANDOFF_EMAIL, MAIL_VARIABLES, MORNING_EMAIL } from '../core/nurture/mail-names.ts';
import { type Email, EmailFront } from '../core/schema/email.ts';
import { nearest } from '../core/nearest.ts';
import { type RuleFile } from './folder.ts';
import { assemble, type Partials } from './mail/assemble.ts';
import { plainText, plainTextProblems } from './mail/plain-text.ts';
import { markupProblems, mergeTagProblems } from './mail/markup.ts';
import { holes, unknownNames, type Vocabulary } from './mail/variables.ts';
import { reportInto } from './place.ts';
import { readYaml } from './source.ts';

const FRONT = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(\r?\n|$)/;

/** What mails may name besides what all of them know. */
export interface MailContext {
  readonly partials: Partials;
  /** Attributes that settings declare, or that rules look at. */
  readonly attributes: { readonly lead: readonly string[]; readonly account: readonly string[] };
  /** Names of topics; undefined where settings could not be read. */
  readonly topics: readonly string[] | undefined;
}

export interface ReadMails {
  /** By name; a variant is called `trial.sv`. */
  readonly emails: Readonly<Record<string, Email>>;
  readonly issues: readonly RuleIssue[];
  readonly warnings: readonly RuleIssue[];
}

/** Compiles every mail and its variants. */
export async function readMails(
  mails: readonly RuleFile[],
  context: Omit<MailContext, 'partials'> & { readonly partials: readonly RuleFile[] },
): Promise<ReadMails> {
  const partials = new Map(context.partials.map((file) => [file.name, file]));
  const emails: Record<string, Email> = {};
  const issues: RuleIssue[] = [];
  const warnings: RuleIssue[] = [];
  const used = new Set<string>();
  const names = new Set(mails.map(({ name }) => name));
  for (const mail of mails) {
    const [base = '', locale] = split(mail.name);
    const problem = (message: string): number =>
      issues.push({ file: mail.file, line: 1, column: 1, message });
    if (locale !== null && !LOCALE.test(locale.toLowerCase()))
      problem(`\`${locale}\` is no locale; a variant is called ${base}.sv.mjml or ${base}.pt-BR.mjml`);
    if (locale !== null && !names.has(base)) problem(`a variant of nothing: there is no emails/${base}.mjml`);
    const read = await readMail(mail, { ...context, partials });
    issues.push(...read.issues);
    warnings.push(...read.warnings);
    for (const name of read.used) used.add(name);
    if (read.email) emails[mail.name] = read.email;
  }
  for (const [name, email] of Object.entries(emails)) {
    const locales = mails.flatMap((mail) =>
      split(mail.name)[0] === name ? (split(mail.name)[1] ?? []) : [],
    );
    if (!name.includes('.') && locales.length > 0) emails[name] = { ...email, locales };
  }
  if (mails.length > 0)
    for (const { name, file } of context.partials)
      if (!used.has((split(name)[0] ?? '').slice(1)))
        warnings.push({ file, line: 1, column: 1, message: 'no mail includes it' });
  return { emails, issues: once(issues), warnings: once(warnings) };
}

/** @example split('trial.sv') // ['trial', 'sv'] */
const split = (name: string): readonly [base: string, locale: string | null] => {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, null] : [name.slice(0, dot), name.slice(dot + 1)];
};

/** What is wrong with a partial is told once, however many mails hold it. */
const once = (issues: readonly RuleIssue[]): RuleIssue[] => [
  ...new Map(issues.map((issue) => [JSON.stringify(issue), issue])).values(),
];

interface ReadMail {
  readonly email?: Email;
  readonly issues: readonly RuleIssue[];
  readonly warnings: readonly RuleIssue[];
  readonly used: ReadonlySet<string>;
}

/** Compiles `emails/<name>.mjml`: front matter, layout and partials, names checked, MJML to HTML, and plain text from that. */
export async function readMail({ file, name, text }: RuleFile, context: MailContext): Promise<ReadMail> {
  const found = FRONT.exec(text);
  if (!found)
    return {
      issues: [
        {
          file,
          line: 1,
          column: 1,
          message: 'must begin with its subject: a line `---`, `subject: …`, and `---`',
        },
      ],
      warnings: [],
      used: new Set(),
    };
  const [head, front = ''] = found;
  const { source, issues: broken } = readYaml(file, front, 1);
  const issues = [...broken];
  shapeProblems(EmailFront, source.value, reportInto(source, issues));
  const parsed = EmailFront.safeParse(source.value);
  const { subject, preheader, topic, layout } = parsed.success ? parsed.data : ({} as Partial<EmailFront>);
  const [base, locale] = split(name);
  // the front matter's lines stay, empty, so that every later line has its number in the file
  const body = head.replace(/[^\n]/g, '') + text.slice(head.length);
  const assembled = assemble(file, body, {
    partials: context.partials,
    locale,
    layout: layout === undefined ? undefined : { name: layout, ...source.at(['layout']) },
  });
  issues.push(...assembled.issues);
  const words = vocabularyOf(base, context);
  const inBody = unknownNames(assembled.text, words, assembled.place);
  issues.push(...inBody);
  const warnings = inBody.length === 0 ? holes(assembled.text, words, assembled.place) : [];
  for (const [key, value] of Object.entries({ subject, preheader })) {
    if (value === undefined) continue;
    const place = () => ({ file, ...source.at([key]) });
    const wrong = unknownNames(value, words, place);
    issues.push(...wrong);
    if (wrong.length === 0) warnings.push(...holes(value, words, place));
  }
  if (topic !== undefined && context.topics !== undefined && !context.topics.includes(topic)) {
    const suggestion = nearest(topic, context.topics);
    const message = `there is no topic \`${topic}\` in settings.yaml`;
    issues.push({ file, ...source.at(['topic']), message, ...(suggestion !== undefined && { suggestion }) });
  }
  issues.push(...markupProblems(assembled.text, assembled.place));
  for (const [key, value] of Object.entries({ subject, preheader }))
    issues.push(...mergeTagProblems(value ?? '', () => ({ file, ...source.at([key]) })));
  // What is not whole would be told once more, in words about something else.
  const html =
    assembled.issues.length > 0 ? undefined : await compile(assembled.text, locale, assembled.place, issues);
  if (!parsed.success || html === undefined || issues.length > 0)
    return { issues, warnings, used: assembled.used };
  const { layout: _, ...kept } = parsed.data;
  const email: Email = { ...kept, html, text: plainText(html) };
  const tried = words.full === null ? [] : [SAMPLES.known, SAMPLES.unknown];
  const problems = new Set(tried.flatMap((known) => problemsOf(email, sampleVariables(base, known))));
  for (const message of problems) issues.push({ file, line: 1, column: 1, message });
  return { ...(issues.length === 0 && { email }), issues, warnings, used: assembled.used };
}

/** What sending it would stumble over, and what its plain text lacks. */
function problemsOf(email: Email, variables: Parameters<typeof plainTextProblems>[1]): string[] {
  try {
    return plainTextProblems(email, variables);
  } catch (error) {
    // Where mail is sent less time and memory are granted than where it is checked.
    return [`cannot be filled in: ${firstLine((error as Error).message)}`];
  }
}

/** What a mail to sales may name. */
function rootsFor(name: string): readonly string[] {
  if (name === MORNING_EMAIL) return MAIL_VARIABLES.morning;
  return name === ACCOUNT_HANDOFF_EMAIL ? MAIL_VARIABLES.accountHandoff : MAIL_VARIABLES.handoff;
}

function vocabularyOf(name: string, { attributes }: MailContext): Vocabulary {
  if (isForSales(name))
    return {
      roots: rootsFor(name),
      attributes: {},
      full: sampleVariables(name, SAMPLES.known),
      bare: null,
    };
  const lead = [...USUAL_LEAD, ...attributes.lead];
  const account = [...USUAL_ACCOUNT, ...attributes.account];
  const filled = (names: readonly string[], known: object): Record<string, string> => ({
    ...Object.fromEntries(names.map((each) => [each, each])),
    ...known,
  });
  return {
    roots: MAIL_VARIABLES.journey,
    attributes: { lead, account },
    full: sampleVariables(name, {
      lead: filled(lead, SAMPLES.known.lead),
      account: filled(account, SAMPLES.known.account),
    }),
    bare: sampleVariables(name, SAMPLES.unknown),
  };
}

async function compile(
  template: string,
  locale: string | null,
  place: (line: number, column: number) => { file: string; line: number; column: number },
  issues: RuleIssue[],
): Promise<string | undefined> {
  // mjml takes most of a second to load, and only mails need it
  const { default: mjml } = await import('mjml');
  const said =
    locale === null ? template : template.replace(/<mjml(?![^>]*\slang=)/, `<mjml lang="${locale}"`);
  try {
    const { html, errors } = await mjml(said, {
      validationLevel: 'soft',
      ignoreIncludes: true,
      // Nothing is fetched from a third party when a mail is opened.
      fonts: {},
    });
    for (const { line, tagName, message } of errors) {
      const suggestion = message.includes("doesn't exist") ? nearest(tagName, COMPONENTS) : undefined;
      issues.push({
        ...place(line, 1),
        column: 1,
        message: message.includes("doesn't exist")
          ? `there is no \`<${tagName}>\``
          : `${tagName}: ${message}`,
        ...(suggestion !== undefined && { suggestion }),
      });
    }
    return html;
  } catch (error) {
    issues.push({ ...place(1, 1), message: firstLine((error as Error).message) });
    return undefined;
  }
}

/** What mails are made of, for whoever misspells one. */
const COMPONENTS = [
  ...[
    'mjml',
    'mj-head',
    'mj-body',
    'mj-wrapper',
    'mj-section',
    'mj-group',
    'mj-column',
    'mj-text',
    'mj-button',
  ],
  ...[
    'mj-image',
    'mj-divider',
    'mj-spacer',
    'mj-table',
    'mj-hero',
    'mj-social',
    'mj-social-element',
    'mj-raw',
  ],
  ...['mj-navbar', 'mj-navbar-link', 'mj-accordion', 'mj-accordion-element', 'mj-carousel', 'mj-include'],
  ...[
    'mj-attributes',
    'mj-all',
    'mj-class',
    'mj-style',
    'mj-title',
    'mj-preview',
    'mj-font',
    'mj-breakpoint',
  ],
];

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
