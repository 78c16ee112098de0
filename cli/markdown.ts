/** Text from rules and refs, as it is: no markup, no mention of anybody. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text.replaceAll(/\s+/gu, ' ')}${pad}${fence}`;
}

/** Words in which names of people and files may stand; what stands between backticks is what people type. */
export const words = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) =>
      part.startsWith('`') && part.endsWith('`') && part.length > 1 ? code(part.slice(1, -1)) : mere(part),
    )
    .join('');

/**
 * What forges make links of stands in no markup, and no backslash keeps them from it: mentions, numbers of issues,
 * addresses. Something that nobody sees comes between.
 */
const mere = (text: string): string =>
  text
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\\`<>|*_[\]#~&]/g, '\\$&')
    .replaceAll(/[@#](?=\S)|\b(?:GH|www|https?|ftp|mailto)(?=[-.:])/giu, '$&\u200b');

/** Markdown in a cell of a table, which a stroke would end, in code too. */
export const cell = (markdown: string): string =>
  markdown.replaceAll(/\\*\|/g, (stroke) => (stroke.length % 2 === 0 ? stroke : `\\${stroke}`));
