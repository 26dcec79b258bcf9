// @node24-only: what the bundler makes is the same on every Node
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { findTrouble } from './node-globals'

const ownBegins = '/* own */'

/** What is found, in order: `name` where it is sure to be reached, `name?` where it may be. */
function found(code: string): string[] {
  const from = code.includes(ownBegins) ? code.indexOf(ownBegins) : Infinity
  return findTrouble(code, (offset) => offset > from).map(({ name, sure }) => (sure ? name : `${name}?`))
}

describe('a use of a global that is sure to be reached', () => {
  it.each([
    ['at the top of a module', 'export const home = process.env.HOME'],
    ['by an optional chain, which needs the name all the same', 'export const home = process?.env?.HOME'],
    ['in a template', 'export const all = [`${__dirname}/data`]'],
    ['in a call', 'export const all = String(global)'],
    ['in a function called in place', 'export const x = (() => { return Buffer.from("x") })()'],
    ['in a static block', 'export class A { static { this.x = setImmediate(() => 1) } }'],
    ['in a static field', 'export class A { static x = __filename }'],
    ['in a function that the module calls', 'const f = () => Buffer.alloc(1)\nexport const x = f()'],
    ['in a default of destructuring', 'const { pid } = process\nexport { pid }'],
    [
      'in a CommonJS module',
      'var require_x = __commonJS({ "x.js"(exports, module) { module.exports = process.version } })\nvar y = require_x()\nexport { y }',
    ],
    ['behind a check of something else', 'const a = config.debug\nexport const b = a + process.pid'],
  ])('is found: %s', (_, code) => {
    expect(found(code)).toHaveLength(1)
    expect(found(code)[0]).toMatch(/^\w+$/)
  })

  it('is found where the own code calls the function that has it, however far', () => {
    const code = `const alphabet = (text) => Buffer.from(text)
function encode(text) { return alphabet(text).toString('base64') }
class Unused { run() { return encode('x') } }
${ownBegins}
export default (message) => { if (message) return encode(message) }
export { Unused }`
    expect(found(code)).toEqual(['Buffer'])
    expect(found(code.replace('return encode(message)', 'return message'))).toEqual(['Buffer?'])
    expect(found(code.replace('return alphabet', 'if (text) return text; return alphabet'))).toEqual(['Buffer?'])
    expect(found(code.replace('return encode(message)', "try { encode(message) } catch { return '' }"))).toEqual([
      'Buffer?',
    ])
  })

  it('is found anywhere in the own code', () => {
    expect(found(`${ownBegins}\nexport default (x) => x && process.env.KEY`)).toEqual(['process'])
  })
})

describe('a use that may be reached', () => {
  it.each([
    ['in a function', 'export const f = () => Buffer.from("x")'],
    ['in a method', 'export class A { b() { return process.pid } }'],
    ['in a field of instances', 'export class A { b = process.pid }'],
    ['behind any condition', 'export const x = flag && process.env.A'],
    ['in a default of a parameter', 'const f = (env = process.env) => env\nexport const x = f({})'],
    ['in a catch', 'let x; try { x = compute() } catch { x = process.pid }\nexport { x }'],
    ['in a generator', 'function* f() { yield process.pid }\nexport const x = f()'],
    ['in a callback', 'export const x = list.map(() => process.pid)'],
  ])('is told as such: %s', (_, code) => {
    expect(found(code)).toEqual([expect.stringMatching(/^\w+\?$/)])
  })
})

