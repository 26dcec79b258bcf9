import { bundlePage } from '@pf-agents/tooling-page/bundle'

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

await bundlePage({
  folder: import.meta.dirname,
  outdir: 'dist/page',
  entryPoints: { playground: 'page/main.tsx' },
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [leaner],
})
