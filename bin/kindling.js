#!/usr/bin/env node
// Starts the command line on the Node it needs, whatever Node runs this file (20 and up): Node 24 runs the
// TypeScript sources as they are, and --experimental-vm-modules lets `start` run each function bundle in its
// own context. So: already there, run in this process; Node 24 without the flag, become it; older, run the
// Node 24 of the `node` package as a child that lives and dies with this process.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const self = fileURLToPath(import.meta.url);
const argv = process.argv.slice(2);
/**
 * `start` runs for weeks beside other work: it has 300 MB for what lasts and 8 for what is new, since V8 takes whatever
 * it may before it collects. With 100,000 events loaded the process is well under 400 MB.
 */
const HEAPS = {
  start: ['--max-old-space-size=300', '--max-semi-space-size=8'],
  // What it throws away is collected soon; what it keeps, who is who, has no limit of its own.
  score: ['--max-semi-space-size=4'],
};
const heap = HEAPS[argv[0]] ?? [];
// Days and hours go by the rules' time zone, and by UTC without one: never by the machine's.
process.env.TZ = 'UTC';
// Threads would each keep what they gave back: with few arenas, and large pieces on their own, it goes to the system.
if (argv[0] === 'score') {
  process.env.MALLOC_ARENA_MAX ??= '2';
  process.env.MALLOC_MMAP_THRESHOLD_ ??= '131072';
}
const flags = ['--experimental-vm-modules', '--no-warnings', ...heap];
const isNode24 = Number(process.versions.node.split('.')[0]) >= 24;

/** Set in a child of the launcher only: the child ends when the launcher does, even by SIGKILL. */
const LAUNCHED = 'KINDLING_LAUNCHED';

if (isNode24 && 'SourceTextModule' in vm) await run();
else if (isNode24 && process.execve && process.platform !== 'win32') become();
else launch(isNode24 ? process.execPath : packagedNode());

async function run() {
  if (process.env[LAUNCHED]) {
    delete process.env[LAUNCHED];
    const end = () => process.kill(process.pid, 'SIGKILL');
    if (process.connected) process.on('disconnect', end);
    else end();
    process.channel?.unref();
  }
  // Taking the types out of a hundred files is a third of a start: they are kept without.
  module.enableCompileCache(join(dirname(self), '..', 'build', 'compiled'));
  const { main } = await import('../cli/main.ts');
  process.exitCode = await main(argv);
  // the command has come to its end: whatever still holds a socket open does not hold the process
  setTimeout(() => process.exit(), 50).unref();
}

/** Replaces this process, so that there is one process to signal and no pipe between. */
function become() {
  process.removeAllListeners('warning'); // execve is marked experimental, which is nothing to tell a user
  process.execve(process.execPath, [process.execPath, ...flags, self, ...argv], process.env);
}

function launch(node) {
  const child = spawn(node, [...flags, self, ...argv], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [LAUNCHED]: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => refuse(`kindling: cannot run ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** Where `npm ci` put Node 24. */
function packagedNode() {
  let file;
  try {
    file = join(
      dirname(createRequire(self).resolve('node/package.json')),
      'bin',
      process.platform === 'win32' ? 'node.exe' : 'node',
    );
  } catch {
    refuse('kindling: needs Node 24, which `npm ci` installs beside it; run `npm ci` first');
  }
  if (!existsSync(file))
    refuse(`kindling: ${file} is missing; run \`npm ci\` again, with install scripts allowed`);
  return file;
}

function refuse(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
