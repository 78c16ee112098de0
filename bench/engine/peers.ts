import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { LeadEvent } from '../../core/event.ts';
import { condition } from './rules.ts';

/** What a peer adds up for one event: the points of all rules that match it. */
export type Points = (event: LeadEvent) => number | Promise<number>;

/** One test of a condition, in the few kinds that the benches' rules have. */
type Clause =
  | { readonly path: string; readonly is: 'equal'; readonly value: string | boolean }
  | { readonly path: string; readonly is: 'in'; readonly value: readonly string[] }
  | { readonly path: string; readonly is: 'starts' | 'ends'; readonly value: string }
  | { readonly path: string; readonly is: 'between'; readonly value: readonly [number, number] }
  | { readonly path: string; readonly is: 'exists' };

function clauseOf(path: string, wanted: unknown): Clause {
  if (Array.isArray(wanted)) return { path, is: 'in', value: wanted as string[] };
  if (typeof wanted !== 'string') return { path, is: 'equal', value: wanted as boolean };
  if (wanted === 'exists') return { path, is: 'exists' };
  if (wanted.startsWith('>=')) return { path, is: 'between', value: [Number(wanted.slice(2)), Infinity] };
  // Whole numbers: more than 2 is from 3 on.
  if (wanted.startsWith('>')) return { path, is: 'between', value: [Number(wanted.slice(1)) + 1, Infinity] };
  const [from, to] = wanted.split('..');
  if (to !== undefined) return { path, is: 'between', value: [Number(from), Number(to)] };
  if (wanted.endsWith('*')) return { path, is: 'starts', value: wanted.slice(0, -1).toLowerCase() };
  if (wanted.startsWith('*')) return { path, is: 'ends', value: wanted.slice(1).toLowerCase() };
  return { path, is: 'equal', value: wanted };
}

const clausesOf = (n: number): readonly Clause[] =>
  Object.entries(condition(n)).map(([key, wanted]) =>
    clauseOf(key === 'event' ? 'name' : `properties.${key}`, wanted),
  );

const text = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');
const peer = (file: string): Promise<Record<string, unknown>> =>
  import(pathToFileURL(join(import.meta.dirname, '../node_modules', file)).href) as Promise<
    Record<string, unknown>
  >;

interface Logic {
  addMethod(name: string, method: (args: readonly unknown[]) => unknown, options: object): void;
  build(logic: unknown): (data: unknown) => number;
}

/** All rules as one expression, compiled. */
export async function jsonLogic(rules: number, pointsOf: (n: number) => number): Promise<Points> {
  const { LogicEngine } = (await peer('json-logic-engine/index.js')) as { LogicEngine: new () => Logic };
  const engine = new LogicEngine();
  const options = { deterministic: true, sync: true };
  engine.addMethod('starts', ([value, start]) => text(value).startsWith(start as string), options);
  engine.addMethod('ends', ([value, end]) => text(value).endsWith(end as string), options);
  const logic = (clause: Clause): unknown => {
    const value = { var: clause.path };
    switch (clause.is) {
      case 'equal':
        return { '===': [value, clause.value] };
      case 'in':
        return { in: [value, clause.value] };
      case 'starts':
      case 'ends':
        return { [clause.is]: [value, clause.value] };
      case 'between':
        return {
          and: [{ '>=': [value, clause.value[0]] }, { '<=': [value, clause.value[1]] }],
        };
      case 'exists':
        return { '!!': [value] };
      default:
        return clause satisfies never;
    }
  };
  const each = Array.from({ length: rules }, (_, n) => ({
    if: [{ and: clausesOf(n).map(logic) }, pointsOf(n), 0],
  }));
  return engine.build({ '+': each });
}

interface RulesEngine {
  addOperator(name: string, holds: (value: unknown, wanted: never) => boolean): void;
  addRule(rule: object): void;
  run(facts: object): Promise<{ events: { params: { points: number } }[] }>;
}

/** A rule each. */
export async function jsonRules(rules: number, pointsOf: (n: number) => number): Promise<Points> {
  const { Engine } = (await peer('json-rules-engine/dist/index.js')) as {
    Engine: new (rules: never[], options: object) => RulesEngine;
  };
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addOperator('starts', (value, start: string) => text(value).startsWith(start));
  engine.addOperator('ends', (value, end: string) => text(value).endsWith(end));
  engine.addOperator('exists', (value) => value !== undefined && value !== null && value !== '');
  engine.addOperator(
    'between',
    (value, [from, to]: readonly [number, number]) =>
      typeof value === 'number' && value >= from && value <= to,
  );
  for (let n = 0; n < rules; n += 1)
    engine.addRule({
      conditions: {
        all: clausesOf(n).map((clause) => ({
          fact: clause.path === 'name' ? 'name' : 'properties',
          ...(clause.path !== 'name' && { path: `$.${clause.path.slice('properties.'.length)}` }),
          operator: clause.is,
          value: clause.is === 'exists' ? true : clause.value,
        })),
      },
      event: { type: 'points', params: { points: pointsOf(n) } },
    });
  return async ({ name, properties }) => {
    const { events } = await engine.run({ name, properties });
    return events.reduce((sum, { params }) => sum + params.points, 0);
  };
}
