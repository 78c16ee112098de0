import { needsDeploy } from '../../core/publish/deployed.ts';
import type { Publication, Terms } from '../../core/publish/origin.ts';
import { rulesetProblems } from '../../core/publish/sound.ts';
import type { Ruleset } from '../../core/ruleset.ts';
import { liveKey } from '../aws/keys.ts';
import { publicationItem, type Published } from '../aws/published.ts';
import { NEW, type Table } from '../aws/table.ts';
import { Conflict, Invalid } from '../errors.ts';
import { log } from '../log.ts';
import { readWhole } from './parts.ts';

export interface SwitchPorts {
  readonly table: Table;
  readonly published: Published;
  /** What the stack was deployed with. */
  readonly deployed: () => Promise<Ruleset>;
  /** Has all leads brought to a ruleset that went live. Asking twice is as asking once. */
  readonly startRescore: (publication: Publication) => Promise<void>;
  /** UTC milliseconds. */
  readonly now: () => number;
}

export interface Wanted {
  readonly hash: string;
  /** Only if this is what is live. */
  readonly base?: string;
  readonly commit: string | null;
  readonly by: string | null;
  readonly terms: Terms;
}

const TRIES = 5;

/**
 * Makes a published ruleset live by one conditional write, and has the leads brought to it. Before that everything that
 * could be wrong with it is looked at, here, where nobody can leave it out: whether all its parts are there and are
 * what its name says, whether they are sound, whether what it needs in AWS is deployed.
 */
export const switchTo = async (ports: SwitchPorts, wanted: Wanted): Promise<Publication> => {
  const { table, published, now } = ports;
  const { hash, base, commit, by, terms } = wanted;
  let checked = false;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const live = await published.live();
    if (base !== undefined && live?.hash !== base && live?.hash !== hash) throw stale(base, live);
    if (live?.hash === hash) {
      // Whoever made it live may have stopped before these.
      await published.note(live);
      if (live.epoch > 1) await ports.startRescore(live);
      return live;
    }
    if (!checked) await check(ports, hash);
    checked = true;
    if (live !== null) await published.note(live);
    const at = Math.max(now(), (live?.at ?? 0) + 1);
    const next: Publication = { hash, epoch: (live?.epoch ?? 0) + 1, at, commit, by, terms };
    if (!(await table.put({ ...liveKey, ...publicationItem(next) }, unless(live)))) continue;
    log.info('a ruleset is live', { hash, epoch: next.epoch });
    await published.note(next);
    // The first one has no leads to be brought to it.
    if (next.epoch > 1) await ports.startRescore(next);
    return next;
  }
  throw new Conflict('another ruleset was published at the same time; look at what is live, and try again');
};

/** Nothing has been switched since it was read. */
const unless = (live: Publication | null) =>
  live === null
    ? NEW
    : { expression: '#epoch = :epoch', names: { '#epoch': 'epoch' }, values: { ':epoch': live.epoch } };

const stale = (base: string, live: Publication | null): Conflict =>
  new Conflict(
    `the plan was made against ruleset ${base}, and ${live === null ? 'nothing' : live.hash} is live` +
      `${live === null ? '' : ` since ${new Date(live.at).toISOString()}`}; make a new plan`,
  );

const check = async (ports: SwitchPorts, hash: string): Promise<void> => {
  const ruleset = await readWhole(ports.table, hash);
  const problems = rulesetProblems(ruleset, hash);
  if (problems.length > 0) throw new Invalid(`ruleset ${hash} is broken: ${problems.slice(0, 5).join('; ')}`);
  const reasons = needsDeploy(await ports.deployed(), ruleset);
  if (reasons.length > 0)
    throw new Invalid(
      `${reasons.join(', ')}: that is made of resources in AWS, which publishing does not touch. ` +
        'Deploy the stack with these rules, which publishes them, too: npx cdk deploy ' +
        '(on one machine: stop the product, and start it with these rules)',
    );
};