describe('a use behind a check of the host', () => {
  it.each([
    ['typeof', 'export const x = typeof process'],
    ['a conditional', "export const x = typeof Buffer !== 'undefined' ? Buffer.from('x') : 1"],
    ['as the bundler shortens it', 'export const x = typeof Buffer < "u" && Buffer.from("x")'],
    ['another global of the same host', "export const x = typeof window === 'undefined' ? process.pid : 0"],
    ['a property of the global object', 'export const x = globalThis.process?.versions?.node ? process.pid : 0'],
    ['in', "export const x = 'Buffer' in globalThis ? Buffer : Uint8Array"],
    ['if and else', "export let x; if (typeof window === 'object') x = 1; else x = process.pid"],
    ['an early return', "export const f = () => { if (typeof process > 'u') return 0; return process.pid }"],
    ['an early throw', 'export function f() { if (!globalThis.Buffer) throw new Error(); return Buffer.alloc(1) }'],
    ['a constant', "const node = typeof process === 'object'\nexport const x = node ? process.pid : 0"],
    ['a constant of a constant', 'const a = typeof process, b = a === "object"\nexport const x = b && process.pid'],
    ['a function', "const isNode = () => typeof process === 'object'\nexport const x = isNode() ? process.pid : 0"],
    [
      'a variable set in a check',
      'let node = false\nif (typeof process === "object") node = true\nexport const x = node && process.pid',
    ],
    [
      'a property',
      "const has = { buffer: typeof Buffer === 'function' }\nexport const f = (x) => has.buffer && Buffer.from(x)",
    ],
    [
      'a field',
      "export class A { constructor() { this.node = typeof process === 'object' } pid() { return this.node ? process.pid : 0 } }",
    ],
    ['a parameter', "export const x = ((node) => node ? process.pid : 0)(typeof process === 'object')"],
    ['a switch', "export const f = () => { switch (typeof process) { case 'object': return process.pid } }"],
    [
      'where the function is chosen',
      "const a = () => Buffer.alloc(1), b = () => 1\nexport const f = typeof Buffer > 'u' ? b : a",
    ],
    ['where the function is called', 'const a = () => process.pid\nexport const f = () => globalThis.process && a()'],
    [
      'where the class is chosen',
      "class A { x() { return process.pid } }\nexport const x = typeof process > 'u' ? 0 : new A()",
    ],
    ['a caught failure', 'export let x = 0; try { x = process.pid } catch {}'],
    [
      'where a CommonJS module is chosen',
      'var require_n = __commonJS({ "n.js"(exports) { exports.x = process.pid } })\nexport const y = typeof process > "u" ? 0 : require_n()',
    ],
  ])('is left alone: %s', (_, code) => {
    expect(found(code)).toEqual([])
  })
})

describe('what is no global', () => {
  it.each([
    ['a declared name', 'const process = { pid: 1 }\nexport const x = process.pid'],
    ['an import', "import { Buffer } from 'wasi:buffer'\nexport const x = Buffer"],
    [
      'a parameter',
      'export const f = (process, { Buffer }, [global = 1], ...setImmediate) => [process, Buffer, global, setImmediate]',
    ],
    ['a hoisted variable', 'export const f = () => { if (1) { var Buffer = 1 } return Buffer }'],
    [
      'a name of catch, function, class',
      'try { x() } catch (process) { y(process) }\n(function Buffer() { return Buffer })();\n(class global { x() { return global } })',
    ],
    ['a property, a key, a label', 'global: for (;;) { x.process = { Buffer: 1, global() {} }; break global }'],
    ['what the module puts in place itself', 'globalThis.process ??= { env: {} }\nexport const x = process.env.A'],
    ['what it defines', "Object.defineProperty(globalThis, 'Buffer', { value: 1 })\nexport const x = Buffer"],
    ['text', 'export const x = "process.env" // Buffer'],
  ])('is left alone: %s', (_, code) => {
    expect(found(code)).toEqual([])
  })

  it('is told from one of the same name elsewhere', () => {
    expect(found('{ const process = 1; f(process) }\nexport const x = process.pid')).toEqual(['process'])
    expect(found('function f() { let Buffer = 1 }\nexport { f }\nexport default Buffer')).toEqual(['Buffer'])
  })
})

describe('an import of a computed name', () => {
  it('is found, and no catch hides it', () => {
    expect(found('export const f = (x) => import(x)')).toEqual(['import?'])
    expect(found('export const f = async (x) => { try { await import(`./${x}`) } catch {} }')).toEqual(['import?'])
    expect(found(`${ownBegins}\nexport const f = (x) => import(x)`)).toEqual(['import'])
  })

  it('is left alone where the name is written down, or behind a check of the host', () => {
    expect(found("export const f = () => import('x')")).toEqual([])
    expect(found("export const f = (x) => typeof process === 'object' ? import(x) : undefined")).toEqual([])
  })
})

