import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import { type Product, startProduct } from './product.ts';

/** A share of 1 of a service's requests, by how they fail. */
export type Shares = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface LivesOptions {
  /** A folder. */
  readonly data: string;
  readonly rules: string;
  /** Where virtual time begins, ISO. */
  readonly start: string;
  readonly faults: Shares;
  readonly chance: Chance;
}

/** A product that is killed again and again, and goes on each time with what its data folder holds. */
export interface Lives {
  /** Whoever lives now. */
  readonly product: Product;
  /** How often it was killed. */
  readonly kills: number;
  /** Does something that may be done again; with `killed` the product dies by SIGKILL on the way, and it is done again. */
  through(work: (product: Product) => Promise<unknown>, killed: boolean): Promise<void>;
  /** Lets other requests fail from now on. */
  fail(faults: Shares): Promise<void>;
  end(): Promise<void>;
}

const post = async (product: Product, path: string, body: object): Promise<void> => {
  const answer = await fetch(product.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
};

/** Moves virtual time there, unless it is there already. @param at UTC milliseconds */
export const advanceTo = async (product: Product, at: number): Promise<void> => {
  const { now } = await product.get<{ now: string }>('/_local/clock');
  if (Date.parse(now) < at) await post(product, '/_local/clock', { to: new Date(at).toISOString() });
};

export const startLives = async ({ data, rules, start, faults, chance }: LivesOptions): Promise<Lives> => {
  let shares = faults;
  const live = async (): Promise<Product> => {
    const product = await startProduct({ data, args: ['--rules', rules, '--virtual-clock', start] });
    await post(product, '/_local/faults', shares);
    return product;
  };
  let product = await live();
  let kills = 0;
  /** How long work takes that nobody disturbs, ms: a kill falls somewhere in it. */
  let usual = 500;
  return {
    get product() {
      return product;
    },
    get kills() {
      return kills;
    },
    through: async (work, killed) => {
      if (killed) {
        const dies = work(product).catch(() => null);
        await sleep(chance.next() * usual);
        await product.kill();
        kills += 1;
        await dies;
        product = await live();
      }
      const begun = performance.now();
      await work(product);
      usual = (usual + performance.now() - begun) / 2;
    },
    fail: async (others) => {
      shares = others;
      await post(product, '/_local/faults', shares);
    },
    end: () => product.end(),
  };
};
