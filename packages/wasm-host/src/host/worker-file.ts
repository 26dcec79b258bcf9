import { fileURLToPath } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/** The threads this package starts. */
export type WorkerKind = 'worker' | 'describe'

/**
 * Starts a worker thread. From `dist` it is the bundled file beside this one. From sources (tests, `pnpm` scripts) Node
 * strips the types itself, which it keeps for the next thread, and only the extensions of relative imports have to be put
 * in.
 */
export function startWorker(kind: WorkerKind, options: WorkerOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`./${kind}.js`, import.meta.url), options)
  const entry = new URL(kind === 'worker' ? '../worker/entry.ts' : '../discovery/entry.ts', import.meta.url).href
  const compiled = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
  const bootstrap = `
    require('node:module').enableCompileCache(${JSON.stringify(compiled)})
    require('node:module').registerHooks({ resolve: (name, context, next) =>
      next(/^\\.\\.?\\//.test(name) && context.parentURL?.endsWith('.ts') && !/\\.[cm]?[jt]s$/.test(name) ? name + '.ts' : name, context) })
    import(${JSON.stringify(entry)})`
  return new Worker(bootstrap, { ...options, eval: true })
}
