import { type RuleIssue } from '../../core/issue.ts';
import { nearest } from '../../core/nearest.ts';
import { type RuleFile } from '../folder.ts';
import { type Place } from '../source.ts';

/** A piece of a template, and where its author finds it. */
export interface Piece extends Place {
  readonly file: string;
  readonly text: string;
}

/** A mail with its layout and partials in place. */
export interface Assembled {
  readonly text: string;
  /** Where a line and column of `text` was written. */
  readonly place: (line: number, column: number) => Place & { readonly file: string };
  readonly issues: readonly RuleIssue[];
  /** Partials that took part, by name without `_` and locale. */
  readonly used: ReadonlySet<string>;
}

/** Partials may hold partials; so deep that nobody follows is a circle. */
const DEEPEST = 8;
/** Lines of a mail with all that it includes: partials that hold each other many times grow beyond any machine. */
const LONGEST = 20_000;
const INCLUDE = /<mj-include\s+path\s*=\s*["']([^"']*)["']\s*(?:\/>|>\s*<\/mj-include>)/;
const CONTENT = /\{\{-?\s*content\s*-?\}\}/;
const LAYOUT = 'layout';

/** Names of partials as files are called: `_footer.mjml`, and `_footer.sv.mjml` for Swedish mails. */
export type Partials = ReadonlyMap<string, RuleFile>;

/**
 * Puts a mail together from its own text, the layout around it, and partials: `<mj-include path="_footer.mjml" />`.
 * A mail that is a whole `<mjml>` document stands alone; any other is put in place of `{{ content }}` in `_layout.mjml`.
 * A variant takes partials of its locale where there are any.
 * @param body below the front matter, blank lines in place of it
 * @param layout that the front matter names, and where
 */
export const assemble = (
  file: string,
  body: string,
  {
    partials,
    locale,
    layout,
  }: {
    partials: Partials;
    locale: string | null;
    layout: (Place & { readonly name: string }) | undefined;
  },
): Assembled => {
  const issues: RuleIssue[] = [];
  const used = new Set<string>();

  const find = (name: string): RuleFile | undefined => {
    const found =
      (locale === null ? undefined : partials.get(`_${name}.${locale}`)) ?? partials.get(`_${name}`);
    if (found) used.add(name);
    return found;
  };
  const piecesOf = (from: string, text: string): Piece[] =>
    text.split('\n').map((line, index) => ({ file: from, text: line, line: index + 1, column: 1 }));

  const missing = (at: Piece, column: number, path: string): void => {
    const names = [...partials.keys()].filter((name) => !name.includes('.')).map((name) => `${name}.mjml`);
    const suggestion = nearest(path, names);
    const message = `there is no emails/${path}; a partial is a file beside the mails whose name begins with _`;
    issues.push({
      file: at.file,
      line: at.line,
      column,
      message,
      ...(suggestion !== undefined && { suggestion }),
    });
  };

  /** Replaces what the pattern finds in a line by other pieces, the rest of the line standing around them. */
  const expand = (
    pieces: readonly Piece[],
    pattern: RegExp,
    by: (match: RegExpExecArray, at: Piece, column: number) => readonly Piece[],
  ): Piece[] =>
    pieces.flatMap((piece): Piece[] => {
      const found: Piece[] = [];
      let rest = piece;
      for (let match = pattern.exec(rest.text); match !== null; match = pattern.exec(rest.text)) {
        const column = rest.column + match.index;
        const end = match.index + match[0].length;
        found.push({ ...rest, text: rest.text.slice(0, match.index) });
        for (const each of by(match, rest, column)) found.push(each);
        rest = { ...rest, text: rest.text.slice(end), column: rest.column + end };
      }
      found.push(rest);
      return found;
    });

  let lines = 0;
  /** Whether there is room for so many lines more; where there is none, that is told once. */
  const fits = (more: number, at: Piece, column: number): boolean => {
    const didFit = lines <= LONGEST;
    lines += more;
    if (lines <= LONGEST) return true;
    const message = `with all that it includes, this mail is longer than ${LONGEST} lines`;
    if (didFit) issues.push({ file: at.file, line: at.line, column, message });
    return false;
  };

  const withPartials = (pieces: readonly Piece[], depth: number): Piece[] =>
    expand(pieces, INCLUDE, ([, path = ''], at, column) => {
      const name = path
        .replace(/^\.\//, '')
        .replace(/^_/, '')
        .replace(/\.mjml$/, '');
      const partial = find(name);
      if (partial === undefined) missing(at, column, path);
      else if (depth > DEEPEST)
        issues.push({
          file: at.file,
          line: at.line,
          column,
          message: `_${name}.mjml includes itself, or goes too deep`,
        });
      else {
        const inside = piecesOf(partial.file, partial.text);
        // The two halves of the line that it stands in are lines, too.
        if (fits(inside.length + 2, at, column)) return withPartials(inside, depth + 1);
      }
      return [];
    });

  const whole = /<mjml[\s>]/.test(body);
  const around = whole && layout === undefined ? undefined : find(layout?.name ?? LAYOUT);
  if (layout !== undefined && around === undefined)
    missing({ file, text: '', ...layout }, layout.column, `_${layout.name}.mjml`);
  const own = piecesOf(file, body);
  const inPlace =
    around === undefined ? own : wrapped(piecesOf(around.file, around.text), own, issues, around.file);
  const pieces = withPartials(inPlace, 1);
  return {
    text: pieces.map(({ text }) => text).join('\n'),
    place: (line, column) => {
      const piece = pieces[Math.min(Math.max(line, 1), pieces.length) - 1];
      return piece === undefined
        ? { file, line: 1, column: 1 }
        : { file: piece.file, line: piece.line, column: piece.column + Math.max(column, 1) - 1 };
    },
    issues,
    used,
  };

  function wrapped(
    frame: readonly Piece[],
    content: readonly Piece[],
    into: RuleIssue[],
    of: string,
  ): Piece[] {
    let found = 0;
    const filled = expand(frame, CONTENT, () => ((found += 1) === 1 ? content : []));
    if (found !== 1)
      into.push({
        file: of,
        line: 1,
        column: 1,
        message: 'a layout has `{{ content }}` once, where the mail goes',
      });
    return filled;
  }
};
