import { SourceMap, type SourceMapPayload } from 'node:module'
import { relative, resolve } from 'node:path'

const position = /(?:\S*\/)?agent\.js:(\d+)(?::(\d+))?/g

/**
 * Puts the positions of the user's files in place of those in the bundle, in a stack or a message. `base` is the folder
 * that the map names its sources from; they are shown from the working directory.
 */
export function mapStack(text: string, map: string, base: string): string {
  if (map === '' || !text.includes('agent.js:')) return text
  const sources = new SourceMap(JSON.parse(map) as SourceMapPayload)
  return text.replaceAll(position, (whole, line: string, column: string | undefined) => {
    // Lines and columns of the engine count from one, those of the map from zero.
    const found = sources.findEntry(Number(line) - 1, Number(column ?? 1) - 1)
    if (!('originalSource' in found)) return whole
    return `${relative(process.cwd(), resolve(base, found.originalSource))}:${found.originalLine + 1}:${found.originalColumn + 1}`
  })
}

/** The same map for another place: it names its sources from `to` instead of `from`. */
export function moveMap(map: string, from: string, to: string): string {
  const payload = JSON.parse(map) as SourceMapPayload
  return JSON.stringify({
    ...payload,
    sources: payload.sources.map((source) => relative(to, resolve(from, source)).replaceAll('\\', '/')),
  })
}
