import type { Progress } from '../../../core/publish/progress.ts';
import type { RulesetList } from '../../../core/view/ruleset.ts';
import { getRescore, listRulesets } from '../api.ts';
import { bands, refreshBands } from '../parts/band.tsx';
import { Facts } from '../parts/facts.tsx';
import { useEffect } from 'preact/hooks';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { dateTime, signedWhole } from '../words.ts';

/** A commit as people name it. */
const short = (commit: string): string =>
  commit.endsWith('+') ? `${commit.slice(0, 8)}, with changes not committed` : commit.slice(0, 8);

const limit = (most: number | null): string =>
  most === null ? 'no limit' : most === 0 ? 'none' : `at most ${most}`;

const STATES: Readonly<Record<Progress['state'], string>> = {
  none: 'These are the first rules: there was nobody to bring to them.',
  waiting: 'Waiting until nobody scores by the rules before any more; then all leads are scored again.',
  running:
    'All leads are being scored again by these rules; what happens meanwhile is scored by them at once.',
  done: 'All leads have been scored by these rules.',
};

function Moved({ before, after }: { before: Record<string, number>; after: Record<string, number> }) {
  const names = [
    ...new Set([...bands.value.map(({ name }) => name), ...Object.keys({ ...before, ...after })]),
  ];
  return (
    <table class="list figures">
      <thead>
        <tr>
          <th scope="col">Band</th>
          <th scope="col" class="number">
            Before
          </th>
          <th scope="col" class="number">
            After
          </th>
          <th scope="col" class="number">
            Change
          </th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{before[name] ?? 0}</td>
            <td class="number">{after[name] ?? 0}</td>
            <td class="number">{signedWhole((after[name] ?? 0) - (before[name] ?? 0))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Rescore({ progress }: { progress: Progress }) {
  const { state, segments, segmentsDone, looked, changed, qualified, failed, terms, started, startsAt } =
    progress;
  const of = Object.values(progress.before ?? {}).reduce((sum, leads) => sum + leads, 0);
  const limited = terms.handoffs !== null || terms.mails !== null;
  return (
    <section class="card">
      <h2>Bringing all leads to the live rules</h2>
      <p role="status">{STATES[state]}</p>
      {state === 'waiting' && startsAt !== null && <p class="muted">It begins at {dateTime(startsAt)}.</p>}
      {state === 'running' && (
        <label class="progress">
          {of > 0 ? `${looked} of ${of} leads` : `${segmentsDone} of ${segments} parts of the table`}
          <progress
            value={of > 0 ? Math.min(looked, of) : segmentsDone}
            max={Math.max(1, of > 0 ? of : segments)}
          />
        </label>
      )}
      {state !== 'none' && (
        <Facts
          of={[
            ['Looked at', String(looked)],
            ['Changed', String(changed)],
            ['Became qualified', String(qualified)],
            ['Could not be scored', failed === 0 ? null : String(failed)],
            ['Done', progress.finishedAt === null ? null : dateTime(progress.finishedAt)],
          ]}
        />
      )}
      {limited && (
        <p>
          What it may start by itself: handoffs, {limit(terms.handoffs)}
          {started.handoffs === null ? '' : ` (${started.handoffs} so far)`}; journeys, {limit(terms.mails)}
          {started.mails === null ? '' : ` (${started.mails} so far)`}.
        </p>
      )}
      {progress.before && progress.after && (
        <Moved before={{ ...progress.before }} after={{ ...progress.after }} />
      )}
    </section>
  );
}

function Rulesets({ list: { published, challenger } }: { list: RulesetList }) {
  return (
    <>
      {challenger && (
        <section class="card">
          <h2>Challenger</h2>
          <p>
            <code>{challenger.hash}</code> scores beside the live rules since {dateTime(challenger.at)} and
            changes nothing
            {challenger.commit === null ? '' : `; from ${short(challenger.commit)}`}
            {challenger.by === null ? '' : `, by ${challenger.by}`}. <code>kindling compare</code> reports.
          </p>
        </section>
      )}
      <section class="whole">
        <h2>What was live</h2>
        <div class="scroll" tabIndex={0} role="region" aria-label="What was live">
          <table class="list">
            <thead>
              <tr>
                <th scope="col">Since</th>
                <th scope="col">Ruleset</th>
                <th scope="col">From commit</th>
                <th scope="col">By</th>
                <th scope="col">Handoffs by the change</th>
                <th scope="col">Journeys by the change</th>
              </tr>
            </thead>
            <tbody>
              {published.map((each, n) => (
                <tr key={each.epoch}>
                  <th scope="row">
                    {dateTime(each.at)} {n === 0 && <span class="pill qualified">live</span>}
                  </th>
                  <td>
                    <code>{each.hash}</code>
                  </td>
                  <td>{each.commit === null ? '' : short(each.commit)}</td>
                  <td>{each.by}</td>
                  <td>{limit(each.terms.handoffs)}</td>
                  <td>{limit(each.terms.mails)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p class="muted">
          Rules change by pull request: <code>kindling plan</code> says what a change does before it does it,
          and <code>kindling rollback</code> goes back to the rules before.
        </p>
      </section>
    </>
  );
}

/** Which rules are live, how far all leads have been brought to them, and what was live before. */
export default function RulesPage() {
  useTitle('Rules');
  useEffect(() => void refreshBands(), []);
  const progress = useResource('rescore', getRescore, 3_000);
  const rulesets = useResource('rulesets', listRulesets, 15_000);
  return (
    <div class="page stack">
      <h1>Rules</h1>
      <Shown of={progress}>{(now) => <Rescore progress={now} />}</Shown>
      <Shown of={rulesets}>{(list) => <Rulesets list={list} />}</Shown>
    </div>
  );
}
