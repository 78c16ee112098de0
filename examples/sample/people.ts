import { type Chance } from './chance.ts';

const GIVEN = (
  'Ada Amara Anders Aiko Beatriz Bilal Carla Chen Clara Daniel Dara Elif Emil Esther Fatima Felix Freja Gaurav Grace ' +
  'Hana Henrik Hugo Ines Isak Ivana Jakub Jonas Julia Kaito Karin Kofi Lars Leila Liam Lucia Magnus Maja Marta Mateo ' +
  'Mei Mikkel Mina Nadia Nils Noor Olga Oskar Paula Pedro Priya Rafael Rania Rosa Samir Sanna Sofia Stefan Tara Thabo ' +
  'Tomas Uma Vera Viktor Wanda Yara Yusuf Zoe'
).split(' ');
const FAMILY = (
  'Abbott Adeyemi Almeida Andersson Banerjee Becker Berg Bianchi Brandt Carvalho Castillo Christensen Dahl Davies Dubois ' +
  'Eriksen Fischer Fontaine Garcia Haddad Hansen Haugen Horvat Ito Jansen Kaya Keller Khan Kowalski Kruger Larsen Lindqvist ' +
  'Lopez Mensah Meyer Moreau Nakamura Nguyen Novak Nyberg Okafor Olsen Osei Patel Pereira Petrov Rahman Rossi Saito Schmidt ' +
  'Sharma Silva Svensson Tanaka Virtanen Wagner Walsh Weber Wong Zhang'
).split(' ');
const STEMS = (
  'Alder Amber Arbor Birch Bright Cedar Clear Copper Crest Delta Ember Fair Fjord Granite Green Harbour Hazel Iron Juniper ' +
  'Kestrel Lake Maple Marble Meadow North Oak Orchard Pine Quarry River Saffron Silver Slate Stone Summit Tide Vale West ' +
  'Willow Wren'
).split(' ');
const TRADES = [
  ['Logistics', 'logistics'],
  ['Foods', 'manufacturing'],
  ['Software', 'software'],
  ['Health', 'healthcare'],
  ['Energy', 'energy'],
  ['Retail', 'retail'],
  ['Engineering', 'manufacturing'],
  ['Media', 'media'],
  ['Finance', 'finance'],
] as const;
const COUNTRIES = ['DK', 'SE', 'NO', 'DE', 'NL', 'GB', 'FR', 'ES', 'PL', 'US', 'CA', 'IN'] as const;

export const DECIDERS = [
  'CTO',
  'COO',
  'VP Operations',
  'VP Engineering',
  'Head of Planning',
  'Director of IT',
] as const;
export const DOERS = [
  'Operations Manager',
  'Project Manager',
  'Data Analyst',
  'Team Lead',
  'IT Specialist',
] as const;

export interface Company {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly industry: string;
  readonly employees: number;
  readonly country: string;
}

export interface Person {
  readonly userId: string;
  readonly anonymousId: string;
  readonly name: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
}

/** Companies with different names; the sizes run from a handful of people to some thousands. */
export function companies(chance: Chance, count: number): Company[] {
  const made = new Map<string, Company>();
  while (made.size < count) {
    const [trade, industry] = chance.pick(TRADES);
    const stem = chance.pick(STEMS);
    const domain = `${stem}${trade}`.toLowerCase() + '.example';
    const employees = Math.round(10 ** (0.8 + chance.next() * 2.6));
    if (!made.has(domain))
      made.set(domain, {
        id: domain.split('.')[0] ?? domain,
        name: `${stem} ${trade}`,
        domain,
        industry,
        employees,
        country: chance.pick(COUNTRIES),
      });
  }
  return [...made.values()];
}

/** People with different names, so that one can be told from another in a list. */
export function namer(chance: Chance): (domain: string) => Person {
  const taken = new Set<string>();
  return (domain) => {
    for (;;) {
      const firstName = chance.pick(GIVEN);
      const lastName = chance.pick(FAMILY);
      const name = `${firstName} ${lastName}`;
      if (taken.has(name)) continue;
      taken.add(name);
      const number = String(taken.size).padStart(4, '0');
      const email = `${firstName}.${lastName}@${domain}`.toLowerCase();
      return { userId: `user-${number}`, anonymousId: `visitor-${number}`, name, firstName, lastName, email };
    }
  };
}
