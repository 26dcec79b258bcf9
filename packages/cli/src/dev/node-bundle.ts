import { existsSync } from 'node:fs'
import { basename, dirname, isAbsolute, resolve } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'
import { PfError } from '@pf-agents/agent-core'
import { isOwnSource, ownExternalPackages, ownManifest, ownPackages } from '../build/own-packages'
import { TargetGuard, type Violation } from '../guard/target-guard'
import { moduleLocation, moduleLocationDefines } from './module-location'
import { type DevAddress, nodeBanner, nodeEntry } from './node-entry'

/** A bundle for Node that can be built again and again. */
export interface NodeBundle {
  options: BuildOptions
  /** Whether it is the command that serves the app of the last build, and not the user's file. */
  readonly servesDefault: boolean
  /** What in the last graph, dependencies included, does not work on Node. */
  violations(): Promise<Violation[]>
}

/**
 * How the user's files become one file for Node: their packages stay outside, for Node to load as it always does. The
 * file is to lie in `folder`, from where its source map names the user's files.
 *
 * @throws PfError PF_BUILD_FAILED where the file does not exist.
 */
export function nodeBundle(entry: string, address: DevAddress, folder: string, hasPlayground: boolean): NodeBundle {
  const file = resolve(entry)
  if (!existsSync(file))
    throw new PfError(
      'PF_BUILD_FAILED',
      `There is no file ${entry}. Name the agent, the app, or a file that serves one.`,
    )
  const root = process.cwd()
  const shared: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    outdir: folder,
    logLevel: 'silent',
  }
  let servesDefault = true
  const entryModule = devEntry(dirname(file), async () => {
    // Looked at for each build: an export may come with a change.
    servesDefault = await hasDefaultExport(file, shared)
    return nodeEntry(`./${basename(file)}`, servesDefault, address, hasPlayground)
  })
  return {
    get servesDefault() {
      return servesDefault
    },
    options: {
      ...shared,
      entryPoints: [entryName],
      target: 'node22',
      sourcemap: 'inline',
      banner: { js: nodeBanner },
      define: moduleLocationDefines,
      plugins: [entryModule, ownExternalPackages(), externalPackages(), moduleLocation()],
    },
    async violations() {
      const guard = new TargetGuard('node', root, { elsewhere: ownManifest })
      const options: BuildOptions = {
        ...shared,
        entryPoints: [file],
        plugins: [guard.plugin, ownPackages(), tolerant()],
      }
      const { metafile } = await build({ ...options, metafile: true })
      const path = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined)?.entryPoint ?? ''
      return guard.violations(metafile, path)
    },
  }
}

const entryName = 'pf-dev-entry.js'

/** A module that is no file: the entry of the bundle. */
function devEntry(resolveDir: string, contents: () => Promise<string>): Plugin {
  return {
    name: 'pf-dev-entry',
    setup(build) {
      const namespace = 'pf-dev'
      build.onResolve({ filter: /^pf-dev-entry\.js$/ }, ({ kind }) =>
        kind === 'entry-point' ? { path: entryName, namespace } : undefined,
      )
      build.onLoad({ filter: /.*/, namespace }, async () => ({ contents: await contents(), resolveDir, loader: 'js' }))
    },
  }
}

/** Whether a file exports a default; what is wrong with it shows in the real build. */
async function hasDefaultExport(file: string, shared: BuildOptions): Promise<boolean> {
  try {
    const { metafile } = await build({ ...shared, entryPoints: [file], packages: 'external', metafile: true })
    return Object.values(metafile.outputs).some(({ exports }) => exports.includes('default'))
  } catch {
    return true
  }
}

/** Leaves packages to Node, but for those that only this command has. */
function externalPackages(): Plugin {
  return {
    name: 'pf-external-packages',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind, resolveDir }) => {
        if (kind === 'entry-point' || isAbsolute(path) || isOwnSource(resolveDir)) return undefined
        return { path, external: true }
      })
    },
  }
}

/** For a look at the whole graph: what can not be resolved or read there is Node's affair. */
function tolerant(): Plugin {
  const mark = 'pf-tolerant'
  return {
    name: mark,
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === mark || kind === 'entry-point' || !importer.includes('node_modules')) return undefined
        const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: mark })
        return found.errors.length > 0 || /\.(?:node|wasm)$/.test(found.path) ? { path, external: true } : found
      })
    },
  }
}
