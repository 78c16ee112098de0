import { type ArgsDef, type CommandDef, runCommand } from 'citty';

import { nearest } from '../core/nearest.ts';
import { COMMANDS } from './commands.ts';
import { withLegible } from './controls.ts';
import { type Io, processIo, Refusal } from './io.ts';
import { meant, unknownOption } from './options.ts';
import { usage } from './usage.ts';

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
    io.out(await usage(io, command, { name, parent: KINDLING }));
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
