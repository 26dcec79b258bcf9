// Bundles the page: one script, one style sheet, one document, and nothing from elsewhere.
import { copyFileSync } from 'node:fs'
import { build } from 'esbuild'

const folder = new URL('.', import.meta.url).pathname

await build({
  absWorkingDir: folder,
  entryPoints: { page: 'page/main.tsx', style: 'page/style.css' },
  outdir: 'dist',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  tsconfigRaw: {},
  legalComments: 'linked',
  logLevel: 'warning',
})
copyFileSync(`${folder}page/index.html`, `${folder}dist/index.html`)
