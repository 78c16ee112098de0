import { describe, expect, test } from 'vitest';
import { withoutLinks } from '../../../core/mail/said.ts';
import { journeyVariables } from '../../../core/mail/variables.ts';

const SENDER = { email: 'hello@lantern.example' };
const LINKS = { unsubscribe: 'https://a.example/u/x', preferences: 'https://a.example/u/y' };

/** Anybody may give somebody else's address with a name of their choice. */
describe('a mail says of its reader', () => {
  test.each([
    'You won! https://evil.example/now',
    'https://evil.example',
    'http://evil.example',
    'Claim it at www.evil.example',
    'evil.example/claim',
    'Отпишитесь тут: ёжик.рф.com/x',
    'HTTPS://EVIL.EXAMPLE',
  ])('no link that stands in a name: %s', (name) => {
    const lead = { firstName: name, lastName: name, name, company: { name }, title: name, job_title: name };
    const said = JSON.stringify(journeyVariables({ lead, account: { name } }, SENDER, LINKS));
    expect(said).not.toContain('evil');
    expect(said).not.toContain('рф');
  });

  test('none among the words of anything else', () => {
    expect(
      withoutLinks({ note: 'Log in at https://evil.example', tags: ['a', 'see www.evil.example now'] }),
    ).toEqual({
      tags: ['a'],
    });
  });

  test('what people and companies are called, whatever dots are in it', () => {
    const lead = {
      ...{ firstName: 'Dr. Signe', lastName: 'Ø. Berg-Nielsen', title: 'V.P./R&D', city: 'St. Gallen/SG' },
      ...{ company: 'Booking.com', username: 'signe.berg', website: 'https://polar.example/about' },
      ...{
        avatar: 'https://cdn.example/a b.png'.replace(' ', '%20'),
        age: 40,
        consent: [{ purpose: 'nurture' }],
      },
    };
    expect(withoutLinks(lead)).toEqual(lead);
    expect(journeyVariables({ lead, account: {} }, SENDER, LINKS)['lead']).toMatchObject({
      name: 'Dr. Signe Ø. Berg-Nielsen',
    });
  });

  test('a name no longer than one', () => {
    const letter = 'Dear customer, call this number and tell us your password. '.repeat(20);
    expect(withoutLinks({ firstName: letter })).toEqual({ firstName: `${letter.slice(0, 79).trimEnd()}…` });
  });
});
