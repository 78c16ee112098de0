import { pathOf, searchOf } from './page-address.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * One PostHog event as messages of the Segment spec, for `parseMessage` to check. Mostly one message; an event that
 * also sets the person's properties (`$set`) becomes two, the second one's id ending in `:set`.
 * Fields that begin with `$` are PostHog's own (device, library, IP) and stay behind.
 */
export const fromPostHog = (event: unknown): readonly unknown[] => {
  if (!isFields(event) || typeof event.event !== 'string') return [event];
  const properties = isFields(event.properties) ? event.properties : {};
  const person = { ...asFields(properties.$set_once), ...asFields(event.$set), ...asFields(properties.$set) };
  const distinctId = event.distinct_id ?? properties.distinct_id;
  const common = {
    messageId: event.uuid,
    timestamp: event.timestamp,
    ...(isAnonymous(properties, distinctId) ? { anonymousId: distinctId } : { userId: distinctId }),
  };

  switch (event.event) {
    case '$identify':
      return [
        {
          ...common,
          type: 'identify',
          userId: distinctId,
          anonymousId: properties.$anon_distinct_id,
          traits: person,
        },
      ];
    case '$set':
      return [{ ...common, type: 'identify', traits: person }];
    case '$create_alias':
    case '$merge_dangerously':
      return [
        {
          ...common,
          type: 'alias',
          userId: distinctId,
          anonymousId: undefined,
          previousId: properties.alias,
        },
      ];
    case '$groupidentify':
      // Without a person, PostHog makes an id up from the group: that is nobody.
      return [
        {
          ...common,
          ...(isMadeUp(properties, distinctId) ? { userId: undefined, anonymousId: undefined } : {}),
          type: 'group',
          groupId: properties.$group_key,
          traits: asFields(properties.$group_set),
        },
      ];
    default:
      return [{ ...common, ...whatHappened(event.event, properties) }, ...setBeside(common, person)];
  }
};

const whatHappened = (event: string, properties: Fields): Fields => {
  const own = withoutDollars(properties);
  switch (event) {
    case '$pageview': {
      const url = properties.$current_url;
      return {
        type: 'page',
        properties: {
          url,
          path: properties.$pathname ?? pathOf(url),
          search: searchOf(url),
          referrer: properties.$referrer,
          ...own,
        },
      };
    }
    case '$screen':
      return { type: 'screen', properties: { name: properties.$screen_name, ...own } };
    default:
      return { type: 'track', event, properties: own };
  }
};

const setBeside = (common: Fields, person: Fields): readonly unknown[] =>
  Object.keys(person).length === 0
    ? []
    : [
        {
          ...common,
          messageId: typeof common.messageId === 'string' ? `${common.messageId}:set` : undefined,
          type: 'identify',
          traits: person,
        },
      ];

const isMadeUp = ({ $group_type: type, $group_key: key }: Fields, distinctId: unknown): boolean =>
  typeof type === 'string' && typeof key === 'string' && distinctId === `$${type}_${key}`;

/** Browsers give people that nobody named the id of their device. */
const isAnonymous = (properties: Fields, distinctId: unknown): boolean =>
  properties.$is_identified === false ||
  properties.$process_person_profile === false ||
  (distinctId !== undefined && properties.$device_id === distinctId);

const withoutDollars = (properties: Fields): Fields =>
  Object.fromEntries(
    Object.entries(properties).filter(([name]) => !name.startsWith('$') && name !== 'distinct_id'),
  );

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asFields = (value: unknown): Fields => (isFields(value) ? value : {});
