import { defineConfig } from 'vitest/config';

const shared = {
  execArgv: ['--experimental-vm-modules', '--no-warnings'],
  testTimeout: 120_000,
  hookTimeout: 180_000,
  // The functions' own log lines, one a decision, would bury what the tests say.
  env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
};

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/flow/**', 'test/infra/**', 'test/browser/**'],
        },
      },
      // What needs the synthesized template and the bundles: built once, before the first of them.
      {
        extends: true,
        test: {
          ...shared,
          name: 'built',
          include: ['test/{flow,infra}/**/*.test.ts'],
          globalSetup: ['test/build.ts'],
        },
      },
      // What needs Debian's Chromium, beyond Node and npm: `npm run test:browser`.
      {
        extends: true,
        test: {
          ...shared,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/build.ts'],
        },
      },
    ],
  },
});
