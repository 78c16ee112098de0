import type { JsonObject } from '../../../core/json.ts';

const TELLING = ['path', 'form', 'product', 'title', 'email', 'url'];

/** What says most about an event in one short text. @example detail({ path: '/pricing', n: 1 }) // '/pricing' */
export function detail(properties: JsonObject): string {
  for (const name of TELLING) {
    const value = properties[name];
    if (typeof value === 'string' && value) return value;
  }
  return Object.entries(properties)
    .filter(([, value]) => typeof value !== 'object')
    .slice(0, 3)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ');
}
