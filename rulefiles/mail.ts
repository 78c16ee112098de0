import { convert } from 'html-to-text';
import { Liquid, LiquidError } from 'liquidjs';

import { shapeProblems } from '../core/check/shape.ts';
import { type RuleIssue } from '../core/issue.ts';
import { ACCOUNT_HANDOFF_EMAIL, HANDOFF_EMAIL, MAIL_VARIABLES } from '../core/nurture/mail-names.ts';
import { type Email, EmailFront } from '../core/schema/email.ts';
import { type RuleFile } from './folder.ts';
import { nearest } from '../core/nearest.ts';
import { reportInto } from './place.ts';
import { readYaml } from './source.ts';

const FRONT = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(\r?\n|$)/;

/** Templates are only read here; they are filled in where mail is sent. */
const liquid = new Liquid({ strictFilters: true, relativeReference: false });

/** Compiles `emails/<name>.mjml`: front matter, Liquid checked, MJML to HTML, and plain text from that. */
export async function readMail({
  file,
  name,
  text,
}: RuleFile): Promise<{ email?: Email; issues: readonly RuleIssue[] }> {
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
    };
  const [head, front = ''] = found;
  const { source, issues: broken } = readYaml(file, front, 1);
  const issues = [...broken];
  shapeProblems(EmailFront, source.value, reportInto(source, issues));
  const parsed = EmailFront.safeParse(source.value);
  // the front matter's lines stay, empty, so that every later line has its number in the file
  const body = head.replace(/[^\n]/g, '') + text.slice(head.length);
  const variables = variablesOf(name);
  issues.push(...liquidIssues(file, body, variables));
  if (parsed.success) {
    const { subject, preheader } = parsed.data;
    for (const [key, value] of Object.entries({ subject, preheader }))
      if (value !== undefined)
        issues.push(
          ...liquidIssues(file, value, variables).map((issue) => ({ ...issue, ...source.at([key]) })),
        );
  }
  const html = await compile(file, body, issues);
  if (!parsed.success || html === undefined || issues.length > 0) return { issues };
  return { email: { ...parsed.data, html, text: plainText(html) }, issues };
}

function variablesOf(name: string): readonly string[] {
  if (name === HANDOFF_EMAIL) return MAIL_VARIABLES.handoff;
  return name === ACCOUNT_HANDOFF_EMAIL ? MAIL_VARIABLES.accountHandoff : MAIL_VARIABLES.journey;
}

async function compile(file: string, body: string, issues: RuleIssue[]): Promise<string | undefined> {
  // mjml takes most of a second to load, and only mails need it
  const { default: mjml } = await import('mjml');
  try {
    const { html, errors } = await mjml(body, {
      validationLevel: 'soft',
      ignoreIncludes: true,
      // Nothing is fetched from a third party when a mail is opened.
      fonts: {},
    });
    for (const { line, tagName, message } of errors)
      issues.push({ file, line, column: 1, message: `${tagName}: ${message}` });
    if (/<mj-include\b/.test(body))
      issues.push({ file, line: 1, column: 1, message: 'mj-include is not allowed; a mail is one file' });
    return html;
  } catch (error) {
    issues.push({ file, line: 1, column: 1, message: firstLine((error as Error).message) });
    return undefined;
  }
}

/** The same mail for readers of plain text; Liquid passes through, unwrapped so that no tag breaks. */
function plainText(html: string): string {
  return convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'div[style^="display:none"]', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      { selector: 'h1', options: { uppercase: false } },
      { selector: 'h2', options: { uppercase: false } },
    ],
  });
}

function liquidIssues(file: string, template: string, variables: readonly string[]): RuleIssue[] {
  try {
    const { globals } = liquid.analyzeSync(liquid.parse(template), { partials: false });
    return Object.entries(globals)
      .filter(([root]) => !variables.includes(root))
      .flatMap(([root, uses]) =>
        uses.map(({ location }) => {
          const suggestion = nearest(root, variables);
          const message = `unknown variable \`${root}\`; a mail knows ${variables.join(', ')}`;
          return {
            file,
            line: location.row,
            column: location.col,
            message,
            ...(suggestion && { suggestion }),
          };
        }),
      );
  } catch (error) {
    if (!LiquidError.is(error)) throw error;
    const [line, column] = error.token.getPosition() as [number, number];
    return [{ file, line, column, message: firstLine(error.message).replace(/, line:\d+, col:\d+$/, '') }];
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
