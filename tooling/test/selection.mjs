import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where tests stand. */
export const testGlobs = [
  'packages/*/{src,test}/**/*.test.ts',
  'presets/*/src/**/*.test.ts',
  'examples/*/**/*.test.ts',
  'benchmarks/**/*.test.ts',
  'tooling/**/*.test.ts',
]
export const excludedGlobs = ['**/node_modules/**', '**/dist/**', '**/fixtures/**']
/** Of these, those that drive a browser. They are a stage of their own, with few at once: a browser is a machine's work. */
export const browserGlobs = ['**/*.browser.test.ts']
/**
 * Those that share a process with others of the kind, one behind the other: a third of their time was the start of a process
 * for each. All of it is code whose modules keep nothing (a rule of lint), and whose tests put back what they change. Tests
 * that measure the memory of their process have one of their own, and those that compute on megabytes: they took a minute once
 * where others had run before.
 */
export const sharedGlobs = [
  'packages/{agent-core,a2a-client,a2a-protocol,auth,context-window,http-kit,interactive-tools,llm-engine,spin-storage}/{src,test}/**/!(*.component|*.browser).test.ts',
  'packages/a2a-server/{src,test}/**/!(*.component|fuzz|leaks|stalled-reader).test.ts',
]

const marker = /^\s*\/\/ @node24-only: (.+)$/m

/**
 * The test files that run on the workspace's own Node only, with the reason.
 * Components are built and hosted by the workspace's Node (JSPI), a browser is the same whoever drives it, the tooling is
 * run by this Node and by nothing else;
 * any other file says so itself in one of its first lines: `// @node24-only: <reason>`.
 */
export function node24Only(root) {
  const files = []
  for (const file of globSync(testGlobs, {
    cwd: root,
    exclude: (path) => path === 'node_modules' || path === 'dist',
  })) {
    if (file.includes('node_modules/')) continue
    const own = marker.exec(readFileSync(join(root, file), 'utf8').slice(0, 600))?.[1]
    if (own) files.push({ file, reason: own.trim() })
    else if (file.endsWith('.browser.test.ts')) files.push({ file, reason: 'drives a browser' })
    else if (file.endsWith('.component.test.ts')) files.push({ file, reason: 'builds and hosts a component' })
    else if (file.startsWith('tooling/')) files.push({ file, reason: 'tests the tooling of the workspace' })
  }
  return files
}
