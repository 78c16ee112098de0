import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';

/** The lines of each rule in a score file, both included, from 1; none where it cannot be read. */
export function ruleLines(text: string): Record<string, readonly [first: number, last: number]> {
  const counter = new LineCounter();
  const rules = parseDocument(text, { lineCounter: counter }).get('rules', true);
  if (!isMap(rules)) return {};
  const lineOf = (offset: number): number => counter.linePos(offset).line;
  return Object.fromEntries(
    rules.items.flatMap(({ key, value }) => {
      if (!isScalar(key) || !key.range) return [];
      const end = (value as { range?: readonly number[] } | null)?.range?.[1] ?? key.range[1];
      return [[String(key.value), [lineOf(key.range[0]), lineOf(Math.max(key.range[0], end - 1))] as const]];
    }),
  );
}
