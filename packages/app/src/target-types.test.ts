// @node24-only: asks the compiler, which says the same on every Node
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const compiler = join(root, 'node_modules/typescript7/bin/tsc')

const head = `
import { defineAgent, defineFeature, reply } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { mount, serve, toNodeListener } from '@pf-agents/app/node'
import { componentExports } from '@pf-agents/app/wasm'
const agent = defineAgent({ name: 'a', description: 'd', version: '1', onMessage: () => reply.text('x') })
const anywhere = defineFeature({ name: 'anywhere', targets: ['node', 'wasm'], setup: () => ({}) })
const redis = defineFeature({ name: 'redis-storage', targets: ['node'], unavailable: { reason: 'it needs TCP sockets' }, setup: () => ({}) })
const spin = defineFeature({ name: 'spin-storage', targets: ['wasm'], unavailable: { reason: 'it needs wasi:keyvalue' }, setup: () => ({}) })
`

const wrong: Record<string, { code: string; message: RegExp }> = {
  'node.ts': {
    code: 'void serve(createApp(agent, [anywhere, spin]))',
    message: /spin-storage does not work on node \(only on wasm\): it needs wasi:keyvalue/,
  },
  'wasm.ts': {
    code: 'componentExports(createApp(agent, [redis, anywhere]))',
    message: /redis-storage does not work on wasm \(only on node\): it needs TCP sockets/,
  },
  'listener.ts': { code: 'toNodeListener(createApp(agent, [spin]))', message: /spin-storage does not work on node/ },
  'mount.ts': {
    code: 'mount(createApp({ tenants: { one: agent } }, [spin]), { use: () => {} })',
    message: /spin-storage does not work on node/,
  },
}

const right = `
void serve(createApp(agent, []))
void serve(createApp(agent, [anywhere, redis]), { port: 1 })
toNodeListener(createApp(agent, [redis]))
componentExports(createApp(agent, [anywhere, spin]))
`

describe('the types of serving functions', () => {
  let directory: string
  let output: string
  beforeAll(async () => {
    await mkdir(join(root, '.pf'), { recursive: true })
    directory = await mkdtemp(join(root, '.pf/types-'))
    const files = Object.entries(wrong).map(([name, { code }]) => writeFile(join(directory, name), head + code))
    await Promise.all([
      ...files,
      writeFile(join(directory, 'right.ts'), head + right),
      writeFile(
        join(directory, 'tsconfig.json'),
        JSON.stringify({
          extends: join(root, 'tsconfig.json'),
          compilerOptions: { rootDir: root },
          include: ['*.ts', '../../packages/app/src/**/*.d.ts'],
        }),
      ),
    ])
    const run = promisify(execFile)(process.execPath, [compiler, '-p', directory, '--pretty', 'false'])
    output = await run.then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    )
  })
  afterAll(() => rm(directory, { recursive: true }))

  const of = (name: string) =>
    output
      .split(/\n(?=\S)/)
      .filter((one) => one.includes(name))
      .join('\n')

  it.each(Object.entries(wrong))('refuse a feature of another target in %s, and say why', (name, { message }) => {
    expect(of(name).replaceAll(/\s+/g, ' ')).toMatch(message)
  })

  it('take everything that fits', () => {
    expect(of('right.ts')).toBe('')
  })
})
