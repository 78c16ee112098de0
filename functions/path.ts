/** A part of a path without its escapes; as it is where they are malformed. */
export const unescaped = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
