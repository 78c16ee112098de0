/** The path of a page's address, where a client sends only the whole; undefined if it is no address. */
export const pathOf = (url: unknown): string | undefined => parsed(url)?.pathname;

/** What follows the path, with its question mark; undefined if nothing does. */
export const searchOf = (url: unknown): string | undefined => parsed(url)?.search || undefined;

const parsed = (url: unknown): URL | undefined =>
  typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
