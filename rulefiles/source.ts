import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

import { type RuleIssue } from '../core/issue.ts';
import { quotes, yamlProblems } from './yaml-errors.ts';

/** Where something stands in a file; both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly (string | number)[];

/** A YAML file as the value it says, and where each part of that value was written. */
export interface Source {
  /** Relative to the rules folder, with forward slashes. */
  readonly file: string;
  /** As JSON would say it; a mapping with a key that looks like a number is a Map, which keeps the order of its keys. */
  readonly value: unknown;
  /** Where the value at `path` stands, or the nearest thing around it that exists. */
  at(path: Path): Place;
  /** Where the key that ends `path` stands. */
  atKey(path: Path): Place;
}

/** A rules folder is written by hand: nothing in it is nested deeper, and nothing is longer. */
const DEEPEST = 24;
const LONGEST = 1_000_000;
/** After these, more of the same tells nobody anything. */
const MOST_ISSUES = 20;

interface Marks {
  readonly key: number;
  readonly value: number;
}

/**
 * Reads one YAML document: plain maps, lists, texts, numbers and booleans, no anchors, tags or duplicate keys.
 * @param offset lines above `text` in its file (front matter of a mail starts at line 2)
 */
export function readYaml(
  file: string,
  text: string,
  offset = 0,
): { source: Source; issues: readonly RuleIssue[] } {
  const lines = new LineCounter();
  const marks = new Map<string, Marks>();
  const issues: RuleIssue[] = [];
  const place = (position: number): Place => {
    const { line, col } = lines.linePos(position);
    return { line: Math.max(line, 1) + offset, column: Math.max(col, 1) };
  };
  const report = (position: number, message: string): void => {
    issues.push({ file, ...place(position), message });
  };

  const walk = (node: unknown, path: Path, at: Marks): unknown => {
    marks.set(JSON.stringify(path), at);
    if (node === null || node === undefined) return null;
    if (path.length > DEEPEST) {
      report(at.value, `nested deeper than ${DEEPEST} levels`);
      return null;
    }
    const { anchor, tag } = node as { anchor?: string; tag?: string };
    // Of tags that are unknown the library has told.
    if (tag?.startsWith('tag:yaml.org')) report(at.value, 'tags (!) are not allowed');
    if (anchor) report(at.value, `anchors (&${anchor}) are not allowed; write it out`);
    if (isAlias(node)) {
      report(at.value, `aliases (*${node.source}) are not allowed; ${quotes('*')}`);
      return null;
    }
    if (isMap(node)) {
      const entries: [string, unknown][] = [];
      for (const { key, value } of node.items) {
        const from = positionOf(key) ?? at.value;
        if (
          !isScalar(key) ||
          (typeof key.value !== 'string' && typeof key.value !== 'number' && typeof key.value !== 'boolean')
        ) {
          report(from, 'a key must be a plain text');
          continue;
        }
        const name = key.source ?? String(key.value);
        if (name === '__proto__') report(from, 'a key cannot be called __proto__');
        if (name === '<<') {
          report(from, 'merge keys (<<) are not allowed; write it out');
          continue;
        }
        entries.push([name, walk(value, [...path, name], { key: from, value: positionOf(value) ?? from })]);
      }
      return entries.some(([name]) => /^\d+$/.test(name)) ? new Map(entries) : Object.fromEntries(entries);
    }
    if (isSeq(node))
      return node.items.map((item, index) => {
        const from = positionOf(item) ?? at.value;
        return walk(item, [...path, index], { key: from, value: from });
      });
    if (isScalar(node)) {
      const { value } = node;
      if (typeof value === 'number' && !Number.isFinite(value))
        report(at.value, 'this number has no finite value');
      else if (
        value === null ||
        typeof value === 'string' ||
        typeof value === 'boolean' ||
        typeof value === 'number'
      )
        return value;
      else report(at.value, 'only texts, numbers and true or false are allowed here');
    }
    return null;
  };

  const find = (path: Path): Marks => {
    for (let length = path.length; length >= 0; length -= 1) {
      const found = marks.get(JSON.stringify(path.slice(0, length)));
      if (found) return found;
    }
    return { key: 0, value: 0 };
  };

  let value: unknown = null;
  if (text.length > LONGEST) report(0, `longer than ${LONGEST} characters`);
  // the YAML library recurses: it is not to see what would exhaust its stack
  else if (brackets(text) > 4 * DEEPEST) report(0, `nested deeper than ${DEEPEST} levels`);
  else {
    const document = parseDocument<Node>(text, { lineCounter: lines, version: '1.2', prettyErrors: false });
    for (const { position, message } of yamlProblems(
      [...document.errors, ...document.warnings],
      text,
      DEEPEST,
    ))
      report(position, message);
    if (document.directives?.yaml.explicit) report(0, 'directives (%) are not allowed');
    const { contents } = document;
    const from = contents?.range?.[0] ?? 0;
    value = walk(contents, [], { key: from, value: from });
  }
  return {
    source: { file, value, at: (path) => place(find(path).value), atKey: (path) => place(find(path).key) },
    issues: issues.slice(0, MOST_ISSUES),
  };
}

function positionOf(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] } | null)?.range?.[0];
}

/** How many brackets are open at most, at any place in a text. */
function brackets(text: string): number {
  let open = 0;
  let most = 0;
  for (const character of text) {
    if (character === '[' || character === '{') most = Math.max(most, (open += 1));
    else if (character === ']' || character === '}') open -= 1;
  }
  return most;
}
