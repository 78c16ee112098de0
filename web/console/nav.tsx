import { useLayoutEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';

/** The pages that have a place in the menu, and which addresses stand under each. */
const PLACES: readonly (readonly [href: string, name: string, under: RegExp])[] = [
  ['/', 'Leads', /^\/($|leads\/)/],
  ['/accounts', 'Accounts', /^\/accounts/],
  ['/handoffs', 'Handoffs', /^\/handoffs/],
  ['/report', 'Report', /^\/report/],
  ['/journeys', 'Journeys', /^\/journeys/],
  ['/mails', 'Mails', /^\/mails/],
  ['/rules', 'Rules', /^\/rules/],
  ['/mailbox', 'Mailbox', /^\/mailbox/],
  ['/quarantine', 'Quarantine', /^\/quarantine/],
];

export function Nav() {
  const { path } = useLocation();
  const places = useRef<HTMLElement>(null);
  // On a phone the menu is wider than the screen: where one is stays in sight.
  useLayoutEffect(() => {
    places.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [path]);
  return (
    <header class="top">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <a class="brand" href="/">
        <img src="/flame.svg" alt="" width="24" height="24" /> Kindling
      </a>
      <nav aria-label="Pages" ref={places}>
        {PLACES.map(([href, name, under]) => (
          <a key={href} href={href} aria-current={under.test(path) ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
    </header>
  );
}
