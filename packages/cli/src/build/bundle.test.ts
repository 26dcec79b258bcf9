// @node24-only: what the bundler makes is the same on every Node
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PfError } from '@pf-agents/agent-core'
import { bundleComponent } from './bundle'
import type { World } from './worlds'

let folder: string
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'pf-bundle-')))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}
const bundle = (world: World = 'wasi-http', entry = 'agent.ts', conditions: string[] = []) =>
  bundleComponent({ entry: join(folder, entry), world, conditions })
const failure = async (...args: Parameters<typeof bundle>): Promise<PfError> => {
  const error: unknown = await bundle(...args).then(
    () => expect.unreachable(),
    (reason: unknown) => reason,
  )
  expect(PfError.is(error, 'PF_BUILD_FAILED')).toBe(true)
  return error as PfError
}

const agent = `import { defineAgent } from '@pf-agents/agent-core'
export default defineAgent({ name: 'a', description: 'd', version: '1', onMessage: () => 'hello from the agent' })`
const app = `import { createApp } from '@pf-agents/app'
import agent from './agent'
export default createApp(agent, [])`

describe('an entry', () => {
  it('that is an agent gets the A2A server, and needs nothing installed', async () => {
    write({ 'agent.ts': agent })
    const { code, kind, imports } = await bundle()
    expect([kind, imports]).toEqual(['agent', []])
    expect(code).toContain('hello from the agent')
    expect(code).toContain('SendMessage')
  })

  it('that is an agent gets the engine of agents with a model', async () => {
    write({ 'agent.ts': agent })
    expect((await bundle()).code).toContain('The model came to no end within')
  })

  it.each<[World, boolean]>([
    ['spin', true],
    ['wasmtime', false],
    ['wasi-http', false],
  ])('that is an agent gets storage where its world has it: %s %s', async (world, stored) => {
    write({ 'agent.ts': agent })
    const { imports } = await bundle(world)
    expect(imports.some((name) => name.startsWith('wasi:keyvalue/'))).toBe(stored)
  })

  it('that loads a module by a computed name is refused, with the place; a literal name is bundled', async () => {
    const load = (call: string) =>
      `import { defineAgent } from '@pf-agents/agent-core'
export default defineAgent({ name: 'a', description: 'd', version: '1', onMessage: async (message) => (await ${call}).text })`
    write({ 'agent.ts': load('import(message.text)'), 'other.ts': "export const text = 'other'" })
    const { message } = await failure()
    expect(message).toMatch(/nothing can be loaded by a name that is only known later[^]+agent\.ts:2:\d+/)
    write({ 'agent.ts': load("import('./other')") })
    expect((await bundle()).code).toContain('other')
  })

  it('that is an app is taken as it is', async () => {
    write({ 'agent.ts': agent, 'main.spin.ts': app })
    const { code, kind } = await bundle('wasi-http', 'main.spin.ts')
    expect(kind).toBe('app')
    expect(code).not.toContain('SendMessage')
  })

  it('puts the guest right before anything else is evaluated, and nothing of Node into it', async () => {
    write({ 'agent.ts': agent })
    const { code, map } = await bundle()
    expect(code.indexOf('pf-agents.target')).toBeLessThan(code.indexOf('hello from the agent'))
    expect(code).not.toMatch(/["']node:/)
    expect((JSON.parse(map) as { sources: string[] }).sources.some((source) => source.endsWith('agent.ts'))).toBe(true)
  })

  it.each<[World, string[]]>([
    ['spin', ['wasi:config/store@0.2.0-draft-2024-09-27']],
    ['wasmtime', ['wasi:config/store@0.2.0-rc.1']],
    ['wasi-http', []],
  ])('for %s imports only what is used there: %j', async (world, imports) => {
    write({ 'agent.ts': agent, 'main.ts': app })
    expect((await bundle(world, 'main.ts')).imports).toEqual(imports)
  })

  it('is bundled to the same bytes every time', async () => {
    write({ 'agent.ts': agent })
    const [first, second] = [await bundle(), await bundle()]
    expect(second.code).toBe(first.code)
    expect(second.map).toBe(first.map)
  })

  it('reaches the key-value store of its world', async () => {
    write({
      'agent.ts': agent,
      'main.ts': `import { openBucket } from 'pf-host:keyvalue'\nimport { world } from 'pf-host:world'\nexport { openBucket }\n${app.replace('[]', '[], { limits: { urlLength: world.length + openBucket.length } }')}`,
    })
    expect((await bundle('spin', 'main.ts')).imports.filter((name) => name.includes('keyvalue'))).toEqual([
      'wasi:keyvalue/store@0.2.0-draft2',
      'wasi:keyvalue/atomics@0.2.0-draft2',
      'wasi:keyvalue/batch@0.2.0-draft2',
    ])
    expect((await bundle('wasi-http', 'main.ts')).imports).toEqual([])
  })
})

describe('a failure', () => {
  it('names the chain to a Node-only entry of ours, the reason and the alternative', async () => {
    write({
      'agent.ts': `import { serve } from '@pf-agents/app/node'\n${agent.replace("'hello from the agent'", 'String(serve)')}`,
    })
    const { message, details } = await failure()
    expect(message).toContain(
      '✗ @pf-agents/app/node does not work on wasm (only on node): it listens on a socket. Instead, export the incoming handler',
    )
    expect(message).toMatch(/agent\.ts\n\s+→ imports "@pf-agents\/app\/node"/)
    expect(details).toMatchObject({
      violations: [{ feature: '@pf-agents/app/node', specifier: '@pf-agents/app/node' }],
    })
  })

  it('names the chain to a builtin in a package', async () => {
    write({
      'agent.ts': `import { load } from 'loader'\n${agent.replace("'hello from the agent'", 'load()')}`,
      'node_modules/loader/package.json': '{ "name": "loader", "main": "index.js", "type": "module" }',
      'node_modules/loader/index.js':
        "import { readFileSync } from 'node:fs'\nexport const load = () => readFileSync('x', 'utf8')",
    })
    const { message } = await failure()
    expect(message).toContain('✗ node:fs does not work on wasm (only on node): a component has no file system.')
    expect(message).toMatch(/agent\.ts\n\s+→ loader\/index\.js\n\s+→ imports "node:fs"/)
  })

  const encoder = (code: string) => ({
    'node_modules/encoder/package.json': '{ "name": "encoder", "main": "index.js", "type": "module" }',
    'node_modules/encoder/index.js': "export { encode, Encoder } from './base64.js'",
    'node_modules/encoder/base64.js': code,
  })

  it('names the chain to a package that needs a global of Node, with the place', async () => {
    write({
      'agent.ts': `import { encode } from 'encoder'\n${agent.replace("'hello from the agent'", "encode('x')")}`,
      ...encoder("export const encode = (text) =>\n  Buffer.from(text).toString('base64')\nexport class Encoder {}"),
    })
    const { message, details } = await failure()
    expect(message).toContain(
      '✗ encoder does not work on wasm (only on node): it uses the global Buffer without a check, and a component has no Buffer. Instead, use a package that works in browsers, or its build for them (pf build --condition browser).',
    )
    expect(message).toMatch(
      /agent\.ts\n\s+→ encoder\/index\.js\n\s+→ encoder\/base64\.js\n\s+→ uses the global Buffer at encoder\/base64\.js:2:3$/,
    )
    expect(details).toMatchObject({ violations: [{ feature: 'encoder', usedAt: 'encoder/base64.js:2:3' }] })
  })

  it('names the line of a global of Node in the own files', async () => {
    write({ 'agent.ts': agent.replace("'hello from the agent'", "process.env['KEY'] ?? ''") })
    expect((await failure()).message).toMatch(
      /✗ The global process does not work on wasm \(only on node\): a component has no process\. Instead, read variables through the agent's needs and the run context\.\n.*agent\.ts\n\s+→ uses the global process at .*agent\.ts:2:\d+$/,
    )
  })

  it('is only warned of where a package may get there or not', async () => {
    write({
      'agent.ts': `import { Encoder } from 'encoder'\n${agent.replace("'hello from the agent'", 'new Encoder().encode(String(await Promise.resolve(1)))').replace('() =>', 'async () =>')}`,
      ...encoder(`export class Encoder {
  encode(text) { return Buffer.from(text).toString('base64') }
  decode(text) { return Buffer.from(text, 'base64').toString() }
  plugin(name) { return import(name) }
}
export const encode = 1`),
    })
    expect((await bundle()).warnings).toEqual([
      'encoder uses the global Buffer without a check (encoder/base64.js:2:25 and 1 more): a component has no Buffer. What gets there fails with a ReferenceError; try it in the component.',
      'encoder loads modules by names that are only known later (encoder/base64.js:4:25). A component is one file: a request that gets there ends with a trap (PF_GUEST_TRAP), which no catch prevents.',
    ])
  })

  it('refuses a clock that the own files would freeze, and warns of one in a package, and of its require', async () => {
    write({ 'agent.ts': `const started = Date.now()\n${agent.replace("'hello from the agent'", 'String(started)')}` })
    expect((await failure()).message).toMatch(
      /✗ Date\.now\(\) can not be used at module scope, .+ Read the clock in a handler\.\n.*agent\.ts\n\s+→ uses Date\.now\(\) at .*agent\.ts:1:17$/,
    )
    write({
      'agent.ts': `import d from 'd1'\n${agent.replace("'hello from the agent'", 'String(d())')}`,
      'node_modules/d1/package.json': '{ "name": "d1", "main": "i.js" }',
      'node_modules/d1/i.js': "module.exports = require('d2')",
      'node_modules/d2/package.json': '{ "name": "d2", "main": "i.js" }',
      'node_modules/d2/i.js': `const r = require, now = new Date()\nmodule.exports = () => [now, r('n' + 'et')]`,
    })
    expect((await bundle()).warnings).toEqual([
      'd2 loads modules with require, by names that are only known later (d2/i.js:1:11). A component is one file: what gets there fails with an Error, "Dynamic require … is not supported".',
      'd2 calls new Date() at module scope (d2/i.js:1:30), which is evaluated once, at build time: the value is frozen into the component, the same for each request. See that nothing depends on it.',
    ])
  })

  it('leaves alone what a package checks or shakes away, and answers NODE_ENV', async () => {
    write({
      'agent.ts': `import { encode } from 'encoder'\n${agent.replace("'hello from the agent'", "encode('x')")}`,
      ...encoder(`export const encode = (text) =>
  process.env.NODE_ENV === 'production' && typeof Buffer === 'function' ? Buffer.from(text).toString('base64') : btoa(text)
export class Encoder { x() { return process.pid } }`),
    })
    const { code, warnings } = await bundle()
    expect(warnings).toEqual([])
    expect(code).not.toMatch(/NODE_ENV|process\.pid/)
  })

  it.each<[World, string]>([
    ['wasmtime', 'it has a key-value store without compare-and-set, where requests would overwrite each other.'],
    ['wasi-http', 'it has no key-value store.'],
  ])('refuses stored state in the world %s, which can not keep it safely', async (world, why) => {
    write({
      'agent.ts': agent,
      'main.ts': `import { spinStorage } from '@pf-agents/spin-storage'\n${app.replace('[]', '[spinStorage()]')}`,
    })
    const { message } = await failure(world, 'main.ts')
    expect(message).toContain(
      `✗ @pf-agents/spin-storage does not work in the world ${world}: ${why} Instead, build with --world spin`,
    )
    expect(message).toMatch(/main\.ts\n\s+→ imports "@pf-agents\/spin-storage"/)
    expect((await bundle('spin', 'main.ts')).imports).toContain('wasi:keyvalue/atomics@0.2.0-draft2')
  })

  it('may be avoided by a condition under which a package has another build', async () => {
    write({
      'agent.ts': `import { id } from 'ids'\n${agent.replace("'hello from the agent'", 'id()')}`,
      'node_modules/ids/package.json':
        '{ "name": "ids", "type": "module", "exports": { "browser": "./web.js", "default": "./node.js" } }',
      'node_modules/ids/node.js': "import { randomUUID } from 'node:crypto'\nexport const id = () => randomUUID()",
      'node_modules/ids/web.js': 'export const id = () => crypto.randomUUID()',
    })
    expect((await failure()).message).toContain('use the global crypto')
    expect((await bundle('wasi-http', 'agent.ts', ['browser'])).kind).toBe('agent')
  })

  it('says where the syntax is wrong', async () => {
    write({ 'agent.ts': 'export default {{' })
    expect((await failure()).message).toMatch(
      /✗ .*agent\.ts:1:17: Expected identifier but found "\{"\n {4}export default \{\{/,
    )
  })

  it('says what can not be resolved, and from where', async () => {
    write({
      'agent.ts': `import a from 'not-installed'
import b from '@scope/not-installed/sub'
import c from '@pf-agents/redis-storage'
import d from '@pf-agents/app/nothing'
import e from './missing'
export default [a, b, c, d, e, await import('later')]`,
    })
    const { message } = await failure()
    expect(message).toMatch(
      /agent\.ts:1:15: Could not resolve "not-installed"\n.+\n {4}Install it: npm install not-installed\. Or correct the name\.\n/,
    )
    expect(message).toContain('Install it: npm install @scope/not-installed. Or correct the name.')
    expect(message).toContain('npm install @pf-agents/redis-storage. Or correct the name; this version of pf-agents')
    expect(message).toContain('@pf-agents/app is installed, but has no "./nothing" to import')
    expect(message).toMatch(/Could not resolve "\.\/missing"\n.+\n✗/)
    expect(message).toContain('Install it: npm install later.')
    expect(message).not.toContain('external')
  })

  it('asks for a default export', async () => {
    write({ 'agent.ts': agent.replace('export default', 'export const agent =') })
    expect((await failure()).message).toContain(
      'has no default export. Export the agent (defineAgent) or the app (createApp) as default.',
    )
  })

  it('knows the host modules there are', async () => {
    write({ 'agent.ts': `import x from 'pf-host:files'\nexport default x` })
    expect((await failure()).message).toContain(
      'There is no host module "pf-host:files"; there are pf-host:keyvalue, pf-host:config',
    )
  })
})
