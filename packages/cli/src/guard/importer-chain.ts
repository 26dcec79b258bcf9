import type { Metafile } from 'esbuild'

/** The shortest way from the entry to a module, both included, as metafile paths. Undefined where there is none. */
export function importerChain(inputs: Metafile['inputs'], entry: string, target: string): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[entry, undefined]])
  const queue = [entry]
  for (const path of queue) {
    if (path === target) break
    for (const { path: next } of inputs[path]?.imports ?? []) {
      if (cameFrom.has(next)) continue
      cameFrom.set(next, path)
      queue.push(next)
    }
  }
  if (!cameFrom.has(target)) return undefined
  const chain: string[] = []
  for (let path: string | undefined = target; path !== undefined; path = cameFrom.get(path)) chain.unshift(path)
  return chain
}

/** A path for people: files of packages by the package's name, whatever store they lie in. */
export function readablePath(path: string): string {
  const at = path.lastIndexOf('node_modules/')
  return at < 0 ? path : path.slice(at + 'node_modules/'.length)
}
