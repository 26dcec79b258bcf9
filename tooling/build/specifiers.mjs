import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const relativeSpecifier = /(\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])(\.{1,2}(?:\/[^'"]*)?)\2/
/** Comments (with their examples) and other strings are taken whole, so that nothing inside them is. */
const otherToken = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/
const tokens = new RegExp(`${relativeSpecifier.source}|${otherToken.source}`, 'g')

/**
 * Sources import without extension; declarations of an ESM package must name the file, or consumers that resolve
 * the way Node does (`moduleResolution: nodenext`) see no types at all.
 */
export function completeSpecifiers(folder) {
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue
    const path = join(folder, file)
    const text = readFileSync(path, 'utf8')
    const completed = text.replace(tokens, (whole, before, quote, specifier) => {
      if (specifier === undefined || /\.(js|json)$/.test(specifier)) return whole
      const base = join(dirname(path), specifier)
      const isFile = !/(^|\/)\.{0,2}$/.test(specifier) && existsSync(`${base}.d.ts`)
      const suffix = isFile ? '.js' : existsSync(join(base, 'index.d.ts')) ? '/index.js' : undefined
      if (!suffix) throw new Error(`${path} imports ${specifier}, for which no declaration was written.`)
      return `${before}${quote}${specifier.replace(/\/$/, '')}${suffix}${quote}`
    })
    if (completed !== text) writeFileSync(path, completed)
  }
}
