// Targets, layer 4, lint: neutral code that touches Node, or does something while it loads, is refused with a way out.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withNeutralOverride } from '../generate/lint-override.mjs'
import { scratch, workspaceRoot } from '../scratch/scratch'

const fixture = {
  dir: 'packages/fixture',
  manifest: { name: '@pf-agents/fixture', pf: { targets: { '.': ['node', 'wasm'], './node': ['node'] } } },
}

/** Lints files of a package that has a neutral entry and one for Node, with the rules of the workspace. */
function lint(files: Record<string, string>) {
  const config = withNeutralOverride(JSON.parse(readFileSync(join(workspaceRoot, '.oxlintrc.json'), 'utf8')), [fixture])
  const folder = scratch({
    '.oxlintrc.json': { ...config, jsPlugins: [join(workspaceRoot, 'tooling/lint/plugin.mjs')], options: {} },
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`packages/fixture/src/${name}`, text])),
  })
  const script = join(workspaceRoot, 'node_modules/oxlint/bin/oxlint')
  const { stdout, stderr } = spawnSync(process.execPath, [script, '--format', 'json'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; message: string; help?: string }[] }
  return diagnostics.map(({ code, message, help }) => `${code} ${message} ${help ?? ''}`.trim())
}

const lintIndex = (text: string) => lint({ 'index.ts': text })

it.each([
  ["import { readFile } from 'node:fs/promises'\nexport { readFile }", 'node:fs/promises'],
  ["import path from 'path'\nexport { path }", 'path'],
  ["export { createServer } from 'http'", 'http'],
  ["export * from 'node:os'", 'node:os'],
  ["export const load = () => import('node:sqlite')", 'node:sqlite'],
])('refuses a Node builtin: %s', (text, name) => {
  expect(lintIndex(text)).toEqual([
    expect.stringMatching(
      new RegExp(
        `^pf\\(no-builtin\\) '${name}' is a Node builtin and this file also runs in a component.*Put the code that needs it into a \\*\\.node\\.ts file`,
      ),
    ),
  ])
})

it.each([
  ['export const id = crypto.randomUUID()', 'crypto.randomUUID() draws randomness'],
  ['export const now = globalThis.Date.now()', 'Date.now() reads the clock'],
  ['export const now = new Date()', 'new Date() reads the clock'],
  ['export const at = performance.now()', 'performance.now() reads the clock'],
  ['export const timer = setTimeout(() => {}, 1)', 'setTimeout() starts a timer'],
  ["export const answer = fetch('https://example.com')", 'fetch() sends a request'],
  ["addEventListener('fetch', () => {})", 'addEventListener() adds a listener'],
  ['export const id = (() => crypto.randomUUID())()', 'crypto.randomUUID() draws randomness'],
  ['export class Run { static started = Date.now() }', 'Date.now() reads the clock'],
  ['export class Run { static { setInterval(() => {}, 1) } }', 'setInterval() starts a timer'],
])('refuses what happens while the module loads: %s', (text, what) => {
  const [first, ...others] = lintIndex(text)
  expect(first).toContain(`pf(no-module-scope-effect) ${what} while the module loads`)
  expect(first).toContain('Do it inside a function that runs per request')
  expect(others).toEqual([])
})

it.each([
  'export const now = () => Date.now()',
  'export const epoch = new Date(0)',
  'export class Run { started = Date.now() }',
  "export const send = (fetch: (url: string) => void) => fetch('x')",
  'const fetch = (url: string) => url\nexport const answer = fetch("x")',
  'export const later = (run: () => void) => setTimeout(run, 1)',
])('allows what happens per call: %s', (text) => {
  expect(lintIndex(text)).toEqual([])
})

it.each([
  [
    'export const key = () => process.env',
    'process: a component has no process; take variables through the Variables port',
  ],
  ['export const bytes = () => Buffer.from("a")', 'Buffer: a component has no Buffer'],
  ['export const bytes = () => globalThis.Buffer', 'globalThis.Buffer: a component has no Buffer'],
  ['export const here = () => __dirname', '__dirname: a component has no files'],
  ['export const id = () => Math.random()', 'Math.random: it is not seeded in tests'],
  ['export const format = () => new Intl.NumberFormat()', 'Intl: the component engine is built without Intl'],
  ['export const both = (a: AbortSignal) => AbortSignal.any([a])', 'AbortSignal.any: it is missing'],
  ['export const check = (a: AbortSignal) => a.throwIfAborted()', 'throwIfAborted(): it is missing'],
  ['export const gone = () => AbortSignal.abort()', 'AbortSignal.abort() without a reason'],
  ['export const isUrl = (text: string) => URL.canParse(text)', 'URL.canParse: it is missing'],
  ['export const letter = /\\p{L}/u', '/\\p{L}/: the component engine has no Unicode property classes'],
  [
    'export const read = async (response: { body: AsyncIterable<string> }) => { for await (const part of response.body) return part }',
    'for await over response.body: body streams are not async iterable',
  ],
])('refuses what the component engine lacks: %s', (text, message) => {
  expect(lintIndex(text)).toEqual([expect.stringContaining(`pf(no-gap) ${message}`)])
})

it('does not take a name of the file for the global', () => {
  expect(
    lintIndex('export const run = (process: { env: string }) => ({ env: process.env, Buffer: 1, process })'),
  ).toEqual([])
})

it('refuses a schema library in neutral code', () => {
  expect(lintIndex("import { z } from 'zod'\nexport { z }")[0]).toContain('Take a Standard Schema')
})

it('leaves files for Node and tests alone', () => {
  const text =
    "import { readFile } from 'node:fs/promises'\nexport const now = Date.now()\nexport { readFile }\nexport const env = process.env"
  expect(lint({ 'node.ts': text, 'node/server.ts': text, 'files.node.ts': text, 'index.test.ts': text })).toEqual([])
})

it.each([
  ['^(yes|no)\\s*[.!]?\\s*$', 'at least quadratic time in the length of a text: two repetitions, one behind the other'],
  ['\\s*$', 'at least quadratic time in the length of a text: it begins anew at every character'],
  ['^(a+)+$', 'exponential time in the length of a text: a repetition within a repetition'],
])('refuses a regular expression that takes ever longer: /%s/', (pattern, message) => {
  const text = `export const takes = (text: string) => /${pattern}/i.test(text)`
  expect(lintIndex(text)).toEqual([expect.stringContaining(`pf(no-slow-regex) /${pattern}/i takes ${message}`)])
  // A test has texts of its own.
  expect(lint({ 'index.test.ts': text })).toEqual([])
})

it.each(['^(yes|no)\\s*([.!]\\s*)?$', '^[a-z]+(-[a-z]+)*$', '(?<!\\/)\\/+$', '={1,2}$'])(
  'allows one that does not: /%s/',
  (pattern) => {
    expect(lintIndex(`export const takes = (text: string) => /${pattern}/.test(text)`)).toEqual([])
  },
)
