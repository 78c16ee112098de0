/** An error of the YAML library. */
export interface YamlError {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

/** Errors that stand for themselves; of others the first explains those that follow from it. */
const ALONE: readonly string[] = ['DUPLICATE_KEY', 'TAB_AS_INDENT', 'MULTIPLE_DOCS', 'TAG_RESOLVE_FAILED'];

/** What is wrong with a text as YAML, in the words of somebody who writes rules. @param deepest levels of nesting */
export function yamlProblems(
  errors: readonly YamlError[],
  text: string,
  deepest: number,
): { readonly position: number; readonly message: string }[] {
  const first = errors.find(({ code }) => !ALONE.includes(code));
  return errors
    .filter((error) => error === first || ALONE.includes(error.code))
    .map((error) => ({ position: error.pos[0], message: plainly(error, errors, text, deepest) }));
}

function plainly(
  { code, message, pos }: YamlError,
  errors: readonly YamlError[],
  text: string,
  deepest: number,
): string {
  if (/call stack|stack overflow/i.test(message)) return `nested deeper than ${deepest} levels`;
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this key stands twice in the same mapping';
    case 'TAB_AS_INDENT':
      return 'indent with spaces, not tabs';
    case 'MULTIPLE_DOCS':
      return 'one document a file: remove the line `---`';
    case 'TAG_RESOLVE_FAILED':
      return 'tags (!) are not allowed';
    case 'BAD_SCALAR_START':
      return quotes(text.charAt(pos[0]));
    case 'BLOCK_AS_IMPLICIT_KEY':
      return errors.some((other) => other.code === 'MULTILINE_IMPLICIT_KEY' && other.pos[0] === pos[0])
        ? 'the line after this one is indented further than this one'
        : 'a text with a colon and a space in it goes into quotes';
    case 'BLOCK_IN_FLOW':
      return 'a text with a colon and a space in it goes into quotes';
    case 'BAD_INDENT':
      if (/^Flow/.test(message))
        return `a bracket is opened before this and not closed: \`${message.slice(-1)}\` is missing`;
      return 'this line is not indented as the lines that it belongs to';
    case 'MISSING_CHAR':
      if (/quote$/.test(message)) return 'a text in quotes is begun before this and not ended';
      return /map values$/.test(message) ? 'a `:` is missing behind this key' : lower(message);
    case 'UNEXPECTED_TOKEN':
      if (/^Block scalar header/.test(message)) return quotes('>');
      return /scalar at node end/.test(message) ? 'more follows where a text in quotes ends' : lower(message);
    case 'MULTILINE_IMPLICIT_KEY':
      return 'a `:` is missing in this line';
    default:
      return lower(message);
  }
}

/** A text that YAML takes for something else. */
export const quotes = (mark: string): string => `a text that begins with \`${mark}\` goes into quotes`;

const lower = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);