describe('a require of a computed name', () => {
  const helper = 'var __require = ((x) => x)(function (x) { throw Error(x) })\n'
  it.each([
    ['a call', 'export const f = (x) => __require(x)'],
    ['another name', "var r = __require\nexport const f = () => r('net')"],
    ['an argument', 'export const f = (load) => load(__require)'],
  ])('is found: %s', (_, code) => {
    expect(found(helper + code)).toEqual(['require?'])
    expect(found(helper + ownBegins + code)).toEqual(['require'])
  })

  it.each([
    ['a literal name, which the graph knows', "export const f = () => __require('net')"],
    ['a property', 'export const isMain = __require.main === undefined'],
    ['behind a check', "var r = typeof __require == 'function' && __require\nexport const f = (x) => r && r(x)"],
    ['behind if', "export let r; if (typeof __require < 'u') r = __require"],
    ['a caught failure', 'export let x; try { x = __require(`a${x}`) } catch {}'],
    ['a name of its own', 'export const f = (__require) => __require(1)'],
  ])('is left alone: %s', (_, code) => {
    expect(found(helper + code)).toEqual([])
  })
})

describe('the clock', () => {
  it.each([
    ['Date.now()', 'export const t = Date.now()'],
    ['new Date()', 'export const t = new Date().toISOString()'],
    ['new Date()', 'export const t = new Date'],
    ['Date()', 'export const t = Date()'],
    ['Date.now()', 'const { now } = Date; export const t = now()'],
    ['Date.now()', 'const { now: clock } = globalThis.Date; const stamp = () => clock(); export const t = stamp()'],
    ['Date.now()', 'const now = Date.now; export const t = now()'],
    ['Date.now()', 'export const t = globalThis.Date.now()'],
    ['new Date()', 'export const t = new globalThis.Date()'],
    ['new Date()', 'export const t = Reflect.construct(Date, [])'],
    ['Date.now()', 'const stamp = () => Date.now()\nexport const t = stamp()'],
    [
      'Date.now()',
      'var require_x = __commonJS({ "x.js"(exports) { exports.t = Date.now() } })\nexport const x = require_x()',
    ],
  ])('%s at module scope is found, and refused in own code alone: %s', (name, code) => {
    expect(found(code)).toEqual([`${name}?`])
    expect(found(`${ownBegins}\n${code}`)).toEqual([name])
  })

  it.each([
    ['in a handler', 'export const f = () => Date.now() + new Date().getTime()'],
    ['of a fixed time', "export const t = new Date('2026-11-21'), u = new Date(0), v = Date.UTC(2026)"],
    ['handed on', 'export const clock = { now: Date.now, Date }'],
    ['by another name in a handler', 'const { now } = Date; export const f = () => now()'],
    [
      'by another name of another',
      'const { UTC: now } = Date; let { now: later } = Date; export const t = now(2026), u = later',
    ],
    ['of a fixed time by another way', 'export const t = Reflect.construct(Date, [0]), u = globalThis.Date.UTC(2026)'],
    ['on a condition', 'export const t = flag ? Date.now() : 0'],
    ['of its own', 'const Date = { now: () => 1 }\nexport const t = Date.now()'],
  ])('is left alone: %s', (_, code) => {
    expect(found(`${ownBegins}\n${code}`)).toEqual([])
  })
})

// Packages that work in a component: none of them may be refused, whatever a build takes of it.
describe('common packages', { timeout: 60_000 }, () => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url))
  it.each([
    ['zod', 'packages/agent-core', []],
    ['valibot', 'packages/agent-core', []],
    ['hono', 'packages/app', []],
    ['jose', 'packages/auth', []],
    ['eventsource-parser', 'packages/http-kit', []],
    ['@cfworker/json-schema', 'packages/agent-core', []],
    ['@ai-sdk/openai', 'packages/llm-engine', []],
    ['@google/genai', 'packages/llm-engine', []],
    // Its client for Azure asks for variables; the conversion of parts with bytes.
    ['openai', 'packages/llm-engine', ['process?']],
    ['@a2a-js/sdk/client', 'packages/a2a-client', ['Buffer?']],
  ])('%s is not refused', async (name, from, warned) => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from '${name}'`, resolveDir: root + from },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['pf-wasm', 'browser'],
      define: { 'process.env.NODE_ENV': '"production"' },
      minifySyntax: true,
      legalComments: 'none',
      logLevel: 'silent',
    })
    expect([...new Set(found(outputFiles[0]?.text ?? ''))]).toEqual(warned)
  })
})
