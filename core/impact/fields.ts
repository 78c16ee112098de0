import type { Json, JsonObject } from '../json.ts';

/** Below this depth a value is told as a whole. */
const DEEPEST = 3;

/**
 * A value as fields with paths, so that two of them can be compared field by field. Lists of mappings are walked, too;
 * lists of plain values are one field.
 * @example fieldsOf({ sum: { fit: 1 }, steps: [{ wait: '2h' }] }) // { 'sum.fit': 1, 'steps.1.wait': '2h' }
 */
export function fieldsOf(value: Json): JsonObject {
  const fields: Record<string, Json> = {};
  const walk = (item: Json, path: string, depth: number): void => {
    const entries = depth < DEEPEST ? entriesOf(item) : [];
    if (entries.length === 0) fields[path] = item;
    for (const [name, member] of entries) walk(member, path === '' ? name : `${path}.${name}`, depth + 1);
  };
  walk(value, '', 0);
  return fields;
}

/** Members of a list are counted from 1, as people do. */
function entriesOf(value: Json): [string, Json][] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value)) return Object.entries(value);
  const list = value as readonly Json[];
  const isPlain = list.every((item) => typeof item !== 'object' || item === null);
  return isPlain ? [] : list.map((item, n) => [String(n + 1), item]);
}
