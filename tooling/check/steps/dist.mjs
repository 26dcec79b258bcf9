import { isBuiltin } from 'node:module'
import { relative } from 'node:path'
import { build } from 'esbuild'
import { componentFiles } from '../lib/entries.mjs'

/** Stops every Node builtin at its import and remembers who wanted it. */
function builtinFinder(found) {
  return {
    name: 'builtin-finder',
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point' || !isBuiltin(path)) return undefined
        found.push({ builtin: path, importer })
        return { path, external: true }
      })
    },
  }
}

/** The files that lead from the entry to a file, by the shortest way. */
function importChain(inputs, entry, target) {
  const cameFrom = new Map([[entry, undefined]])
  for (const file of cameFrom.keys()) {
    if (file === target) break
    for (const { path, external } of inputs[file]?.imports ?? []) {
      if (!external && !cameFrom.has(path)) cameFrom.set(path, file)
    }
  }
  const chain = []
  for (let file = target; file !== undefined; file = cameFrom.get(file)) chain.unshift(file)
  return chain
}

/** Every Node builtin that a built module reaches when it is resolved for a component, dependencies included. */
export async function reachedBuiltins(file, root) {
  const found = []
  const { metafile } = await build({
    entryPoints: [file],
    absWorkingDir: root,
    bundle: true,
    // What was built, not the sources that the path mapping of a tsconfig leads to.
    tsconfigRaw: {},
    write: false,
    outdir: 'unused',
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['pf-wasm'],
    external: ['wasi:*', 'pf:*', 'pf-host:*'],
    plugins: [builtinFinder(found)],
    logLevel: 'silent',
  })
  const entry = relative(root, file)
  return found.map(({ builtin, importer }) => ({
    builtin,
    chain: importChain(metafile.inputs, entry, relative(root, importer)),
  }))
}

/** DESIGN, targets, layer 5: what was built is walked once more, whatever lint and types let through. */
export async function checkDist(root) {
  const problems = await Promise.all(
    componentFiles(root).map(async ({ specifier, file }) => {
      const reached = await reachedBuiltins(file, root)
      return reached.map(
        ({ builtin, chain }) =>
          `${specifier} runs in a component but reaches '${builtin}' through ${chain.join(' → ')}`,
      )
    }),
  )
  const lines = problems.flat()
  return { ok: lines.length === 0, output: lines.join('\n') }
}
