import { type ArgsDef, type CommandDef, runCommand } from 'citty';

import { nearest } from '../core/nearest.ts';
import { withLegible } from './controls.ts';
import { type Io, processIo, Refusal } from './io.ts';
import { usage } from './usage.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- commands differ in their arguments
type Command = CommandDef<any>;

/** Each is loaded when it is asked for: the parts of all take longer to load than most of them to run. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
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

const KINDLING: CommandDef = {
  meta: { name: 'kindling', description: 'From cold to hot: lead scoring and nurture, with rules in git' },
  subCommands: COMMANDS,
};

/** Runs one command line and answers its exit code; never ends the process itself. */
export async function main(argv: readonly string[], given: Io = processIo()): Promise<number> {
  const io = withLegible(given);
  const [name, ...rawArgs] = argv;
  const refuse = (line: string): number => {
    io.err(`kindling: ${line}\n`);
    return 1;
  };
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.out(await usage(io, KINDLING));
    return name === undefined ? 1 : 0;
  }
  if (name === '--version' || name === '-v') {
    io.out(`${(await import('../package.json', { with: { type: 'json' } })).default.version}\n`);
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) return refuse(`there is no command "${name}"${meant(nearest(name, Object.keys(COMMANDS)))}`);
  const command = await load();
  if (rawArgs.includes('--help') || rawArgs.includes('-h')) {
    io.out(await usage(io, command, KINDLING));
    return 0;
  }
  const slip = unknownOption(rawArgs, command.args as ArgsDef);
  if (slip) return refuse(slip);
  try {
    const { result } = await runCommand(command, { rawArgs, data: io });
    return result as number;
  } catch (error) {
    if (error instanceof Refusal) return refuse(error.message);
    if (error instanceof Error && error.name === 'CLIError') return refuse(complaint(error.message, name));
    throw error;
  }
}

/** citty's own complaints, of a missing or malformed argument, as all others are said. */
const complaint = (message: string, command: string): string => {
  const [, missing] = /^Missing required (?:positional )?argument: (.+)$/.exec(message) ?? [];
  return missing === undefined ? message : `${missing} is missing; see kindling ${command} --help`;
};

const meant = (name: string | undefined): string => (name === undefined ? '' : `; did you mean "${name}"?`);

/** A misspelt option is an error, not a silence. */
function unknownOption(rawArgs: readonly string[], args: ArgsDef): string | undefined {
  const positionals = Object.values(args).filter(({ type }) => type === 'positional').length;
  let extra = 0;
  for (let index = 0; index < rawArgs.length; index += 1) {
    const arg = rawArgs[index] ?? '';
    if (!arg.startsWith('--') || arg === '--') {
      if (arg.startsWith('-') && arg !== '-') return `there is no option ${arg}`;
      extra += 1;
      if (extra > positionals) return `"${arg}" is one argument too many`;
      continue;
    }
    const [name = ''] = arg.slice(2).split('=', 1);
    const definition = Object.hasOwn(args, name) ? args[name] : undefined;
    const negated = name.startsWith('no-') ? args[name.slice(3)] : undefined;
    if (definition?.type === 'string') {
      if (!arg.includes('=')) index += 1;
      if (!arg.includes('=') && rawArgs[index] === undefined) return `--${name} needs a value`;
    } else if (definition?.type !== 'boolean' && negated?.type !== 'boolean') {
      const options = Object.entries(args).filter(([, { type }]) => type !== 'positional');
      const near = nearest(
        name,
        options.map(([option]) => option),
      );
      return `there is no option --${name}${meant(near === undefined ? near : `--${near}`)}`;
    }
  }
  return undefined;
}
