import { readFile } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Loader, Plugin } from 'esbuild'

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.jsx': 'jsx',
}

/** What `import.meta` says of a file, by names that every file declares for itself. */
export const moduleLocationDefines = {
  'import.meta.url': '__pfUrl',
  'import.meta.filename': '__pfFilename',
  'import.meta.dirname': '__pfDirname',
}

/** Lets bundled files find what lies beside them: the bundle itself lies elsewhere. */
export function moduleLocation(): Plugin {
  return {
    name: 'pf-module-location',
    setup(build) {
      build.onLoad({ filter: /\.[mc]?[jt]sx?$/, namespace: 'file' }, async ({ path }) => {
        const loader = loaders[extname(path)]
        const text = loader && (await readFile(path, 'utf8'))
        if (!loader || !text?.includes('import.meta')) return undefined
        const here = { __pfUrl: pathToFileURL(path).href, __pfFilename: path, __pfDirname: dirname(path) }
        const declared = Object.entries(here).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`)
        // On the first line, so that every other keeps its number; behind a hash-bang, which must stay first.
        const start = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0
        return { contents: text.slice(0, start) + declared.join('') + text.slice(start), loader }
      })
    },
  }
}
