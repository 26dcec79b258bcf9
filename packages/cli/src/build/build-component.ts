import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Plugin } from 'esbuild'
import { PfError } from '@pf-agents/agent-core'
import type { AgentDefinitionDocument } from '@pf-agents/app'
import { cacheDirectory, describeComponent, makeDirectory } from '@pf-agents/wasm-host'
import { readDefinition } from '../definition/definition'
import { holdsSecret } from '../sign/find-secret'
import { type CardSignatures, signCards, verifyCards } from '../sign/sign-component'
import { readSignKeys, type SignKey, type SignKeySource } from '../sign/sign-key'
import { BuildCache } from './build-cache'
import { type Bundle, bundleComponent } from './bundle'
import { withSignatures } from './component-entry'
import { makeComponent } from './componentize'
import { loadBuild } from './kept-builds'
import { moveMap } from './map-stack'
import { checkOutputFile } from './output-file'
import { manifestMarker, spinManifest } from './spin-manifest'
import { toolchainVersions } from './toolchain'
import { UsableCache } from './usable-cache'
import { worldWit } from './wit'
import type { World } from './worlds'

/** Raised when the same code becomes another component. */
const MAKE_VERSION = 3

/** A step of a build, as `onStep` is told. */
export type BuildStep = 'bundle' | 'component' | 'definition' | 'signature'

/** What {@link buildComponent} takes. */
export interface BuildComponentOptions {
  /** The file whose default export is an app (`createApp`, a preset) or an agent (`defineAgent`). */
  entry: string
  /** The component's file. Default `dist/<entry>.wasm` in the working directory. */
  output?: string
  /** Kind of host. Default `spin`. */
  world?: World
  /** Export conditions to resolve packages by, beside `pf-wasm`. Default none. */
  conditions?: readonly string[]
  /** More esbuild plugins. */
  plugins?: readonly Plugin[]
  /** Directory of earlier builds and of transpiled components. Default `$PF_CACHE`, else `pf-agents` in the user's cache directory. */
  cacheDir?: string
  /** Builds even where the same code was built before, and keeps this one instead. Default false. */
  noCache?: boolean
  /**
   * Private keys that sign the agent cards. They stay outside: the component is built, asked for its cards, and built again
   * with the signatures. Its public URL must be fixed (`publicUrl`). Several while keys change. Default none.
   */
  signKeys?: readonly SignKeySource[]
  /** Whether `spin.toml` is written beside the component. Default true where Spin can run the world. */
  manifest?: boolean
  /** Told when a step begins. */
  onStep?: (step: BuildStep) => void
  /** Receives what the agent's modules print while they are evaluated. */
  onPrint?: (line: string) => void
  /** Told, in one sentence, what another build is waited for. */
  onWait?: (what: string) => void
  signal?: AbortSignal
}

/** What was built. */
export interface BuiltComponent {
  /** Absolute path of the component. */
  file: string
  /** Its bytes. */
  size: number
  world: World
  /** What its `configure-agent` returns. */
  definition: AgentDefinitionDocument
  /** Every interface it imports, with versions. */
  imports: string[]
  /** Absolute path of the source map of the bundle. */
  mapFile: string
  /** Absolute path of the `spin.toml` that was written. */
  manifestFile?: string
  /** A `spin.toml` that is the user's own and was left as it is. */
  keptManifest?: string
  /** Characters of JavaScript in it. */
  bundleSize: number
  /** Whether an earlier build of the same code was used. */
  cached: boolean
  /** Names of the keys that its cards are signed with. */
  signedWith?: string[]
  /** Milliseconds each step took. */
  timings: Record<BuildStep, number>
  /** What may fail at run time and could not be told for sure: one sentence each. */
  warnings: string[]
  bundle: Bundle
}

/**
 * Builds a component from an agent or an app: one `.wasm`, its source map, and `spin.toml` made from what the agent
 * says it needs.
 *
 * @throws PfError PF_BUILD_FAILED where something in the graph does not work in a component, or the code fails when its
 * modules are evaluated, its cards can not be signed because their address is not fixed, or a private key is in it;
 * PF_CONFIG_INVALID where a key can not be used; PF_COMPONENT_INVALID where it does not say what it is.
 * @example
 * ```ts
 * const { file, size } = await buildComponent({ entry: 'agent.ts', output: 'dist/agent.wasm' })
 * ```
 */
export async function buildComponent(options: BuildComponentOptions): Promise<BuiltComponent> {
  // No `using`: Node 22 reads these sources as they are, and does not know it.
  const cache = new UsableCache(options.cacheDir ?? cacheDirectory())
  try {
    return await buildWith(cache, options)
  } finally {
    cache[Symbol.dispose]()
  }
}

