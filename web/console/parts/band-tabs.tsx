import { bandClass, type BandStep } from './band.tsx';

interface Counted extends BandStep {
  readonly count: number;
  readonly more: boolean;
}

/** The bands with how many stand in each, highest first; each leads to its list. */
export const BandTabs = ({
  among,
  chosen,
  href,
}: {
  among: readonly Counted[];
  chosen: string;
  href: (band: string) => string;
}) => (
  <nav aria-label="Bands">
    <ul class="bands">
      {among.toReversed().map((each) => (
        <li key={each.name}>
          <a
            class={bandClass(each.name, among)}
            href={href(each.name)}
            aria-current={each.name === chosen ? 'page' : undefined}
          >
            <b>
              {each.count}
              {each.more ? '+' : ''}
            </b>
            <span>{each.name}</span>
            <small>from {each.enter}</small>
          </a>
        </li>
      ))}
    </ul>
  </nav>
);
