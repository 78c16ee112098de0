import type { MessageType } from '../../core/event.ts';
import { unescaped } from '../path.ts';

/** What a path asks for. */
export type Route =
  | { readonly kind: 'health' }
  | { readonly kind: 'settings'; readonly key: string }
  | { readonly kind: 'message'; readonly type: MessageType }
  | { readonly kind: 'batch' }
  | { readonly kind: 'posthog' }
  | { readonly kind: 'cloudevents' };

/** The calls of Segment's HTTP API; its browser client knows only their first letters. */
const CALLS: Readonly<Record<string, Route>> = {
  track: { kind: 'message', type: 'track' },
  t: { kind: 'message', type: 'track' },
  page: { kind: 'message', type: 'page' },
  p: { kind: 'message', type: 'page' },
  screen: { kind: 'message', type: 'screen' },
  s: { kind: 'message', type: 'screen' },
  identify: { kind: 'message', type: 'identify' },
  i: { kind: 'message', type: 'identify' },
  group: { kind: 'message', type: 'group' },
  g: { kind: 'message', type: 'group' },
  alias: { kind: 'message', type: 'alias' },
  a: { kind: 'message', type: 'alias' },
  batch: { kind: 'batch' },
  b: { kind: 'batch' },
  import: { kind: 'batch' },
  cloudevents: { kind: 'cloudevents' },
};

/** What a method and path ask for, with or without a slash at the end; null if nothing lives there. */
export const routeOf = (method: string, path: string): Route | null => {
  const parts = path.split('/').filter((part) => part !== '');
  if (method === 'GET') {
    if (path === '/health') return { kind: 'health' };
    const [v1, projects, key, settings] = parts;
    const asks = parts.length === 4 && v1 === 'v1' && projects === 'projects' && settings === 'settings';
    return asks && key !== undefined ? { kind: 'settings', key: unescaped(key) } : null;
  }
  if (method !== 'POST') return null;
  if (parts.length === 1 && parts[0] === 'batch') return { kind: 'posthog' };
  const call = parts[1];
  if (parts.length !== 2 || parts[0] !== 'v1' || call === undefined) return null;
  return Object.hasOwn(CALLS, call) ? (CALLS[call] ?? null) : null;
};
