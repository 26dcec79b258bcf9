// Bundles the page: one script, one style sheet, one document, all of them static.
import { copyFileSync } from 'node:fs'
import { build } from 'esbuild'

await build({
  entryPoints: { playground: 'page/main.tsx' },
  outdir: 'dist/page',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // What was built of other packages, not their sources, which the path mapping of a tsconfig leads to.
  tsconfigRaw: {},
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'linked',
  logLevel: 'warning',
})
copyFileSync('page/index.html', 'dist/page/index.html')
