/** Data as YAML says it, with Maps (which keep the order of keys that look like numbers) or plain objects as mappings. */
const isMapping = (value: unknown): value is Map<unknown, unknown> | Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The entries of a mapping in the order of the file, keys as they were written. */
export const entriesOf = (mapping: unknown): [unknown, unknown][] =>
  mapping instanceof Map ? [...mapping.entries()] : isMapping(mapping) ? Object.entries(mapping) : [];

const at = (mapping: unknown, key: string): unknown =>
  entriesOf(mapping).find(([name]) => String(name) === key)?.[1];

/** Maps as plain objects, all the way down. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isMapping(value)) return value;
  return Object.fromEntries(entriesOf(value).map(([key, item]) => [String(key), plain(item)]));
}

/** A key of `points_by` as the matcher that it is: keys of plain objects are texts, and `50` means the number. */
export function lineMatcher(key: unknown): unknown {
  if (typeof key !== 'string') return key;
  if (/^-?\d+(\.\d+)?$/.test(key)) return Number(key);
  return key === 'true' ? true : key === 'false' ? false : key;
}

/** A score file with the lines of each `points_by` as a list, in the order of the file. */
export function ordered(data: unknown, file: Record<string, unknown>): Record<string, unknown> {
  const rules = entriesOf(at(data, 'rules')).map(([name, rule]): [string, unknown] => {
    const points = at(rule, 'points_by');
    if (points === undefined) return [String(name), plain(rule)];
    const lines = entriesOf(points).map(([key, table]): [string, unknown] => [
      String(key),
      Array.isArray(table) ? table : entriesOf(table).map(([line, value]) => [lineMatcher(line), value]),
    ]);
    return [String(name), { ...(plain(rule) as object), points_by: Object.fromEntries(lines) }];
  });
  return { ...file, rules: Object.fromEntries(rules) };
}