async function buildWith(cache: UsableCache, options: BuildComponentOptions): Promise<BuiltComponent> {
  const { entry, world = 'spin', onStep } = options
  const file = resolve(options.output ?? defaultOutput(entry))
  const timings: Record<BuildStep, number> = { bundle: 0, component: 0, definition: 0, signature: 0 }
  const step = async <T>(name: BuildStep, work: () => Promise<T>): Promise<T> => {
    onStep?.(name)
    const start = performance.now()
    const result = await work()
    timings[name] = Math.round(performance.now() - start)
    return result
  }
  const { conditions, plugins, signKeys = [] } = options
  // First of all: what can not be used is told before anything was built.
  const keys = await readSignKeys(signKeys)
  checkOutputFile(file)
  const signed = keys.length > 0
  const bundle = await step('bundle', () =>
    bundleComponent({ entry, world, signed, ...(conditions && { conditions }), ...(plugins && { plugins }) }),
  )
  refuseKeys(Buffer.from(bundle.code + bundle.map), keys)
  const { problems } = cache
  const components = (): string => join(cache.directory, 'components')
  const making = { ...options, cacheDir: cache.directory, onProblem: (problem: string) => void problems.push(problem) }
  const unsigned = await step('component', () => componentOf(bundle, { ...making, cacheKey: [] }))
  const { definition: text, imports } = await step('definition', () =>
    describeComponent(unsigned.component, { cacheDir: components(), onProblem: (problem) => cache.leave(problem) }),
  )
  const definition = await readDefinition(text)
  const { component, cached } = !signed
    ? unsigned
    : await step('signature', async () => {
        const { onPrint, signal } = options
        const source = { definition, onPrint, signal }
        const made = await componentOf(bundle, {
          ...making,
          // A signature is another each time; the same code signed by the same keys stays the same file.
          cacheKey: keys.map(({ identity }) => identity),
          signatures: () => signCards({ ...source, cacheDir: components(), component: unsigned.component }, keys),
        })
        await verifyCards({ ...source, cacheDir: components(), component: made.component }, keys)
        refuseKeys(made.component, keys)
        return made
      })

  makeDirectory(dirname(file), 'The directory of the component (-o)')
  const mapFile = file.replace(/(?:\.wasm)?$/, '.js.map')
  await writeFile(file, component)
  await writeFile(mapFile, moveMap(bundle.map, process.cwd(), dirname(mapFile)))
  const manifest = (options.manifest ?? world !== 'wasmtime') ? await writeManifest(file, definition) : {}
  return {
    file,
    size: component.byteLength,
    world,
    definition,
    imports,
    mapFile,
    ...manifest,
    ...(signed && { signedWith: keys.map(({ kid }) => kid) }),
    bundleSize: bundle.code.length,
    cached,
    timings,
    // One of the problems: they have the same cause.
    warnings: [...bundle.warnings, ...problems.slice(0, 1)],
    bundle,
  }
}

/** `agent.ts` and `agent.spin.ts` become `dist/agent.wasm`. */
function defaultOutput(entry: string): string {
  return join('dist', `${basename(entry).split('.')[0]}.wasm`)
}

interface ComponentOptions extends BuildComponentOptions {
  cacheDir: string
  /** Beside the code: what the component is kept by. */
  cacheKey: readonly string[]
  /** Signatures to put into it, made only where it is not kept from earlier. */
  signatures?: () => Promise<CardSignatures>
  onProblem: (problem: string) => void
}

async function componentOf(
  bundle: Bundle,
  { onPrint, onWait, onProblem, signal, cacheDir, noCache, cacheKey, signatures }: ComponentOptions,
): Promise<{ component: Uint8Array; cached: boolean }> {
  const { map } = bundle
  const wit = worldWit(bundle.imports)
  const make = async () => {
    const code = withSignatures(bundle.code, await signatures?.())
    const engineDir = join(cacheDir, 'engines')
    const told = { onWait, onProblem, ...(onPrint && { onPrint }), ...(signal && { signal }) }
    return makeComponent({ code, map, wit, engineDir, ...told })
  }
  const key = BuildCache.key(String(MAKE_VERSION), toolchainVersions(), wit, bundle.code, ...cacheKey)
  return loadBuild(join(cacheDir, 'builds'), key, make, {
    again: noCache,
    onWait: onWait && (() => onWait('Waiting for another build of the same code.')),
    onProblem,
    signal,
  })
}

/** @throws PfError PF_BUILD_FAILED where one of the keys is in what anybody can read */
function refuseKeys(bytes: Uint8Array, keys: readonly SignKey[]): void {
  const found = keys.find(({ secret }) => holdsSecret(bytes, secret))
  if (found === undefined) return
  throw new PfError(
    'PF_BUILD_FAILED',
    `The private key ${found.kid} is in the code of the component, where anybody can read it. Do not import it; name it to the build only.`,
  )
}

async function writeManifest(
  file: string,
  definition: AgentDefinitionDocument,
): Promise<{ manifestFile?: string; keptManifest?: string }> {
  const manifestFile = join(dirname(file), 'spin.toml')
  if (existsSync(manifestFile) && !(await readFile(manifestFile, 'utf8')).startsWith(manifestMarker))
    return { keptManifest: manifestFile }
  await writeFile(manifestFile, spinManifest({ ...definition, component: file }))
  return { manifestFile }
}
