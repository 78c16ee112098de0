import { join } from 'node:path';
import { build } from 'vite';

/** Builds the console into `out`, as files that any web server can serve. */
export const buildConsole = async (root: string, out: string): Promise<void> => {
  await build({
    root: join(root, 'web', 'console'),
    logLevel: 'error',
    build: { outDir: out, emptyOutDir: true },
  });
};
