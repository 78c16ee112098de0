import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Agenda } from './agenda.ts';
import { openArchive, type Archive } from './bus/archive.ts';
import { ACCOUNT, entriesOf, eventOf, faultOf, REGION, type BusEvent, type Fault } from './bus/entry.ts';
import { compileRule, type Rule, type Target } from './bus/rule.ts';
import { startEndpoint } from './endpoint.ts';
import { openJournal } from './journal.ts';
import { AwsError, type BusEntry, type Principal, type StartBus } from './service.ts';

/** A delivery that still has to happen. */
interface Delivery {
  readonly id: string;
  readonly rule: string;
  readonly target: string;
  readonly event: string;
  /** When it was first due, by the clock, in ms. */
  readonly since: number;
  readonly attempts: number;
}

type DeliveryRecord = { readonly due: Delivery } | { readonly done: string };

const DEFAULT_BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
/** A bus that forwards to a bus that forwards …: EventBridge stops too, though it names no number. */
const MAX_HOPS = 5;

/**
 * EventBridge. An event is with every queue that it is for before PutEvents answers, so that nothing accepted is
 * in memory alone; what goes to functions, or is refused by its target, waits in a journal and is tried again.
 */
export const startBus: StartBus = async ({
  dir,
  clock,
  access,
  changed,
  log,
  resources,
  deliver: handTo,
}) => {
  const buses = new Map<string, { rules: Rule[]; archives: Archive[] }>([
    [DEFAULT_BUS, { rules: [], archives: [] }],
  ]);
  const names = new Map([['default', DEFAULT_BUS]]);
  for (const bus of resources.filter(({ type }) => type === 'AWS::Events::EventBus')) {
    buses.set(bus.arn, { rules: [], archives: [] });
    names.set(bus.name, bus.arn);
  }
  const arnOf = (bus: string): string => {
    const arn = names.get(bus) ?? bus;
    if (!buses.has(arn)) throw new AwsError('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
    return arn;
  };
  const rules = new Map<string, Rule>();
  for (const resource of resources)
    switch (resource.type) {
      case 'AWS::Events::Rule': {
        const rule = compileRule(resource);
        if (!rule) break;
        for (const target of rule.targets) if (target.kind === 'bus') arnOf(target.arn);
        rules.set(rule.arn, rule);
        buses.get(arnOf(rule.bus))!.rules.push(rule);
        break;
      }
      case 'AWS::Events::Archive':
        buses
          .get(arnOf(String(resource.properties['SourceArn'])))!
          .archives.push(openArchive(resource, join(dir, resource.name), clock));
        break;
      case 'AWS::Events::EventBus':
        break;
      default:
        throw new Error(`${resource.logicalId}: the bus knows no ${resource.type}`);
    }

  const waiting = new Map<string, Delivery>();
  const agenda = new Agenda();
  const underWay = new Set<string>();
  let stopped = false;
  const journal = openJournal<DeliveryRecord>(
    join(dir, 'deliveries.ndjson'),
    (record) => {
      if ('due' in record) waiting.set(record.due.id, record.due);
      else waiting.delete(record.done);
    },
    function* () {
      for (const due of waiting.values()) yield { due };
    },
  );

  const hand = (rule: Rule, target: Target, json: string): Promise<void> => {
    const body = target.input ?? json;
    return handTo(
      target.arn,
      target.kind === 'queue' ? body : (JSON.parse(body) as unknown),
      principalOf(rule, target),
      target.messageGroupId === undefined ? undefined : { messageGroupId: target.messageGroupId },
    );
  };

  const settle = (delivery: Delivery): void => {
    waiting.delete(delivery.id);
    journal.append({ done: delivery.id });
  };

  const attempt = async (id: string): Promise<void> => {
    const delivery = waiting.get(id);
    if (!delivery || underWay.has(id)) return;
    const rule = rules.get(delivery.rule);
    const target = rule?.targets.find((one) => one.id === delivery.target);
    if (!rule || !target) return settle(delivery);
    underWay.add(id);
    try {
      await hand(rule, target, delivery.event);
      if (!stopped) settle(delivery);
    } catch (error) {
      if (!stopped) await failed(delivery, rule, target, error);
    } finally {
      underWay.delete(id);
      changed();
    }
  };

  /** As EventBridge: again with growing pauses until tries or age run out, then to the dead-letter queue. */
  const failed = async (delivery: Delivery, rule: Rule, target: Target, error: unknown): Promise<void> => {
    const again: Delivery = { ...delivery, attempts: delivery.attempts + 1 };
    const at = clock.now() + Math.min(1_000 * 2 ** delivery.attempts, 300_000);
    const final = error instanceof AwsError && error.code === 'AccessDeniedException';
    if (!final && again.attempts <= target.maxAttempts && at - delivery.since <= target.maxAgeMs) {
      waiting.set(again.id, again);
      journal.append({ due: again });
      agenda.set(again.id, at);
      return;
    }
    log(`bus: ${rule.name} could not reach ${target.arn}: ${messageOf(error)}`);
    if (target.deadLetter !== undefined)
      await handTo(target.deadLetter, delivery.event, principalOf(rule, target), {
        attributes: {
          RULE_ARN: rule.arn,
          TARGET_ARN: target.arn,
          ERROR_CODE: error instanceof AwsError ? error.code : 'INTERNAL_ERROR',
          ERROR_MESSAGE: messageOf(error),
        },
      }).catch((lost: unknown) => log(`bus: an event is lost: ${messageOf(lost)}`));
    settle(delivery);
  };

  const later = (rule: Rule, target: Target, event: string): void => {
    const due: Delivery = {
      id: randomUUID(),
      rule: rule.arn,
      target: target.id,
      event,
      since: clock.now(),
      attempts: 0,
    };
    waiting.set(due.id, due);
    journal.append({ due });
    void attempt(due.id);
    changed();
  };

  const route = async (busArn: string, event: BusEvent, hops: number): Promise<void> => {
    const bus = buses.get(busArn)!;
    for (const archive of bus.archives) archive.take(event.value, event.json);
    for (const rule of bus.rules) {
      if (!rule.matches(event.value)) continue;
      for (const target of rule.targets) {
        switch (target.kind) {
          case 'queue':
            // Straight to the queue's own disk; only when it refuses does the event wait here.
            await hand(rule, target, event.json).catch(() => later(rule, target, event.json));
            break;
          case 'bus':
            if (hops < MAX_HOPS) await forward(rule, target, event, hops);
            else log(`bus: ${rule.name} forwards in a circle`);
            break;
          case 'other':
            later(rule, target, event.json);
            break;
          default:
            target.kind satisfies never;
        }
      }
    }
  };

  const forward = async (rule: Rule, target: Target, event: BusEvent, hops: number): Promise<void> => {
    try {
      access.allow(principalOf(rule, target), 'events:PutEvents', target.arn);
    } catch (error) {
      return log(`bus: ${rule.name} may not forward: ${messageOf(error)}`);
    }
    await route(arnOf(target.arn), event, hops + 1);
  };

  const put = async (bus: string, entries: readonly BusEntry[]): Promise<void> => {
    const arn = arnOf(bus);
    for (const entry of entries) await route(arn, eventOf(entry, clock.now(), randomUUID()), 0);
  };

  const putEvents = async (entries: readonly BusEntry[], principal: Principal) => {
    const arns = entries.map((entry) => names.get(entry.EventBusName ?? 'default') ?? entry.EventBusName!);
    for (const arn of new Set(arns)) access.allow(principal, 'events:PutEvents', arn);
    const results = [];
    for (const [at, entry] of entries.entries()) {
      const fault = faultOf(entry) ?? (buses.has(arns[at]!) ? null : unknownBus(arns[at]!));
      if (fault) {
        results.push(fault);
        continue;
      }
      const id = randomUUID();
      await route(arns[at]!, eventOf(entry, clock.now(), id), 0);
      results.push({ EventId: id });
    }
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  };

  const endpoint = await startEndpoint('application/x-amz-json-1.1', async ({ operation, headers, body }) => {
    const principal = access.identify(headers);
    if (operation !== 'PutEvents')
      throw new AwsError(
        'UnknownOperationException',
        `The local bus has no ${operation || 'such operation'}.`,
      );
    return { body: JSON.stringify(await putEvents(entriesOf(body), principal)) };
  });

  for (const id of waiting.keys()) void attempt(id);

  return {
    name: 'bus',
    endpoint: endpoint.url,
    put,
    nextDue: () => agenda.next(),
    runDue: (now) => {
      for (let id = agenda.take(now); id !== null; id = agenda.take(now)) void attempt(id);
      changed();
    },
    busy: () => underWay.size > 0,
    stop: async () => {
      stopped = true;
      await endpoint.stop();
      journal.close();
    },
  };
};

const principalOf = (rule: Rule, target: Target): Principal =>
  target.roleArn === undefined
    ? { kind: 'service', service: 'events.amazonaws.com', sourceArn: rule.arn }
    : { kind: 'role', roleArn: target.roleArn };

const unknownBus = (bus: string): Fault => ({
  ErrorCode: 'ResourceNotFoundException',
  ErrorMessage: `Event bus ${bus} does not exist.`,
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
