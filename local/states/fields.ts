/** Checks of a definition's fields; each throws with the place where it stands. */

export type Json = Record<string, unknown>;

export const refuse = (body: Json, known: ReadonlySet<string>, path: string): void => {
  for (const field of Object.keys(body))
    if (!known.has(field)) throw new Error(`${path}: the field ${field} is not supported`);
};

export const object = (value: unknown, path: string): Json => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${path}: an object is missing`);
  return value as Json;
};

export const array = (value: unknown, path: string): unknown[] => {
  if (!Array.isArray(value)) throw new Error(`${path}: a list is missing`);
  return value;
};

export const string = (value: unknown, path: string): string => {
  if (typeof value !== 'string') throw new Error(`${path}: a string is missing`);
  return value;
};

export const optionalNumber = (value: unknown, path: string): number | null => {
  if (value === undefined) return null;
  if (typeof value !== 'number') throw new Error(`${path}: a number is missing`);
  return value;
};
