import { afterEach, describe, expect, test } from 'vitest';
import { readTemplate, type Outcomes } from '../../local/template.ts';
import { get, ref, writeStack, type Parts, type Stack } from './stack.ts';

let stack: Stack | undefined;
afterEach(() => stack?.remove());

const read = (parts: Parts, outcomes?: Outcomes) => {
  stack = writeStack(parts, { code: { 'index.mjs': '' } });
  return readTemplate(stack, 'id', outcomes);
};
/** What a value in a template comes to. */
const value = (given: unknown, parts: Partial<Parts> = {}): unknown =>
  read({
    ...parts,
    Resources: {
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop', Tags: given } },
      ...parts.Resources,
    },
  }).resource('Bus').properties.Tags;
const topic = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } };

describe('intrinsic functions', () => {
  test('Ref names resources, parameters and what AWS knows by itself', () => {
    const parts = { Parameters: { Size: { Type: 'Number', Default: 3 } }, Resources: { Topic: topic } };
    expect(value([ref('Topic'), ref('Size'), ref('AWS::Region'), ref('AWS::AccountId')], parts)).toEqual([
      'arn:aws:sns:us-east-1:000000000000:news',
      3,
      'us-east-1',
      '000000000000',
    ]);
  });

  test('AWS::NoValue takes a property away', () => {
    expect(value({ a: 1, b: ref('AWS::NoValue'), c: [ref('AWS::NoValue'), 2] })).toEqual({ a: 1, c: [2] });
  });

  test('Fn::GetAtt takes a list or a dotted name', () => {
    const parts = { Resources: { Topic: topic } };
    expect(value(get('Topic', 'TopicName'), parts)).toBe('news');
    expect(value({ 'Fn::GetAtt': 'Topic.TopicName' }, parts)).toBe('news');
    expect(() => value(get('Topic', 'Colour'), parts)).toThrow(
      'Topic (AWS::SNS::Topic) has no attribute Colour',
    );
  });

  test('Fn::Join, Fn::Split and Fn::Select nest', () => {
    const path = { 'Fn::Join': ['/', ['a', { 'Fn::Join': ['', ['b', 'c']] }, 'd']] };
    expect(value(path)).toBe('a/bc/d');
    expect(value({ 'Fn::Select': [1, { 'Fn::Split': ['/', path] }] })).toBe('bc');
    expect(() => value({ 'Fn::Select': [7, ['x']] })).toThrow('there is no element 7');
  });

  test('Fn::Sub fills in names, attributes and its own values, and leaves ${!literals}', () => {
    const parts = { Resources: { Topic: topic } };
    const text = '${AWS::Region} ${Topic.TopicName} ${own} ${!kept}';
    expect(value({ 'Fn::Sub': [text, { own: ref('AWS::Partition') }] }, parts)).toBe(
      'us-east-1 news aws ${kept}',
    );
    expect(value({ 'Fn::Sub': 'plain' })).toBe('plain');
  });

  test('Fn::If follows conditions, which join and turn round', () => {
    const Conditions = {
      Local: { 'Fn::Equals': [ref('AWS::AccountId'), '000000000000'] },
      Never: { 'Fn::Not': [{ Condition: 'Local' }] },
      Both: { 'Fn::And': [{ Condition: 'Local' }, { Condition: 'Never' }] },
      Either: { 'Fn::Or': [{ Condition: 'Local' }, { Condition: 'Never' }] },
    };
    const choose = (name: string) => value({ 'Fn::If': [name, 'yes', 'no'] }, { Conditions });
    expect(['Local', 'Never', 'Both', 'Either'].map(choose)).toEqual(['yes', 'no', 'no', 'yes']);
  });

  test('Fn::FindInMap and Fn::Base64', () => {
    expect(value({ 'Fn::FindInMap': ['M', 'a', 'b'] }, { Mappings: { M: { a: { b: 7 } } } })).toBe(7);
    expect(value({ 'Fn::Base64': 'hi' })).toBe('aGk=');
  });

  test('what cannot be known on one machine is refused by name', () => {
    expect(() => value({ 'Fn::ImportValue': 'x' })).toThrow('values of other stacks');
    expect(() => value({ 'Fn::GetAZs': '' })).toThrow('Fn::GetAZs is not known');
    expect(() => value('{{resolve:ssm:x}}')).toThrow('dynamic references');
    expect(() => value(ref('Nobody'))).toThrow('no resource or parameter Nobody');
  });
});

describe('a template', () => {
  test("stands CDK's bootstrap version, and wants a default of every other parameter", () => {
    const Parameters = {
      BootstrapVersion: {
        Type: 'AWS::SSM::Parameter::Value<String>',
        Default: '/cdk-bootstrap/hnb659fds/version',
      },
    };
    expect(value(ref('BootstrapVersion'), { Parameters })).toBe('99');
    expect(() => value(ref('P'), { Parameters: { P: { Type: 'String' } } })).toThrow('a default is needed');
    expect(() =>
      value(ref('P'), {
        Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/mine' } },
      }),
    ).toThrow('no parameter store');
  });

  test('a resource type that nobody knows is an error', () => {
    expect(() => read({ Resources: { Cache: { Type: 'AWS::ElastiCache::CacheCluster' } } })).toThrow(
      'Resources/Cache: type AWS::ElastiCache::CacheCluster is not known to the local runtime',
    );
  });

  test('a resource whose condition does not hold is not there', () => {
    const template = read({
      Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { Topic: { ...topic, Condition: 'No' } },
      Outputs: { T: { Value: ref('Topic'), Condition: 'No' } },
    });
    expect(template.ids).toEqual([]);
    expect(template.outputs()).toEqual({});
    expect(() => template.resource('Topic')).toThrow('condition No does not hold');
  });

  test('names a resource as AWS would, the same at every start', () => {
    const Resources = {
      Fn: { Type: 'AWS::Lambda::Function' },
      Queue: { Type: 'AWS::SQS::Queue' },
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop' } },
      Rule: { Type: 'AWS::Events::Rule', Properties: { EventBusName: ref('Bus') } },
      Tick: { Type: 'AWS::Scheduler::Schedule' },
    };
    const names = () => read({ Resources }).ids.map((id) => read({ Resources }).resource(id).arn);
    expect(names()).toEqual([
      'arn:aws:lambda:us-east-1:000000000000:function:Kindling-Fn',
      'arn:aws:sqs:us-east-1:000000000000:Kindling-Queue',
      'arn:aws:events:us-east-1:000000000000:event-bus/shop',
      'arn:aws:events:us-east-1:000000000000:rule/shop/Kindling-Rule',
      'arn:aws:scheduler:us-east-1:000000000000:schedule/default/Kindling-Tick',
    ]);
    expect(names()).toEqual(names());
  });

  test('custom resources are ordered by what they name, and give their data to others', () => {
    const Resources = {
      Second: { Type: 'Custom::Two', Properties: { first: get('First', 'colour') } },
      First: { Type: 'Custom::One' },
    };
    expect(read({ Resources }).customs()).toEqual(['First', 'Second']);
    expect(() => read({ Resources }).resource('Second')).toThrow('First is named before it is there');
    const deployed = read({ Resources }, (id) =>
      id === 'First' ? { physicalId: 'x', data: { colour: 'red' } } : undefined,
    );
    expect(deployed.resource('Second').properties).toEqual({ first: 'red' });
  });

  test('finds assets by the key they are uploaded under', () => {
    const template = read({ Resources: {} });
    expect(template.asset('code.zip')).toMatch(/asset\.code$/);
    expect(() => template.asset('other.zip')).toThrow('has no asset other.zip');
  });
});
