import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';

import { compile } from '../../../core/engine/compile.ts';
import { sentence } from '../../../core/explain/explain.ts';
import type { LeadEvent } from '../../../core/event.ts';
import { parseMessage, toLeadEvent } from '../../../core/message/message.ts';
import { readYaml } from '../../../rulefiles/source.ts';
import { lint } from '../../../rulefiles/lint.ts';
import { accountsIn, checked } from '../plain/engine.ts';
import type { PlainRules } from '../plain/facts.ts';
import { histories, instants } from '../plain/histories.ts';
import { slips, spoiled, spoiledRules, type Slip } from './hostile.ts';

/** Rules as the reader of files gives them, or null where it refuses them. JSON is YAML. */
function throughYaml(rules: PlainRules): PlainRules | null {
  const read = (data: unknown): unknown => {
    const { source, issues } = readYaml('rules.yaml', JSON.stringify(data) ?? 'null');
    if (issues.length > 0) throw new RangeError('refused');
    return source.value;
  };
  try {
    const scores = Array.isArray(rules.scores) ? rules.scores.map(read) : [];
    return {
      settings: read(rules.settings ?? {}),
      bands: read(rules.bands ?? {}),
      ...(rules.accounts && { accounts: read(rules.accounts) }),
      scores,
    } as PlainRules;
  } catch (error) {
    if (error instanceof RangeError && error.message === 'refused') return null;
    throw error;
  }
}

/** What ingest makes of what somebody sends; nothing of what it refuses. */
function ingested(event: LeadEvent, made: readonly Slip[], receivedAt: number): LeadEvent[] {
  const { id, occurredAt, type, name, properties, traits, groupId } = event;
  const sent = spoiled(
    { messageId: id, type, userId: 'u', timestamp: new Date(occurredAt).toISOString(), event: name, properties, traits, groupId }, // prettier-ignore
    made,
  );
  const parsed = parseMessage(sent, { receivedAt });
  return parsed.ok ? [toLeadEvent(parsed.message)] : [];
}

const numbers = (value: unknown): number[] =>
  typeof value === 'number'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(numbers)
      : [];

describe('whatever anybody writes or sends', () => {
  test.prop([spoiledRules], { numRuns: 800 })(
    'the check of rules ends with a list of problems or with a ruleset, and each problem says something',
    (rules) => {
      const { issues, ruleset } = checked(throughYaml(rules) ?? rules);
      expect(issues.length > 0).toBe(ruleset === undefined);
      for (const { message } of issues) expect(message).not.toMatch(/undefined|\[object|Invalid input/);
    },
  );

  test.prop([spoiledRules, histories, fc.array(slips, { minLength: 14, maxLength: 14 }), instants], {
    numRuns: 1500,
  })(
    'no ruleset that the check accepts makes the engine throw or give NaN for any event that ingest accepts',
    (rules, events, made, now) => {
      const read = throughYaml(rules);
      const { ruleset } = read ? checked(read) : { ruleset: undefined };
      if (!ruleset) return;
      lint(ruleset, now);
      const engine = compile({ ...ruleset, hash: 'hostile' });
      const sent = events.flatMap((event, n) => ingested(event, n % 3 === 0 ? [] : (made[n] ?? []), now));
      const history = { events: sent, accounts: accountsIn(sent) };
      const evaluation = engine.evaluate(history, now);
      for (const number of numbers(evaluation)) {
        expect(Number.isFinite(number)).toBe(true);
        expect(Object.is(number, -0)).toBe(false);
      }
      for (const number of numbers(engine.snapshot(history, now).state)) expect(number).not.toBeNaN();
      for (const contribution of evaluation.contributions) {
        const rule = Object.values(ruleset.scores).flatMap(({ rules: own }) =>
          Object.hasOwn(own, contribution.rule) ? [own[contribution.rule]] : [],
        )[0];
        if (!rule) throw new Error(`a contribution of no rule: ${contribution.rule}`);
        const attributes = { lead: engine.attributes(history, now), account: {} };
        expect(sentence(contribution, rule, sent, now, attributes)).not.toMatch(/undefined|NaN|\[object/);
      }
    },
  );
});
