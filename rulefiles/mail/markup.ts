import { type RuleIssue } from '../../core/issue.ts';
import { type PlaceOf } from './variables.ts';

const COMMENT = /<!--[\s\S]*?-->/g;
const TAG = /<(\/?)([a-z][\w-]*)((?:"[^"]*"|'[^']*'|[^'"<>])*?)(\/?)>/gi;
const ATTRIBUTE = /([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
/** Tags that HTML lets stand alone. */
const ALONE = new Set(['mj-include']);

/**
 * What MJML takes and readers of the mail would miss: a tag of MJML that is not closed swallows what follows, a link
 * that is no whole address leads nowhere, an image without words is nothing to who does not see it.
 */
export function markupProblems(template: string, place: PlaceOf): RuleIssue[] {
  const text = template.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, ' '));
  const issues: RuleIssue[] = [];
  const at = (offset: number): ReturnType<PlaceOf> => {
    const before = text.slice(0, offset);
    return place(before.split('\n').length, offset - before.lastIndexOf('\n'));
  };
  const open: { readonly name: string; readonly offset: number }[] = [];
  for (const match of text.matchAll(TAG)) {
    const [, closing, tag = '', attributes = '', alone] = match;
    const [name, offset] = [tag.toLowerCase(), match.index];
    if (closing === '/') {
      if (!name.startsWith('mj')) continue;
      const from = open.findLastIndex((each) => each.name === name);
      // One that closes nothing MJML itself tells of.
      const unclosed = from < 0 ? [] : open.splice(from).slice(1);
      for (const each of unclosed)
        issues.push({
          ...at(each.offset),
          message: `\`<${each.name}>\` is not closed; it needs \`</${each.name}>\``,
        });
      continue;
    }
    const said = new Map(
      [...attributes.matchAll(ATTRIBUTE)].map(([, key = '', a, b]) => [key, a ?? b ?? '']),
    );
    issues.push(...linkProblems(said).map((problem) => ({ ...at(offset), ...problem })));
    if ((name === 'mj-image' || name === 'img') && !said.has('alt'))
      issues.push({
        ...at(offset),
        message: 'an image needs `alt`: what it shows, or `alt=""` where it only decorates',
      });
    if (name.startsWith('mj') && alone !== '/' && !ALONE.has(name)) open.push({ name, offset });
  }
  for (const each of open)
    issues.push({
      ...at(each.offset),
      message: `\`<${each.name}>\` is not closed; it needs \`</${each.name}>\``,
    });
  return [...issues, ...mergeTagProblems(text, (offset) => at(offset))];
}

const WHOLE = /^\s*(https?:\/\/|mailto:)/i;

function linkProblems(attributes: ReadonlyMap<string, string>): Pick<RuleIssue, 'message' | 'suggestion'>[] {
  return ['href', 'src'].flatMap((key) => {
    const value = attributes.get(key);
    // What Liquid fills in is looked at when it is filled in.
    if (value === undefined || WHOLE.test(value) || /^\s*\{[{%]/.test(value)) return [];
    const message = `\`${key}="${value}"\` leads nowhere in a mail; write the whole address: \`https://…\`${key === 'href' ? ', or `mailto:…`' : ''}`;
    return [{ message, ...(/^www\.\S+$/i.test(value) && { suggestion: `https://${value}` }) }];
  });
}

/** How other mail systems write what is filled in. */
const MERGE_TAG = /\*\|[A-Z][\w:]*\|\*|%%[a-z]\w*%%|\[\[[a-z][\w. ]*\]\]/gi;

export const mergeTagProblems = (text: string, place: (offset: number) => ReturnType<PlaceOf>): RuleIssue[] =>
  [...text.matchAll(MERGE_TAG)].map(({ 0: tag, index }) => ({
    ...place(index),
    message: `\`${tag}\` is filled in by another mail system, not here; a first name is \`{{ lead.firstName }}\``,
  }));
