import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Journey } from '../../core/schema/journey.ts';
import { readTemplate, type Template } from '../../local/template.ts';
import { permissionsOf } from './policy.ts';
import { removeStubs, RULES, synthesizeStub } from './stub.ts';

/** What CloudFormation, IAM and Lambda take. */
const LIMITS = { resources: 500, template: 1_000_000, inline: 10_240, managed: 6_144, policies: 10 };
const JOURNEYS = 200;

let template: Template;
let text: string;
let raw: Readonly<Record<string, { Type: string; Properties: Readonly<Record<string, unknown>> }>>;
beforeAll(async () => {
  const journeys = Object.fromEntries(
    Array.from({ length: JOURNEYS }, (_, n): [string, Journey] => {
      const journey = `after-the-fair-of-${String(n).padStart(3, '0')}`;
      const steps = [{ send: 'hello' }, { wait: '2d' }, { send: 'hello' }, { wait: '3d' }, { send: 'hello' }];
      return [journey, { journey, start: { band: 'warm' }, stop: [{ event: 'Demo Booked' }], steps }];
    }),
  );
  const files = await synthesizeStub({ ...RULES, journeys });
  text = readFileSync(files.template, 'utf8');
  raw = (JSON.parse(text) as { Resources: typeof raw }).Resources;
  template = readTemplate(files, '2f8d6c1e-0000-4000-8000-000000000000');
}, 120_000);
afterAll(removeStubs);

const machines = (): readonly string[] =>
  template
    .ofType('AWS::StepFunctions::StateMachine')
    .filter(({ logicalId }) => /^(Journey|HandoffMachine)/.test(logicalId))
    .map(({ arn }) => arn);

describe(`${JOURNEYS} journeys`, () => {
  test('fit one stack', () => {
    expect(Object.keys(raw).length).toBeLessThanOrEqual(LIMITS.resources);
    expect(text.length).toBeLessThanOrEqual(LIMITS.template);
  });

  test('are started by a function that may start each of them, and nothing else', () => {
    const allowed = permissionsOf(template, 'Start').filter(({ action }) => action.startsWith('states:'));
    expect(allowed.map(({ action }) => action)).toEqual(allowed.map(() => 'states:StartExecution'));
    expect(machines()).toHaveLength(JOURNEYS + 1);
    expect(allowed.map(({ resource }) => resource).sort()).toEqual(machines().toSorted());
  });

  test('leave every policy and every environment within what AWS takes', () => {
    const sizeOf = (value: unknown): number => JSON.stringify(value).length;
    const perRole = new Map<string, { inline: number; managed: number }>();
    for (const policy of template.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')) {
      const size = sizeOf(policy.properties['PolicyDocument']);
      const isManaged = policy.type === 'AWS::IAM::ManagedPolicy';
      if (isManaged) expect(size).toBeLessThanOrEqual(LIMITS.managed);
      for (const role of policy.properties['Roles'] as string[]) {
        const { inline, managed } = perRole.get(role) ?? { inline: 0, managed: 0 };
        perRole.set(role, isManaged ? { inline, managed: managed + 1 } : { inline: inline + size, managed });
      }
    }
    for (const { inline, managed } of perRole.values()) {
      expect(inline).toBeLessThanOrEqual(LIMITS.inline);
      expect(managed).toBeLessThanOrEqual(LIMITS.policies);
    }
    for (const { properties } of template.ofType('AWS::Lambda::Function'))
      expect(sizeOf(properties['Environment'] ?? {})).toBeLessThan(4_096);
  });

  test('are told to the product at the deploy, each with its machine', () => {
    const told = JSON.stringify(
      Object.values(raw).find(({ Type }) => Type === 'Custom::Ruleset')?.Properties['Machines'],
    );
    for (let n = 0; n < JOURNEYS; n += 1)
      expect(told).toContain(`"JourneyAfterTheFairOf${String(n).padStart(3, '0')}"`);
  });

  test('sound an alarm that names them where one fails', () => {
    const alarms = template.ofType('AWS::CloudWatch::Alarm').map(({ properties }) => properties);
    const metrics = JSON.stringify(alarms);
    for (const arn of machines()) expect(metrics).toContain(arn);
    for (let n = 0; n < JOURNEYS; n += 1)
      expect(alarms.map((alarm) => String(alarm['AlarmDescription']))).toContainEqual(
        expect.stringContaining(`after-the-fair-of-${String(n).padStart(3, '0')}`),
      );
  });
});
