import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { build, type BuildFailure, type BuildOptions, type Metafile, type Plugin } from 'esbuild'
import { PfError } from '@pf-agents/agent-core'
import { checkOutput } from '../guard/check-output'
import { TargetGuard, type Violation, violationText } from '../guard/target-guard'
import { buildErrorText } from './build-error-text'
import { componentEntry, componentEntryFile, type EntryKind } from './component-entry'
import { hostModules } from './host-modules'
import { ownDirectory, ownManifest, ownPackages } from './own-packages'
import { type World, worlds } from './worlds'

/** What {@link bundleComponent} takes. */
export interface BundleOptions {
  /** The file whose default export is an app or an agent. */
  entry: string
  world: World
  /** Export conditions to resolve packages by, beside `pf-wasm`. Default none. */
  conditions?: readonly string[]
  /** More esbuild plugins, run behind the guard. */
  plugins?: readonly Plugin[]
  /** Whether the code has a place for the signatures of its cards. Default false. */
  signed?: boolean
}

/** One file of JavaScript, ready to be made a component. */
export interface Bundle {
  code: string
  /** Source map, JSON; it names its sources from the working directory. */
  map: string
  /** Interfaces of the host that it imports, with versions. */
  imports: string[]
  /** Whether the file exports an app, or an agent that a minimal app was made from. */
  kind: EntryKind
  /** What may fail at run time and could not be told for sure: one sentence each. */
  warnings: string[]
  metafile: Metafile
}

/**
 * Bundles an entry for a component.
 *
 * @throws PfError PF_BUILD_FAILED: something in the graph does not work in a component, or esbuild's own errors.
 */
export async function bundleComponent(given: BundleOptions): Promise<Bundle> {
  const { entry, world, conditions = [], plugins = [], signed = false } = given
  const file = resolve(entry)
  if (!existsSync(file))
    throw new PfError(
      'PF_BUILD_FAILED',
      `There is no file ${entry}. Name the file whose default export is the agent or the app.`,
    )
  const root = process.cwd()
  const guard = new TargetGuard('wasm', root, { elsewhere: ownManifest, refused: unsafeStorage(world) })
  const options: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    // Nothing is written; the map names its sources from here.
    outdir: root,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    // Packages may have a variant for hosts that store: `pf.variants` in their manifests.
    conditions: ['pf-wasm', ...(worlds[world].atomic ? ['pf-keyvalue'] : []), ...conditions],
    mainFields: ['module', 'main'],
    external: ['wasi:*', 'pf:*'],
    legalComments: 'none',
    // As every bundler does it: packages ask for it without a check, and nobody in a component could answer.
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
    plugins: [guard.plugin, hostModules(world, ownDirectory), ...plugins, ownPackages()],
  }
  // First the user's graph alone: importer chains begin at the user's file, and it tells an app from an agent.
  const alone = await attempt({ ...options, entryPoints: [file] })
  const path = entryPath(alone.metafile)
  judge(guard.violations(alone.metafile, path))
  if (!Object.values(alone.metafile.outputs)[0]?.exports.includes('default')) {
    throw new PfError(
      'PF_BUILD_FAILED',
      `${entry} has no default export. Export the agent (defineAgent) or the app (createApp) as default.`,
    )
  }
  const kind: EntryKind = guard.packages.has('@pf-agents/app') ? 'app' : 'agent'
  const contents = componentEntry(`./${basename(file)}`, { kind, world, signed })
  const whole = await attempt({
    ...options,
    stdin: { contents, resolveDir: dirname(file), sourcefile: componentEntryFile, loader: 'js' },
    sourcemap: 'external',
    sourcesContent: true,
    // Folds constants and drops dead code. Whitespace and names stay: a component holds parsed code, so they cost nothing
    // (docs/decisions/spin-js-sdk.md), and stacks stay readable on hosts that have no source map.
    minifySyntax: true,
  })
  judge(guard.violations(whole.metafile, componentEntryFile))
  const text = (ending: string) => whole.outputFiles?.find(({ path }) => path.endsWith(ending))?.text ?? ''
  const output = Object.values(whole.metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined)
  const imports = [...new Set(output?.imports.filter(({ external }) => external).map(({ path }) => path))]
  const [code, map] = [text('.js'), text('.js.map')]
  const { violations, warnings } = checkOutput({ code, map, inputs: whole.metafile.inputs, entry: path })
  judge(violations)
  return { code, map, imports, kind, warnings, metafile: whole.metafile }
}

/** Storage that would fail every task, or lose what another request wrote: better said now than by each request. */
function unsafeStorage(world: World): ReadonlyMap<string, string> {
  const { atomic, keyValue } = worlds[world]
  if (atomic) return new Map()
  const why =
    keyValue === undefined
      ? 'has no key-value store'
      : 'has a key-value store without compare-and-set, where requests would overwrite each other'
  const name = '@pf-agents/spin-storage'
  const sentence = `${name} does not work in the world ${world}: it ${why}. Instead, build with --world spin, or leave storage out: tasks then end with their requests.`
  return new Map([[name, sentence]])
}

async function attempt(options: BuildOptions) {
  try {
    return (await build(options)) as Awaited<ReturnType<typeof build>> & { metafile: Metafile }
  } catch (error) {
    const { errors } = error as BuildFailure
    if (!Array.isArray(errors)) throw error
    throw new PfError('PF_BUILD_FAILED', buildErrorText(errors), { cause: error })
  }
}

function judge(violations: readonly Violation[]): void {
  if (violations.length === 0) return
  throw new PfError('PF_BUILD_FAILED', `This can not become a component.\n\n${violationText(violations)}`, {
    details: { violations: violations.map((violation) => ({ ...violation })) },
  })
}

const entryPath = ({ outputs }: Metafile): string =>
  Object.values(outputs).find(({ entryPoint }) => entryPoint !== undefined)?.entryPoint ?? ''
