import { describe, expect, it } from 'vitest'
import type { AgentDefinitionDocument } from '@pf-agents/app'
import { type NativeOptions, spinCommand, wasmtimeCommand } from './native-runtime'

const options: NativeOptions = {
  component: '/x/agent.wasm',
  definition: {} as AgentDefinitionDocument,
  world: 'wasi-http',
  grants: {
    variables: { REGION: 'eu', region: 'eu' },
    secrets: { api_key: 'k' },
    outbound: [],
    stores: [],
    memoryMb: 64,
    warnings: [],
  },
  host: '127.0.0.1',
  port: 8080,
  timeoutMs: 30_000,
  dataDir: undefined,
}

describe('wasmtime', () => {
  it('serves a component that needs no draft', () => {
    const { args, warnings } = wasmtimeCommand(options)
    expect(args).toEqual([
      'serve',
      '-Scli',
      '-Wtimeout=30000ms',
      '-Wmax-memory-size=67108864',
      '--addr',
      '127.0.0.1:8080',
      '/x/agent.wasm',
    ])
    expect(warnings).toEqual(['wasmtime has no allow-list: the agent can call any host'])
  })

  it('gives variables where the component can ask for them, and says who can read them', () => {
    const { args, warnings } = wasmtimeCommand({ ...options, world: 'wasmtime', host: '::1' })
    expect(args).toEqual(
      expect.arrayContaining([
        '-Sconfig',
        '-Skeyvalue',
        '-Sconfig-var=region=eu',
        '-Sconfig-var=api_key=k',
        '[::1]:8080',
      ]),
    )
    expect(warnings).toHaveLength(2)
  })

  it('refuses a component for Spin, and a value it would split', () => {
    expect(() => wasmtimeCommand({ ...options, world: 'spin' })).toThrow('Build it with --world wasmtime.')
    const grants = { ...options.grants, variables: { list: 'a,b' } }
    expect(() => wasmtimeCommand({ ...options, world: 'wasmtime', grants })).toThrow(
      'can not be given the value of list',
    )
  })
})

describe('spin', () => {
  it('is given variables and secrets by environment, and its address', () => {
    expect(spinCommand({ ...options, dataDir: '/data' }, '/tmp/spin.toml')).toEqual({
      program: 'spin',
      args: ['up', '--from', '/tmp/spin.toml', '--listen', '127.0.0.1:8080', '--state-dir', '/data'],
      env: { SPIN_MAX_INSTANCE_MEMORY: '67108864', SPIN_VARIABLE_REGION: 'eu', SPIN_VARIABLE_API_KEY: 'k' },
      warnings: ['Spin has no time limit for a request'],
    })
  })

  it('refuses a component for wasmtime', () => {
    expect(() => spinCommand({ ...options, world: 'wasmtime' }, 'x')).toThrow('Build it with --world spin.')
  })
})
