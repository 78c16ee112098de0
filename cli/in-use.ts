import type { CheckIssue } from '../core/check/issues.ts';
import { journeyChanges, type OnTheWay, stepChanges } from '../core/check/journey-changes.ts';
import type { Travellers } from '../core/nurture/position.ts';
import type { Listed, Read } from '../core/publish/request.ts';
import type { Ruleset } from '../core/ruleset.ts';
import { type Io, Refusal } from './io.ts';
import { namedRuleset } from './plan/rulesets.ts';
import { type Publisher, publisherOf, type Target } from './publish/publisher.ts';

/** What rules are held against to find what leads on their way would miss. */
export interface InUse {
  /** The rules that are live, as a folder or a git ref; how many leads are where is not known then. */
  readonly base?: string | undefined;
  /** Or the product itself. */
  readonly target: Target;
  /** Whether leads shall finish with steps that are removed. */
  readonly letFinish: boolean;
}

/** What was typed of it; null where nothing was. */
export function inUseOf({
  base,
  letFinish,
  url,
  data,
  stack,
}: Target & { readonly base?: string | undefined; readonly letFinish: boolean }): InUse | null {
  const target = { url, data, stack };
  const named = Object.values(target).some((each) => each !== undefined);
  if (base === undefined && !named) return null;
  if (base !== undefined && named)
    throw new Refusal('give --base, or the product by --url, --data or --stack, which knows what is live');
  return { base, target, letFinish };
}

/** What leads on their way through journeys would miss under other rules; a step that they may finish with is a warning. */
export async function missedBy(
  { base, target, letFinish }: InUse,
  dir: string,
  after: Ruleset,
  io: Io,
): Promise<{ readonly issues: readonly CheckIssue[]; readonly warnings: readonly CheckIssue[] }> {
  const { before, onTheWay } =
    base === undefined
      ? await liveIn(publisherOf(target))
      : { before: (await namedRuleset(base, dir, io)).ruleset, onTheWay: null };
  const taken = journeyChanges(before, after, onTheWay);
  const steps = stepChanges(before, after, onTheWay, letFinish);
  return letFinish ? { issues: taken, warnings: steps } : { issues: [...taken, ...steps], warnings: [] };
}

/** What is live in a product, and who is on the way through its journeys. */
async function liveIn(publisher: Publisher): Promise<{ before: Ruleset; onTheWay: OnTheWay }> {
  const { live } = await publisher.ask<Listed>({ op: 'list' });
  if (live === null) throw new Refusal(`no rules are live at ${publisher.where}`);
  const { ruleset: before } = await publisher.ask<Read>({ op: 'read', hash: live.hash });
  const journeys = Object.keys(before.journeys);
  const onTheWay = await publisher.ask<Record<string, readonly Travellers[]>>({ op: 'on-the-way', journeys });
  return { before, onTheWay };
}
