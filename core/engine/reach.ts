import type { Json } from '../json.ts';

/**
 * The value at a path: dots walk into objects, and into every member of a list.
 * @example reach({ products: [{ id: 1 }, { id: 2 }] }, ['products', 'id']) // [1, 2]
 */
export function reach(value: Json | undefined, path: readonly string[], from = 0): Json | undefined {
  const step = path[from];
  if (step === undefined || value === undefined || value === null || typeof value !== 'object') {
    return step === undefined ? value : undefined;
  }
  if (Array.isArray(value)) {
    const found: Json[] = [];
    for (const member of value as readonly Json[]) {
      const inside = reach(member, path, from);
      if (inside !== undefined) found.push(inside);
    }
    return found;
  }
  const mapping = value as Readonly<Record<string, Json>>;
  return Object.hasOwn(mapping, step) ? reach(mapping[step], path, from + 1) : undefined;
}
