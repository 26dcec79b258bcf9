import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { OptionValues } from '../command-line/command'
import { readGrants } from './grants'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pf-grants-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const none = { outbound: [], variables: {}, secrets: [], keyValue: [], memoryMb: 64 }
const file = (name: string, text: string, mode = 0o600) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}
const read = (values: Record<string, unknown>, needs = {}) =>
  readGrants(new OptionValues(values), { ...none, ...needs })

it('grants nothing by itself', () => {
  expect(read({})).toEqual({ variables: {}, secrets: {}, outbound: [], stores: [], memoryMb: 64, warnings: [] })
})

it('takes flags over files over defaults, under the name that is given and the one that hosts know', () => {
  const { variables } = read(
    { var: ['REGION=flag'], 'var-file': [file('.env', 'REGION=file\nMODEL="small one"\n')] },
    { variables: { REGION: { default: 'default' }, MODEL: {}, tone: { default: 'kind' } } },
  )
  expect(variables).toEqual({ REGION: 'flag', region: 'flag', MODEL: 'small one', model: 'small one', tone: 'kind' })
})

it('treats as a secret what comes from a secret file or is declared one, wherever it stands', () => {
  const needs = { secrets: ['API_KEY'] }
  const { secrets, variables, warnings } = read(
    { 'secret-file': [file('.secrets', 'TOKEN=t')], 'var-file': [file('.env', 'api_key=k\nplain=p')] },
    needs,
  )
  expect(secrets).toEqual({ TOKEN: 't', token: 't', api_key: 'k' })
  expect(variables).toEqual({ plain: 'p' })
  expect(warnings).toEqual([])
})

it('says what is missing and how to give it', () => {
  const { warnings } = read(
    { outbound: ['https://a.example'] },
    {
      secrets: ['API_KEY', 'HOOK_KEY'],
      optionalSecrets: ['HOOK_KEY'],
      variables: { REGION: {}, TONE: { optional: true } },
      outbound: ['https://a.example', 'https://b.example'],
    },
  )
  expect(warnings).toEqual([
    'the agent needs the secret API_KEY; give it with --secret-file FILE',
    'the agent needs the variable REGION; give it with --var REGION=VALUE',
    "the agent wants to call https://b.example; allow it with --outbound 'https://b.example'",
  ])
})

it.each([
  ['http://127.0.0.1:*', 'http://127.0.0.1:11434', true],
  ['*://*:*', 'https://api.example', true],
  ['https://*.example', 'https://api.example', true],
  ['https://*.example', 'https://*.eu.example', true],
  ['https://API.example:443/', 'https://api.example', true],
  ['https://*.example', 'https://example', false],
  ['https://api.example', 'https://*.example', false],
  ['https://*.example', 'https://*', false],
  ['http://127.0.0.1', 'http://127.0.0.1:11434', false],
  ['http://127.0.0.1:*', 'https://127.0.0.1:11434', false],
  ['http://127.0.0.1:11434', 'http://127.0.0.1:*', false],
])('--outbound %s for %s: enough is %s', (grant, need, isEnough) => {
  const { warnings } = read({ outbound: [grant] }, { outbound: [need] })
  expect(warnings).toEqual(isEnough ? [] : [`the agent wants to call ${need}; allow it with --outbound '${need}'`])
})

it('warns of secrets that others can read', () => {
  const path = file('.secrets', 'A=1', 0o644)
  expect(read({ 'secret-file': [path] }).warnings).toEqual([
    `${path} can be read by other users of this machine; chmod 600 ${path}`,
  ])
})

it('opens the stores and gives the memory that the agent asks for', () => {
  expect(read({}, { keyValue: ['default', 'notes'], memoryMb: 128 })).toMatchObject({
    stores: ['default', 'notes'],
    memoryMb: 128,
  })
  expect(read({ memory: '256' }, { memoryMb: 128 })).toMatchObject({ memoryMb: 256 })
})

it('refuses a file that is not there and a pair that is none', () => {
  expect(() => read({ 'var-file': [join(folder, 'no')] })).toThrow('can not be read')
  expect(() => read({ var: ['REGION'] })).toThrow('--var takes NAME=value, not "REGION".')
})
