import { type CommandDef } from 'citty';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- commands differ in their arguments
export type Command = CommandDef<any>;

/** Each is loaded when it is asked for: the parts of all take longer to load than most of them to run. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).start,
  check: async () => (await import('./check.ts')).check,
  score: async () => (await import('./score.ts')).score,
  plan: async () => (await import('./plan/plan.ts')).plan,
  history: async () => (await import('./history/history.ts')).history,
  import: async () => (await import('./import/import.ts')).importRules,
  explain: async () => (await import('./explain.ts')).explain,
  journey: async () => (await import('./journey.ts')).journey,
  adjust: async () => (await import('./adjust.ts')).adjust,
  mail: async () => (await import('./mail.ts')).mail,
  deploy: async () => (await import('./deploy.ts')).deploy,
  rollback: async () => (await import('./deploy.ts')).rollback,
  rulesets: async () => (await import('./rulesets.ts')).rulesets,
  rescore: async () => (await import('./rulesets.ts')).rescore,
  blame: async () => (await import('./blame.ts')).blame,
  compare: async () => (await import('./compare.ts')).compare,
  held: async () => (await import('./held.ts')).held,
  erase: async () => (await import('./erase.ts')).erase,
  report: async () => (await import('./report.ts')).report,
};
