import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Hash of the content of files (globs under a folder) and of further words. */
export function contentHash(folder, globs, ...words) {
  const hash = createHash('sha256')
  for (const word of words) hash.update(`${word}\0`)
  for (const file of globSync(globs, { cwd: folder }).sort()) {
    const path = join(folder, file)
    if (statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

/** Remembers, by content, what was checked and found good. */
export function passedBefore(root, name) {
  const file = join(root, 'node_modules/.cache/pf-check', `${name}.json`)
  let known = {}
  try {
    known = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // No cache, or one that cannot be read: everything is checked again.
    rmSync(file, { force: true })
  }
  return {
    has: (key, hash) => known[key] === hash,
    add(key, hash) {
      known[key] = hash
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, JSON.stringify(known))
    },
  }
}
