import { blueprintOf } from '../../core/engine/blueprint.ts';
import { hearingOf } from '../../core/engine/hearing.ts';
import type { LeadEvent } from '../../core/event.ts';
import { median } from '../median.ts';
import { uniform } from '../../core/uniform.ts';
import { happening } from './events.ts';
import { jsonLogic, jsonRules, type Points } from './peers.ts';
import { matchingRules } from './rules.ts';

const ROUNDS = 5;
/** As in `matchingRules`. */
const pointsOf = (n: number): number => 1 + (n % 7);

/** Events of their own, each as it comes off the wire, an object that nobody has seen: more than any cache by object would hold. */
function facts(count: number, sections: number): LeadEvent[] {
  const random = uniform(7);
  return Array.from({ length: count }, (_, n) => {
    const event: LeadEvent = { id: `e${n}`, occurredAt: 0, ...happening(random, sections) };
    return JSON.parse(JSON.stringify(event)) as LeadEvent;
  });
}

/** Our own: what the ruleset hears in an event. */
function ours(rules: number): { readonly points: Points; readonly matched: (event: LeadEvent) => number } {
  const blueprint = blueprintOf(matchingRules(rules));
  const given =
    blueprint.scores[0]?.rules.map(({ worth }) => (worth.kind === 'fixed' ? worth.points : 0)) ?? [];
  return {
    points: (event) => {
      let sum = 0;
      for (const { rule } of hearingOf(blueprint, event).awards) sum += given[rule] ?? 0;
      return sum;
    },
    matched: (event) => hearingOf(blueprint, event).awards.length,
  };
}

async function total(points: Points, events: readonly LeadEvent[]): Promise<number> {
  let sum = 0;
  for (const event of events) {
    const given = points(event);
    sum += typeof given === 'number' ? given : await given;
  }
  return sum;
}

async function perSecond(points: Points, events: readonly LeadEvent[]): Promise<number> {
  const start = performance.now();
  await total(points, events);
  return (events.length / (performance.now() - start)) * 1000;
}

/** Events matched per second and core, against two peers with the same rules and the same points; medians of rounds. */
export async function matching(): Promise<Record<string, number>> {
  const events = facts(200_000, 6);
  const many = facts(200_000, 96);
  const [small, large] = [ours(60), ours(960)];
  const peers = { logic: await jsonLogic(60, pointsOf), rules: await jsonRules(60, pointsOf) };
  const few = events.slice(0, 300);
  const sums = [await total(small.points, few), await total(peers.logic, few), await total(peers.rules, few)];
  if (new Set(sums).size !== 1) throw new Error(`not the same points from all: ${sums.join(', ')}`);
  if ((await total(small.points, events)) !== (await total(peers.logic, events)))
    throw new Error('not the same points from json-logic-engine');

  const rounds: { small: number; large: number; logic: number; rules: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const one = {
      small: await perSecond(small.points, events),
      logic: await perSecond(peers.logic, events),
      rules: await perSecond(peers.rules, few),
      large: await perSecond(large.points, many),
    };
    // The first one warms up.
    if (round > 0) rounds.push(one);
  }
  const of = (value: (round: (typeof rounds)[number]) => number): number => median(rounds.map(value));
  const matched = (from: readonly LeadEvent[], rules: typeof small): number =>
    from.reduce((sum, event) => sum + rules.matched(event), 0) / from.length;
  const [few60, many960] = [matched(events, small), matched(many, large)];
  return {
    'events/s, 60 rules': of((round) => round.small),
    'events/s, json-logic-engine compiled': of((round) => round.logic),
    'events/s, json-rules-engine': of((round) => round.rules),
    'times json-logic-engine (at least 5)': of(({ small: a, logic }) => a / logic),
    'times json-rules-engine (at least 1,000)': of(({ small: a, rules }) => a / rules),
    'events/s, 960 rules': of((round) => round.large),
    'rules matched by an event, of 60': few60,
    'rules matched by an event, of 960': many960,
    '960 against 60, events/s and matched rule (at least 0.5)': of(
      (round) => (round.large * many960) / (round.small * few60),
    ),
  };
}
