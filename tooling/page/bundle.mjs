import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/**
 * Bundles `page/` of a folder: its scripts and style sheets by their names, and the document beside them. All of it is
 * static, and nothing comes from elsewhere. `options` are further ones of esbuild.
 */
export async function bundlePage({ folder, outdir, entryPoints, ...options }) {
  await build({
    absWorkingDir: folder,
    entryPoints,
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // What was built of other packages, not their sources, which the path mapping of a tsconfig leads to.
    tsconfigRaw: {},
    legalComments: 'linked',
    logLevel: 'warning',
    ...options,
  })
  copyFileSync(join(folder, 'page/index.html'), join(folder, outdir, 'index.html'))
}
