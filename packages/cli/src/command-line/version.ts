import { readFileSync } from 'node:fs'

/** The version of this package. */
export function version(): string {
  // One folder up from `dist`, two from `src/command-line`.
  const up = import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json'
  return (JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { version: string }).version
}
