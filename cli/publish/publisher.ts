import type { PublishRequest } from '../../core/publish/request.ts';
import { addressOf } from '../address.ts';
import { webAddress } from '../arguments.ts';
import { openStack } from '../aws/stack.ts';
import { Refusal } from '../io.ts';
import { reach } from '../sign-in.ts';

/** Who publishes for a running product. */
export interface Publisher {
  /** Where it is, for people. */
  readonly where: string;
  /** Its answer; a refusal of it is one here. */
  ask<T>(request: PublishRequest): Promise<T>;
}

/** How a command says which product it means. */
export const TARGET = {
  url: {
    type: 'string',
    valueHint: 'URL',
    description: 'Where the product runs on this machine (default: http://127.0.0.1:4700)',
  },
  stack: {
    type: 'string',
    valueHint: 'NAME',
    description: 'A stack deployed to AWS, by the credentials of this shell (default: KINDLING_STACK)',
  },
} as const;

/** Another way to say it, where a command has no other use for a data folder. */
export const BY_DATA = {
  data: {
    type: 'string',
    valueHint: 'DIR',
    description: 'Or the product whose state is kept here, wherever it runs on this machine',
  },
} as const;

/** What was typed of these. */
export interface Target {
  readonly url?: string | undefined;
  readonly data?: string | undefined;
  readonly stack?: string | undefined;
}

export function publisherOf({ url: given, data, stack }: Target): Publisher {
  if ([given, data, stack].filter((each) => each !== undefined).length > 1)
    throw new Refusal('give one of --url, --data and --stack');
  const url = data === undefined ? given : addressOf(data);
  const deployed = stack ?? (url === undefined ? process.env['KINDLING_STACK'] : undefined);
  if (deployed !== undefined && deployed !== '') {
    const there = openStack(deployed);
    return asking(`stack ${deployed}`, async (request) =>
      there.invoke(await there.output('PublishFunctionName'), request),
    );
  }
  const at = webAddress(url ?? 'http://127.0.0.1:4700').replace(/\/$/, '');
  return asking(at, async (request) => {
    const response = await reach(`${at}/_local/invoke/Publish`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    if (response.status === 404)
      throw new Refusal(`${at} is no product on this machine; for a deployed one give --stack`);
    const answer = (await response.json()) as { payload?: unknown; error?: { errorMessage: string } };
    if (answer.error) throw new Refusal(`publish failed: ${answer.error.errorMessage}`);
    return answer.payload;
  });
}

const asking = (where: string, call: (request: PublishRequest) => Promise<unknown>): Publisher => ({
  where,
  ask: async <T>(request: PublishRequest): Promise<T> => {
    const answer = (await call(request)) as { ok: true; value: T } | { ok: false; reason: string };
    if (!answer.ok) throw new Refusal(answer.reason);
    return answer.value;
  },
});
