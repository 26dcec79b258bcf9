import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AgentDefinitionDocument } from '@pf-agents/app'
import type { BuildComponentOptions } from '@pf-agents/cli'
import type { GuestLog, WasmHost, WasmHostOptions } from '@pf-agents/wasm-host'
import { type StartedApp, startedApp } from './start-node'

/** How a component is built and what it is granted; hosts' options have their own defaults. */
export interface StartComponentOptions
  extends
    Pick<BuildComponentOptions, 'world' | 'conditions' | 'plugins'>,
    Pick<
      WasmHostOptions,
      | 'workers'
      | 'pool'
      | 'concurrency'
      | 'memoryMb'
      | 'timeoutMs'
      | 'busyLimitMs'
      | 'variables'
      | 'secrets'
      | 'outbound'
      | 'stores'
    > {
  /** Directory of its key-value stores, kept when it is closed. Default: a new one, removed when it is closed. */
  dataDir?: string
  /** Directory of built components. Default `node_modules/.cache/pf-agents` in the working directory. */
  cacheDir?: string
}

/** A component that answers over HTTP. */
export interface StartedComponent extends StartedApp {
  /** The component's file. */
  readonly file: string
  readonly definition: AgentDefinitionDocument
  readonly host: WasmHost
  /** What the guest and the host have logged so far. */
  readonly logs: readonly GuestLog[]
}

/**
 * Builds a component from a file that exports an app or an agent, and serves it in the embedded host on a free port. The
 * same code is built once: a component is kept by what it was made of. Needs `@pf-agents/cli` and `@pf-agents/wasm-host`,
 * which are large and are not installed along.
 *
 * @throws PfError PF_BUILD_FAILED
 * @example
 * ```ts
 * await using app = await startComponent('examples/echo/main.spin.ts')
 * const response = await app.fetch('/.well-known/agent-card.json')
 * ```
 */
export async function startComponent(entry: string, options: StartComponentOptions = {}): Promise<StartedComponent> {
  const {
    world,
    conditions,
    plugins,
    dataDir,
    cacheDir = join(process.cwd(), 'node_modules/.cache/pf-agents'),
    ...hostOptions
  } = options
  const [{ buildComponent }, { createWasmHost }] = await Promise.all([
    import('@pf-agents/cli'),
    import('@pf-agents/wasm-host'),
  ])
  const folder = await mkdtemp(join(tmpdir(), 'pf-component-'))
  try {
    const { file, definition } = await buildComponent({
      entry,
      output: join(folder, 'component.wasm'),
      cacheDir,
      manifest: false,
      ...(world && { world }),
      ...(conditions && { conditions }),
      ...(plugins && { plugins }),
    })
    const logs: GuestLog[] = []
    const host = await createWasmHost({
      stores: definition.needs.keyValue,
      ...hostOptions,
      component: file,
      cacheDir: join(cacheDir, 'components'),
      dataDir: dataDir ?? join(folder, 'data'),
      onLog: (log) => logs.push(log),
    })
    const close = async (): Promise<void> => {
      await host.close()
      await rm(folder, { recursive: true, force: true })
    }
    return { ...startedApp({ url: host.url, close }), file, definition, host, logs }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}
