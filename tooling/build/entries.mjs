/** File name of an entry without extension: '.' is index, './node' is node. */
export const entryName = (key) => (key === '.' ? 'index' : key.slice(2))

/** Entries of a package that are written for Node alone, and those that run in a component. */
export function entriesByKind(manifest) {
  const entries = Object.entries(manifest.pf.targets)
  return {
    neutral: entries.filter(([, targets]) => targets.includes('wasm')).map(([key]) => entryName(key)),
    nodeOnly: entries.filter(([, targets]) => !targets.includes('wasm')).map(([key]) => entryName(key)),
  }
}
