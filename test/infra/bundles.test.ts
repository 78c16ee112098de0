import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Ruleset, rulesetHash } from '../../core/ruleset.ts';
import { readTemplate, type Template } from '../../local/template.ts';
import { assembly } from '../build.ts';
import { functionNames } from './policy.ts';

/** A larger bundle starts later: 350 kB cost about 75 ms, 850 kB about 120. */
const LARGEST_KB = 760;
/** It holds the schemas of all rule files, to check what it makes live, and starts a few times a day. */
const LARGEST_PUBLISH_KB = 1_100;

let template: Template;
beforeAll(async () => {
  template = readTemplate(await assembly(), '2f8d6c1e-0000-4000-8000-000000000000');
});

const folderOf = (name: string): string => {
  const { S3Key } = template.resource(name).properties['Code'] as { S3Key: string };
  return template.asset(S3Key);
};

test('every function is one module, small enough to start fast', () => {
  const kB = functionNames(template).map((name): [string, number] => [
    name,
    readFileSync(join(folderOf(name), 'index.mjs')).length / 1000,
  ]);
  expect(kB.map(([name]) => name).sort()).toEqual([
    'Accounts',
    'Act',
    'Answer',
    'Api',
    'Degrade',
    'Erase',
    'Handoff',
    'Hooks',
    'Ingest',
    'Look',
    'Morning',
    'Notify',
    'Preferences',
    'Publish',
    'Rescore',
    'Score',
    'Send',

    'Start',
    'Webhook',
  ]);
  expect(kB.filter(([name, size]) => size > (name === 'Publish' ? LARGEST_PUBLISH_KB : LARGEST_KB))).toEqual(
    [],
  );
});

test('the ruleset that is published is the one whose name the deploy tells', () => {
  const ruleset = JSON.parse(readFileSync(join(folderOf('Publish'), 'ruleset.json'), 'utf8')) as Ruleset;
  const resource = template.ofType('Custom::Ruleset')[0];
  expect(resource?.properties['Hash']).toBe(rulesetHash(ruleset));
});

test('every journey of the rules has its machine, and the deploy tells of it', () => {
  const { Environment } = template.resource('Start').properties as {
    Environment: { Variables: Record<string, string> };
  };
  const told: unknown = template.ofType('Custom::Ruleset')[0]?.properties['Machines'];
  const machines = JSON.parse(String(told)) as Record<string, string>;
  const { journeys } = JSON.parse(readFileSync(join(folderOf('Publish'), 'ruleset.json'), 'utf8')) as {
    journeys: object;
  };
  expect(Object.keys(machines)).toEqual(Object.keys(journeys));
  expect(template.ofType('AWS::StepFunctions::StateMachine').map(({ arn }) => arn)).toEqual(
    expect.arrayContaining([...Object.values(machines), Environment.Variables['HANDOFF_MACHINE']]),
  );
});
