import { SourceMap, type SourceMapPayload } from 'node:module'
import { relative, resolve } from 'node:path'

const position = /(?:(?<!\S)\S*\/)?agent\.js:(\d+)(?::(\d+))?/g

/** Finds where a position of the bundle, line and column counted from one, stands in the user's files. */
export type PlaceFinder = (line: number, column: number) => string | undefined

/** Reads a map once. `base` is the folder that it names its sources from; places are shown from the working directory. */
export function placeFinder(map: string, base: string): PlaceFinder {
  const sources = new SourceMap(JSON.parse(map) as SourceMapPayload)
  return (line, column) => {
    // Lines and columns of the map count from zero.
    const found = sources.findEntry(line - 1, column - 1)
    if (!('originalSource' in found)) return undefined
    return `${relative(process.cwd(), resolve(base, found.originalSource))}:${found.originalLine + 1}:${found.originalColumn + 1}`
  }
}

/**
 * Puts the positions of the user's files in place of those in the bundle, in a stack or a message. `base` is the folder
 * that the map names its sources from; they are shown from the working directory.
 */
export function mapStack(text: string, map: string, base: string): string {
  if (map === '' || !text.includes('agent.js:')) return text
  const placeOf = placeFinder(map, base)
  return text.replaceAll(
    position,
    (whole, line: string, column: string | undefined) => placeOf(Number(line), Number(column ?? 1)) ?? whole,
  )
}

/** The same map for another place: it names its sources from `to` instead of `from`. */
export function moveMap(map: string, from: string, to: string): string {
  const payload = JSON.parse(map) as SourceMapPayload
  return JSON.stringify({
    ...payload,
    sources: payload.sources.map((source) => relative(to, resolve(from, source)).replaceAll('\\', '/')),
  })
}
