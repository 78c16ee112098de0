/**
 * A pattern in which `*` stands for any run of characters, as a function of a text, in time linear in pattern × text:
 * only the last star is ever tried again, since an earlier one that takes more can win nothing.
 * @example glob('/blog/*')('/blog/2026/a') // true
 */
export function glob(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return (text) => text === pattern;
  const middle = rest.filter((part) => part !== '');
  const least = first.length + last.length;
  if (middle.length === 0)
    return (text) => text.length >= least && text.startsWith(first) && text.endsWith(last);
  return (text) => {
    if (text.length < least || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let from = first.length;
    for (const part of middle) {
      const at = text.indexOf(part, from);
      if (at < 0 || at + part.length > end) return false;
      from = at + part.length;
    }
    return true;
  };
}
