import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Plugin } from 'esbuild'
import type { AgentDefinitionDocument } from '@pf-agents/app'
import { describeComponent } from '@pf-agents/wasm-host'
import { PackageFinder } from '../guard/package-targets'
import { readDefinition } from '../definition/definition'
import { BuildCache, defaultCacheDirectory } from './build-cache'
import { type Bundle, bundleComponent } from './bundle'
import { makeComponent } from './componentize'
import { moveMap } from './map-stack'
import { ownDirectory } from './own-packages'
import { manifestMarker, spinManifest } from './spin-manifest'
import { worldWit } from './wit'
import type { World } from './worlds'

/** Raised when the same code becomes another component. */
const MAKE_VERSION = 2

/** A step of a build, as `onStep` is told. */
export type BuildStep = 'bundle' | 'component' | 'definition'

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
  /** Builds even where the same code was built before. Default false. */
  noCache?: boolean
  /** Whether `spin.toml` is written beside the component. Default true where Spin can run the world. */
  manifest?: boolean
  /** Told when a step begins. */
  onStep?: (step: BuildStep) => void
  /** Receives what the agent's modules print while they are evaluated. */
  onPrint?: (line: string) => void
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
  /** Milliseconds each step took. */
  timings: Record<BuildStep, number>
  bundle: Bundle
}

/**
 * Builds a component from an agent or an app: one `.wasm`, its source map, and `spin.toml` made from what the agent
 * says it needs.
 *
 * @throws PfError PF_BUILD_FAILED where something in the graph does not work in a component, or the code fails when its
 * modules are evaluated; PF_COMPONENT_INVALID where it does not say what it is.
 * @example
 * ```ts
 * const { file, size } = await buildComponent({ entry: 'agent.ts', output: 'dist/agent.wasm' })
 * ```
 */
export async function buildComponent(options: BuildComponentOptions): Promise<BuiltComponent> {
  const { entry, world = 'spin', onStep } = options
  const file = resolve(options.output ?? defaultOutput(entry))
  const timings: Record<BuildStep, number> = { bundle: 0, component: 0, definition: 0 }
  const step = async <T>(name: BuildStep, work: () => Promise<T>): Promise<T> => {
    onStep?.(name)
    const start = performance.now()
    const result = await work()
    timings[name] = Math.round(performance.now() - start)
    return result
  }
  const { conditions, plugins } = options
  const bundle = await step('bundle', () =>
    bundleComponent({ entry, world, ...(conditions && { conditions }), ...(plugins && { plugins }) }),
  )
  const { component, cached } = await step('component', () => componentOf(bundle, options))
  const { definition: text, imports } = await step('definition', () =>
    describeComponent(component, { cacheDir: join(options.cacheDir ?? defaultCacheDirectory(), 'components') }),
  )
  const definition = await readDefinition(text)

  await mkdir(dirname(file), { recursive: true })
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
    bundleSize: bundle.code.length,
    cached,
    timings,
    bundle,
  }
}

/** `agent.ts` and `agent.spin.ts` become `dist/agent.wasm`. */
function defaultOutput(entry: string): string {
  return join('dist', `${basename(entry).split('.')[0]}.wasm`)
}

async function componentOf(
  bundle: Bundle,
  options: BuildComponentOptions,
): Promise<{ component: Uint8Array; cached: boolean }> {
  const { onPrint, signal, cacheDir = defaultCacheDirectory() } = options
  const wit = worldWit(bundle.imports)
  const make = () =>
    makeComponent({ code: bundle.code, map: bundle.map, wit, ...(onPrint && { onPrint }), ...(signal && { signal }) })
  if (options.noCache) return { component: await make(), cached: false }
  const key = BuildCache.key(String(MAKE_VERSION), componentizeVersion(), wit, bundle.code)
  return new BuildCache(join(cacheDir, 'builds')).load(key, make)
}

function componentizeVersion(): string {
  return new PackageFinder().find('@bytecodealliance/componentize-js', ownDirectory)?.version ?? 'unknown'
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
