// Bundles the page: one script, one style sheet, one document, and nothing from elsewhere.
import { bundlePage } from '@pf-agents/tooling-page/bundle'

await bundlePage({
  folder: import.meta.dirname,
  outdir: 'dist',
  entryPoints: { page: 'page/main.tsx', style: 'page/style.css' },
})
