import { setTimeout as sleep } from 'node:timers/promises';

export interface Api {
  /** Every item of a list, page after page. */
  all<T>(path: string): AsyncGenerator<T>;
  send(method: 'POST' | 'PATCH', path: string, body: object): Promise<void>;
}

/** GitHub refuses, and trying again would not help. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const TRIES = 5;
/** Longest wait for a limit to pass, ms: a workflow's minutes cost. */
const PATIENCE = 120_000;

/** @param url 'https://api.github.com' @param wait ms; tests wait less */
export const openApi = (
  url: string,
  token: string,
  wait: (ms: number) => Promise<void> = async (ms) => void (await sleep(ms)),
): Api => {
  const call = async (method: string, target: string, body?: object): Promise<Response> => {
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(target, {
        method,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${token}`,
          'x-github-api-version': '2022-11-28',
          'user-agent': 'kindling',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (response.ok) return response;
      const pause = pauseOf(response, attempt);
      if (pause === null || attempt === TRIES)
        throw new Refused(response.status, `GitHub answers ${response.status}: ${await messageOf(response)}`);
      await response.arrayBuffer();
      await wait(pause);
    }
  };
  return {
    all: async function* <T>(path: string) {
      let next: string | undefined = `${url}${path}${path.includes('?') ? '&' : '?'}per_page=100`;
      while (next !== undefined) {
        const response: Response = await call('GET', next);
        yield* (await response.json()) as T[];
        next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
      }
    },
    send: async (method, path, body) => {
      await (await call(method, `${url}${path}`, body)).arrayBuffer();
    },
  };
};

/** How long to wait before another try, ms; null: it would be refused again. */
const pauseOf = ({ status, headers }: Response, attempt: number): number | null => {
  const after = Number(headers.get('retry-after') ?? Number.NaN);
  if (Number.isFinite(after)) return Math.min(after * 1_000, PATIENCE);
  if ((status === 403 || status === 429) && headers.get('x-ratelimit-remaining') === '0') {
    const reset = Number(headers.get('x-ratelimit-reset') ?? 0) * 1_000 - Date.now();
    return Math.min(Math.max(reset, 1_000), PATIENCE);
  }
  return status === 429 || status >= 500 ? 1_000 * 2 ** attempt : null;
};

const messageOf = async (response: Response): Promise<string> => {
  const text = await response.text();
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.slice(0, 200);
  }
};
