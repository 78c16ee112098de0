/** What one types, and what for. */
export type Example = readonly [line: string, what: string];

/** The ways in which each command is used most, for its `--help`; tests hold every option of them against the command. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  start: [
    ['kindling start', 'with the shipped rules and the sample'],
    [
      'kindling start --rules my-rules --data /tmp/try --no-demo --port 4701',
      'a second one, empty, beside it',
    ],
  ],
  check: [
    ['kindling check', 'the folder rules/'],
    ['kindling check --rules my-rules --events last-month.ndjson', 'and which rules a history never matched'],
    ['kindling check --base main', 'and what leads on their way through journeys would miss'],
    ['kindling check --data .kindling', 'and how many of them, as the running product knows'],
  ],
  score: [
    ['kindling score --events examples/events.ndjson.gz', 'as of now'],
    ['kindling score --rules my-rules --events - --at 2026-03-31 --json', 'standard input, for programs'],
  ],
  plan: [
    ['kindling plan', 'the working tree against what is committed'],
    [
      'kindling plan --base main --head rules --history table --table NAME',
      'over the leads of a deployed stack',
    ],
    ['kindling plan --format json > plan.json', 'for kindling deploy --plan plan.json'],
  ],
  history: [
    ['kindling history pull', 'of the product on this machine'],
    ['kindling history pull --table NAME --sample 10%', 'a tenth of the leads of a deployed stack'],
  ],
  import: [
    ['kindling import hubspot score.json --into my-rules', ''],
    ['kindling import mautic points.json', ''],
  ],
  explain: [
    ['kindling explain ada@difference.example', ''],
    ['kindling explain ada --at 2026-03-03', 'what it was then, by the rules of then'],
  ],
  journey: [['kindling journey draw warm-up > warm-up.svg', '']],
  adjust: [
    ['kindling adjust kim@example.com --score intent --points 10 --why "Met at the fair"', ''],
    ['kindling adjust kim@example.com --score intent --points=-5 --why "No budget" --until 2026-12-31', ''],
  ],
  mail: [
    ['kindling mail preview', 'all of them'],
    ['kindling mail unknown', 'those of which nobody knows whether they went out'],
    ['kindling mail preview trial --locale sv-SE --lead unknown', 'one, in Swedish, for somebody new'],
  ],
  deploy: [
    ['kindling deploy --rules rules', 'to the product on this machine'],
    ['kindling deploy --stack Kindling --plan plan.json', 'to AWS, starting no more than the plan says'],
    ['kindling deploy --shadow rules.next', 'a challenger'],
  ],
  rollback: [
    ['kindling rollback --stack Kindling', 'to what was live before'],
    ['kindling rollback 9f2c5e81d3b0a764 --mute', 'to another one, starting nothing'],
  ],
  rulesets: [['kindling rulesets --stack Kindling', '']],
  rescore: [['kindling rescore --status', '']],
  blame: [['kindling blame pricing-page', '']],
  compare: [
    ['kindling compare --since 28d', 'by what sales decided in four weeks'],
    ['kindling compare --rules rules --history table', 'rules against rules.next, not set as challenger yet'],
  ],
  held: [
    ['kindling held', 'who waits'],
    ['kindling held --release all', ''],
  ],
  erase: [
    ['kindling erase kim@example.com', 'what would go'],
    ['kindling erase kim@example.com --reason "They asked us to" --yes', 'for good'],
  ],
  report: [['kindling report --weeks 4', '']],
};
