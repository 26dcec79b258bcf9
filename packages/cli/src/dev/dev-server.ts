import { createServer } from 'node:net'
import { rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type BuildResult, context, type Plugin } from 'esbuild'
import { PfError } from '@pf-agents/agent-core'
import { makeDirectory } from '@pf-agents/wasm-host'
import { violationText } from '../guard/target-guard'
import { buildErrorText } from '../build/build-error-text'
import { DevWorkers } from './dev-workers'
import { nodeBundle } from './node-bundle'
import { type DevAddress, playgroundPath } from './node-entry'

/** What {@link startDevServer} takes. */
export interface DevServerOptions {
  entry: string
  address: DevAddress
  inspectPort?: number | undefined
  env: Readonly<Record<string, string>>
  /** Whether the playground is served beside the agent. */
  playground: boolean
  note(text: string): void
  /** Ends the wait for the first build. */
  signal: AbortSignal
}

/** Serves an entry on Node and takes every change over. Resolves once the first build is done, well or not. */
export async function startDevServer({
  entry,
  address,
  inspectPort,
  env,
  playground,
  note,
  signal,
}: DevServerOptions): Promise<{ close(): Promise<void> }> {
  // Below the entry's folder, from where its packages are found.
  const folder = join(dirname(resolve(entry)), '.pf', `dev-${process.pid}`)
  const bundle = nodeBundle(entry, address, folder, playground)
  await checkFree(address)
  const workers = new DevWorkers({
    inspectPort,
    // A file that serves by itself can see that it may show a playground.
    env: { ...(playground && { PF_PLAYGROUND: '1' }), ...env },
    page: () => (playground && bundle.servesDefault ? { name: 'Playground', path: playgroundPath } : undefined),
    note,
  })
  makeFolder(folder)
  let count = 0
  let running: Promise<void> = Promise.resolve()
  let first = (): void => {}
  const firstDone = new Promise<void>((done) => (first = () => done()))

  let latest = new AbortController()
  const take = async (result: BuildResult, superseded: AbortSignal): Promise<void> => {
    if (superseded.aborted) return
    const violations = await bundle.violations()
    if (superseded.aborted) return
    if (violations.length > 0) return note(`${violationText(violations)}\nNot reloaded. Waiting for a change.`)
    const file = join(folder, `server-${++count}.mjs`)
    await writeFile(file, result.outputFiles?.[0]?.contents ?? '')
    await workers.replace(file, superseded)
  }
  const reload: Plugin = {
    name: 'pf-reload',
    setup(build) {
      build.onEnd((result) => {
        // Nothing is waited for here: a builder that waits sees no change.
        if (result.errors.length > 0) {
          note(`${buildErrorText(result.errors)}\nNot reloaded. Waiting for a change.`)
          return first()
        }
        // A version that has not come up yet never may: the new one does not wait for it.
        latest.abort()
        const { signal: superseded } = (latest = new AbortController())
        // One after the other all the same.
        running = running
          .then(() => take(result, superseded))
          .catch((error: unknown) => note(`The reload failed: ${error instanceof Error ? error.stack : String(error)}`))
          .then(first)
      })
    },
  }
  const watched = await context({ ...bundle.options, plugins: [...(bundle.options.plugins ?? []), reload] })
  await watched.watch()
  signal.addEventListener('abort', first, { once: true })
  await firstDone
  signal.removeEventListener('abort', first)
  return {
    async close() {
      // No further version.
      await watched.dispose()
      await workers.close()
      await running
      await rm(folder, { recursive: true, force: true })
      // Gone too where nothing else is kept there.
      await rmdir(dirname(folder)).catch(() => {})
    },
  }
}

/** @throws PfError PF_CONFIG_INVALID */
function makeFolder(folder: string): void {
  try {
    makeDirectory(folder, '')
  } catch (cause) {
    const { message } = (cause as Error).cause as Error
    throw new PfError(
      'PF_CONFIG_INVALID',
      `The bundle lies beside the entry, from where its packages are found, and nothing can be written there: ${message}. Work on a copy in a directory that you can write to.`,
      { cause },
    )
  }
}

/** Rejects with EADDRINUSE and the like, which a server process would tell by its stack alone. */
function checkFree({ host, port }: DevAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}
