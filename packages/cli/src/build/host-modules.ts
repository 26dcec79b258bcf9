import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import { type World, worlds } from './worlds'

/** The guest's half of the host modules: sources in the workspace, built files beside this one in a package. */
const fromSources = import.meta.url.endsWith('.ts')
const guestFile = (name: string) =>
  fileURLToPath(new URL(fromSources ? `../guest/${name}.ts` : `./guest/${name}.js`, import.meta.url))

function keyValueModule(world: World): string {
  const { keyValue: version } = worlds[world]
  if (version === undefined) {
    return `import { PfError } from '@pf-agents/agent-core'
export function openBucket(name) {
  throw new PfError('PF_STORE_UNAVAILABLE', 'The key-value store "' + name + '" can not be used: the world ${world} has none. Build with --world spin.')
}`
  }
  return `import { bucketOpener } from ${JSON.stringify(guestFile('key-value'))}
import * as store from 'wasi:keyvalue/store@${version}'
import * as atomics from 'wasi:keyvalue/atomics@${version}'
import * as batch from 'wasi:keyvalue/batch@${version}'
export const openBucket = /* @__PURE__ */ bucketOpener({ store, atomics, batch }, ${JSON.stringify(world)})`
}

function configModule(world: World): string {
  const version = worlds[world].config
  if (version === undefined) return 'export const getVariable = () => undefined'
  return `import { variableReader } from ${JSON.stringify(guestFile('variables'))}
import { get } from 'wasi:config/store@${version}'
export const getVariable = /* @__PURE__ */ variableReader(get)`
}

/**
 * Resolves the modules through which neutral code reaches its host, with the drafts of one world: `pf-host:keyvalue`
 * (`openBucket(name)`), `pf-host:config` (`getVariable(name)`) and `pf-host:world` (`world`).
 */
export function hostModules(world: World, resolveDir: string): Plugin {
  const sources: Readonly<Record<string, string>> = {
    'pf-host:keyvalue': keyValueModule(world),
    'pf-host:config': configModule(world),
    'pf-host:world': `export const world = ${JSON.stringify(world)}`,
    // Held back while the modules of the entry are evaluated; the entry, imported first and run last, releases.
    'pf-host:module-scope': `import { holdModuleScope, releaseModuleScope } from ${JSON.stringify(guestFile('module-scope'))}
holdModuleScope()
export { releaseModuleScope }`,
  }
  return {
    name: 'pf-host',
    setup(build) {
      build.onResolve({ filter: /^pf-host:/ }, ({ path }) => {
        if (path in sources) return { path, namespace: 'pf-host', sideEffects: path === 'pf-host:module-scope' }
        return {
          errors: [{ text: `There is no host module "${path}"; there are ${Object.keys(sources).join(', ')}.` }],
        }
      })
      build.onLoad({ filter: /.*/, namespace: 'pf-host' }, ({ path }) => ({
        contents: sources[path] as string,
        loader: 'js',
        resolveDir,
      }))
    },
  }
}
