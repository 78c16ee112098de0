import { defineConfig } from 'vite';

/** The console is static files behind the same origin as the API; nothing is inlined, so that the page's CSP needs no exception. */
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2022', assetsInlineLimit: 0, emptyOutDir: true, reportCompressedSize: false },
});
