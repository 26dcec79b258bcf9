import { SourceMap, type SourceMapPayload } from 'node:module'

const position = /(?:\S*\/)?agent\.js:(\d+)(?::(\d+))?/g

/** Puts the positions of the user's files in place of those in the bundle, in a stack or a message. */
export function mapStack(text: string, map: string): string {
  if (map === '' || !text.includes('agent.js:')) return text
  const sources = new SourceMap(JSON.parse(map) as SourceMapPayload)
  return text.replaceAll(position, (whole, line: string, column: string | undefined) => {
    // Lines and columns of the engine count from one, those of the map from zero.
    const found = sources.findEntry(Number(line) - 1, Number(column ?? 1) - 1)
    if (!('originalSource' in found)) return whole
    return `${found.originalSource.replace(/^(?:\.\.\/)+/, '')}:${found.originalLine + 1}:${found.originalColumn + 1}`
  })
}
