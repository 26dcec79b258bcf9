import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type BuildFailure, type BuildOptions, type Metafile, type Plugin } from 'esbuild'
import { PfError } from '@pf-agents/agent-core'
import { TargetGuard, violationText } from '../guard/target-guard'
import { componentEntry, type EntryKind } from './component-entry'
import { hostModules } from './host-modules'
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
}

/** One file of JavaScript, ready to be made a component. */
export interface Bundle {
  code: string
  /** Source map, JSON. */
  map: string
  /** Interfaces of the host that it imports, with versions. */
  imports: string[]
  /** Whether the file exports an app, or an agent that a minimal app was made from. */
  kind: EntryKind
  metafile: Metafile
}

/** Packages the generated entry needs are looked up in the user's project first, then here. */
const own = dirname(fileURLToPath(import.meta.url))

/**
 * Bundles an entry for a component.
 *
 * @throws PfError PF_BUILD_FAILED: something in the graph does not work in a component, or esbuild's own errors.
 */
export async function bundleComponent({ entry, world, conditions = [], plugins = [] }: BundleOptions): Promise<Bundle> {
  const file = resolve(entry)
  if (!existsSync(file)) throw new PfError('PF_BUILD_FAILED', `There is no file ${entry}. Name the file whose default export is the agent or the app.`)
  const root = process.cwd()
  const guard = new TargetGuard('wasm', root)
  const options: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    outdir: '/',
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    conditions: ['pf-wasm', ...conditions],
    mainFields: ['module', 'main'],
    external: ['wasi:*', 'pf:*'],
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [guard.plugin, hostModules(world, own), ...plugins, ownPackages()],
  }
  // First the user's graph alone: importer chains begin at the user's file, and it tells an app from an agent.
  const alone = await attempt({ ...options, entryPoints: [file] })
  judge(guard, alone.metafile, entryPath(alone.metafile))
  const kind: EntryKind = guard.packages.has('@pf-agents/app') ? 'app' : 'agent'
  const contents = componentEntry(`./${basename(file)}`, kind, worlds[world])
  const whole = await attempt({
    ...options,
    stdin: { contents, resolveDir: dirname(file), sourcefile: 'pf-component-entry.js', loader: 'js' },
    sourcemap: 'external',
    sourcesContent: true,
    minifySyntax: true,
    minifyWhitespace: true,
  })
  judge(guard, whole.metafile, 'pf-component-entry.js')
  const text = (ending: string) => whole.outputFiles?.find(({ path }) => path.endsWith(ending))?.text ?? ''
  const output = Object.values(whole.metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined)
  const imports = [...new Set(output?.imports.filter(({ external }) => external).map(({ path }) => path))]
  return { code: text('.js'), map: text('.js.map'), imports, kind, metafile: whole.metafile }
}

async function attempt(options: BuildOptions) {
  try {
    return (await build(options)) as Awaited<ReturnType<typeof build>> & { metafile: Metafile }
  } catch (error) {
    const { errors } = error as BuildFailure
    if (!Array.isArray(errors)) throw error
    const lines = errors.map(({ text, location, notes }) => {
      const where = location ? `${location.file}:${location.line}:${location.column + 1}: ` : ''
      return [`${where}${text}`, ...notes.map((note) => `  ${note.text}`)].join('\n')
    })
    throw new PfError('PF_BUILD_FAILED', lines.join('\n'), { cause: error })
  }
}

function judge(guard: TargetGuard, metafile: Metafile, entry: string): void {
  const violations = guard.violations(metafile, entry)
  if (violations.length === 0) return
  throw new PfError('PF_BUILD_FAILED', `This can not become a component.\n\n${violationText(violations)}`, {
    details: { violations: violations.map((violation) => ({ ...violation })) },
  })
}

const entryPath = ({ outputs }: Metafile): string => Object.values(outputs).find(({ entryPoint }) => entryPoint !== undefined)?.entryPoint ?? ''

/** Packages of this project that the user's does not have come from here: an agent file alone needs no installation. */
function ownPackages(): Plugin {
  return {
    name: 'pf-own-packages',
    setup(build) {
      build.onResolve({ filter: /^@pf-agents\// }, async ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === 'pf-own-packages' || resolveDir === own) return undefined
        const found = await build.resolve(path, { resolveDir, kind, pluginData: 'pf-own-packages' })
        if (found.errors.length === 0) return found
        return build.resolve(path, { resolveDir: own, kind, pluginData: 'pf-own-packages' })
      })
    },
  }
}
