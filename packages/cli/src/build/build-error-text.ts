import { dirname, resolve } from 'node:path'
import type { Message } from 'esbuild'
import { PackageFinder, splitSpecifier } from '../guard/package-targets'
import { ownManifest } from './own-packages'

/** What esbuild has to say, with file, line and column, for a person. */
export function buildErrorText(errors: readonly Message[]): string {
  return errors
    .map(({ text, location, notes }) => {
      const where = location ? `${location.file}:${location.line}:${location.column + 1}: ` : ''
      const shown = location ? [`    ${location.lineText.trim()}`] : []
      const unresolved = /^Could not resolve "(.+)"$/.exec(text)?.[1]
      // Nothing is left out of a component, and this command has no option for it.
      const said = notes.map((note) => note.text).filter((note) => !/mark the path .+ as external/.test(note))
      const advice = unresolved && location ? installAdvice(unresolved, dirname(resolve(location.file))) : undefined
      return [
        `✗ ${where}${text}`,
        ...shown,
        ...[...said, ...(advice ? [advice] : [])].map((line) => `    ${line}`),
      ].join('\n')
    })
    .join('\n')
}

/** What to do about an import of a package that was not found. Undefined for files. */
function installAdvice(specifier: string, from: string): string | undefined {
  const { name, entry } = splitSpecifier(specifier) ?? {}
  if (name === undefined || entry === undefined) return undefined
  if (new PackageFinder(ownManifest).find(name, from))
    return entry === '.'
      ? `${name} is installed, but its package.json names no file that can be imported.`
      : `${name} is installed, but has no "${entry}" to import; see "exports" in its package.json.`
  const doubt = name.startsWith('@pf-agents/') ? '; this version of pf-agents may have no package of that name' : ''
  return `Install it: npm install ${name}. Or correct the name${doubt}.`
}
