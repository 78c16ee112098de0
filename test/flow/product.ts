import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { QuarantineItem } from '../../core/view/event.ts';
import type { LeadList, LeadPage } from '../../core/view/lead.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LAUNCHER = join(ROOT, 'bin', 'kindling.js');

/** A mail as `GET /_local/mail` gives it. */
export interface SentMail {
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
  readonly at: string | number;
}

/** A Slack message as `GET /_local/slack` gives it. */
export interface SlackMessage {
  readonly blocks: readonly unknown[];
  readonly text: string;
  readonly at: string | number;
}

/** The running product, driven as its users drive it: a process, HTTP, signals. */
export interface Product {
  readonly url: string;
  readonly keys: { readonly browser: string; readonly server: string };
  readonly token: string;
  readonly data: string;
  readonly process: ChildProcess;
  /** Sends Segment messages in one batch with the server's key. */
  send(...messages: object[]): Promise<Response>;
  get<T>(path: string): Promise<T>;
  leads(query?: string): Promise<LeadList>;
  /** The page of the lead with this e-mail. */
  lead(email: string): Promise<LeadPage>;
  quarantine(): Promise<readonly QuarantineItem[]>;
  mail(): Promise<readonly SentMail[]>;
  slack(): Promise<readonly SlackMessage[]>;
  idle(): Promise<void>;
  /** Virtual clock only. @example await product.advance('7d') */
  advance(duration: string): Promise<void>;
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>;
  /** Ctrl-C. */
  stop(): Promise<void>;
  /** Ctrl-C, and the data folder is gone. */
  end(): Promise<void>;
}

interface Ready {
  readonly ready: true;
  readonly url: string;
  readonly keys: { readonly browser: string; readonly server: string };
  readonly token: string;
}

async function answerOf<T>(response: Response, what: string): Promise<T> {
  if (!response.ok) throw new Error(`${what} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

export interface ProductOptions {
  readonly args?: readonly string[];
  /** @default a new folder */
  readonly data?: string;
  readonly env?: Record<string, string>;
  /** Kills the product by SIGKILL, also while it starts. */
  readonly killer?: AbortSignal;
}

/** Starts `kindling start --json --no-demo` on a free port. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'kindling-')));
  const args = ['start', '--json', '--no-demo', '--port', '0', '--data', data, ...(options.args ?? [])];
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  options.killer?.addEventListener('abort', () => child.kill('SIGKILL'));
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  const ready = await Promise.race([
    once(lines, 'line').then(([line]) => JSON.parse(String(line)) as Ready),
    once(child, 'exit').then(([code]) => {
      throw new Error(`kindling start ended with ${String(code)}: ${complaints}`);
    }),
  ]);
  const { url, keys, token } = ready;
  const get = async <T>(path: string): Promise<T> =>
    answerOf<T>(await fetch(url + path, { headers: { authorization: `Bearer ${token}` } }), path);
  const stopped = (signal: NodeJS.Signals) => async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  const interrupt = stopped('SIGINT');
  return {
    url,
    keys,
    token,
    data,
    process: child,
    send: (...batch) =>
      fetch(`${url}/v1/batch`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${keys.server}:`)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ batch }),
      }),
    get,
    leads: (query = '') => get<LeadList>(`/api/leads${query}`),
    lead: async (email) => {
      const { leads } = await get<LeadList>(`/api/leads?q=${encodeURIComponent(email)}`);
      if (!leads[0]) throw new Error(`nobody has the e-mail ${email}`);
      return get<LeadPage>(`/api/leads/${encodeURIComponent(leads[0].id)}`);
    },
    quarantine: async () => (await get<{ items: QuarantineItem[] }>('/api/quarantine')).items,
    mail: () => get('/_local/mail'),
    slack: () => get('/_local/slack'),
    idle: async () => void (await get('/_local/idle')),
    advance: async (duration) => {
      const response = await fetch(`${url}/_local/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advance: duration }),
      });
      await answerOf(response, `advance ${duration}`);
    },
    kill: stopped('SIGKILL'),
    stop: interrupt,
    end: async () => {
      await interrupt();
      await rm(data, { recursive: true, force: true });
    },
  };
}
