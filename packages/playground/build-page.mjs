// Bundles the page: one script, one style sheet, one document, all of them static.
import { copyFileSync } from 'node:fs'
import { build } from 'esbuild'

/** What comes with the client of AG-UI and is never reached: languages of messages that are not shown, and binary streams. */
const leaner = {
  name: 'pf-leaner',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\/zod\/v4\/locales\/[\w-]+\.js$/ }, ({ path }) =>
      /\/(?:en|index)\.js$/.test(path) ? undefined : { contents: 'export default () => ({ localeError: undefined })' },
    )
    // The page asks for server-sent events and nothing else.
    onResolve({ filter: /^@ag-ui\/proto$/ }, ({ path }) => ({ path, namespace: 'pf-leaner', sideEffects: false }))
    onLoad({ filter: /.*/, namespace: 'pf-leaner' }, () => ({
      contents: `const refuse = () => { throw new Error('This page reads server-sent events only.') }
export const AGUI_MEDIA_TYPE = 'application/vnd.ag-ui.event+proto'
export { refuse as decode, refuse as encode }`,
    }))
  },
}

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
  plugins: [leaner],
  legalComments: 'linked',
  logLevel: 'warning',
})
copyFileSync('page/index.html', 'dist/page/index.html')
