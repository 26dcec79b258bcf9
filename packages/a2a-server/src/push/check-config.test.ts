import { createApp } from '@pf-agents/app'
import { bearer } from '@pf-agents/auth'
import { describe, expect, it } from 'vitest'
import { as } from '../../test/push-app'
import { startNameServer } from '../../test/name-server'
import { peerOf } from '../../test/peer-of'
import { a2aServer } from '../a2a-server'
import { suiteAgent } from '../suite/agent'
import { message } from '../suite/case'
import { type Binding, bindings, type Json } from '../suite/client'
import { createNameResolver } from './name-resolver'
import type { PushOptions } from './options'
import { pushNotifications } from './push-notifications'

const address = (...addresses: string[]) =>
  addresses.map((one) => ({ address: one, family: one.includes(':') ? 6 : 4 }))

/** What names stand for; with a code, what their look-up fails with. */
const names: Record<string, string | ReturnType<typeof address>> = {
  'www.example.com': address('93.184.216.34'),
  'vault.example.com': address('10.0.0.9'),
  'here.example.com': address('127.0.0.1'),
  'both.example.com': address('93.184.216.34', 'fd00::1'),
  'metadata.example.com': address('169.254.169.254'),
  'empty.example.com': [],
  'nobody.example.com': 'ENOTFOUND',
  'mail-only.example.com': 'ENODATA',
  'bad..example.com': 'EBADNAME',
  'late.example.com': 'ETIMEOUT',
  'broken.example.com': 'ESERVFAIL',
  'nowhere.example.com': 'ECONNREFUSED',
  'again.example.com': 'EAI_AGAIN',
}
const resolve = async (name: string) => {
  const found = names[name] ?? 'ENOTFOUND'
  if (typeof found === 'string') throw Object.assign(new Error(`query ${found}`), { code: found })
  return found
}

function start(options: PushOptions) {
  const logs: { level: string; message: string; fields: Json }[] = []
  const app = createApp(suiteAgent, [a2aServer(), pushNotifications(options)], {
    logger: { log: (level, text, fields = {}) => void logs.push({ level, message: text, fields }) },
    auth: [bearer({ accept: { alice: 'alice-token', bob: 'bob-token' } })],
  })
  const peer = (binding?: Binding) => peerOf(app, binding)
  return { logs, peer, [Symbol.asyncDispose]: () => app.close() }
}

/** All of an answer but for what differs between any two of them. */
const plain = ({ body }: { body: Json }) => JSON.stringify({ ...body, id: 0 }).replaceAll(/"timestamp":"[^"]*"/g, '')

describe.each(bindings)('what a name stands for, over $name', (binding) => {
  it('is not told: names of private addresses are refused as those that nobody has', async () => {
    await using test = start({ resolve })
    const peer = test.peer(binding)
    const { task } = await peer.result('SendMessage', { message: message('ask') }, as('alice'))
    const answers = new Set<string>()
    const refused = ['vault', 'here', 'both', 'metadata', 'empty', 'nobody', 'mail-only', 'bad.', 'jenkins']
    for (const name of refused) {
      const url = `https://${name}.example.com/hook?key=secret`
      const config = { taskId: task.id, id: 'p', url }
      const created = await peer.call('CreateTaskPushNotificationConfig', config, as('alice'))
      const configuration = { taskPushNotificationConfig: { url } }
      const sent = await peer.call('SendMessage', { message: message('ask'), configuration }, as('alice'))
      answers.add(plain(created)).add(plain(sent))
    }
    // One for each operation: the name of the field differs.
    expect(answers.size).toBe(2)
    const description =
      'is an address that this agent does not call: its name must be known, and stand for public addresses only'
    for (const answer of answers) expect(answer).toContain(description)
    expect((await peer.result('ListTaskPushNotificationConfigs', { taskId: task.id }, as('alice'))).configs).toEqual([])
  })

  it('is looked for again where it could not be asked', async () => {
    await using test = start({ resolve })
    const peer = test.peer(binding)
    const { task } = await peer.result('SendMessage', { message: message('ask') }, as('alice'))
    for (const name of ['www', 'late', 'broken', 'nowhere', 'again']) {
      const config = { taskId: task.id, id: 'p', url: `https://${name}.example.com/hook` }
      expect(await peer.result('CreateTaskPushNotificationConfig', config, as('alice'))).toEqual(config)
    }
  })
})

it('the operator is told why a webhook was refused, once a minute for each caller', async () => {
  await using test = start({ resolve })
  for (const [caller, name] of [
    ['alice', 'vault'],
    ['alice', 'nobody'],
    ['bob', 'nobody'],
  ] as const) {
    const configuration = { taskPushNotificationConfig: { url: `https://${name}.example.com/hook?key=secret` } }
    await test.peer().call('SendMessage', { message: message('ask'), configuration }, as(caller))
  }
  const line = 'A webhook was refused for what its name stands for; the caller was not told this.'
  expect(test.logs.filter((one) => one.message === line).map(({ level, fields }) => [level, fields])).toEqual([
    ['info', { tenant: '', principalId: 'alice', host: 'vault.example.com', reason: '10.0.0.9 is private' }],
    ['info', { tenant: '', principalId: 'bob', host: 'nobody.example.com', reason: 'there is no such name' }],
  ])
})

it('names that `allow` lists are taken whether or not anybody has them, those that `only` lists are not', async () => {
  const lists = ['https://here.example.com', 'https://nobody.example.com']
  const taken = async (options: PushOptions) => {
    await using test = start({ resolve, ...options })
    const count = async (url: string) => {
      const configuration = { taskPushNotificationConfig: { url } }
      const sent = await test.peer().call('SendMessage', { message: message('ask'), configuration }, as('alice'))
      return sent.error === undefined
    }
    return await Promise.all(lists.map(count))
  }
  expect(await taken({ allow: lists })).toEqual([true, true])
  expect(await taken({ only: lists })).toEqual([false, false])
})

it('names are refused by what a name server says, and taken where none answers', async () => {
  const answers: Record<string, string> = { 'inner.example.com': '10.0.0.9', 'silent.example.com': 'never' }
  await using server = await startNameServer((name) => answers[name])
  await using test = start({ resolve: createNameResolver({ servers: [server.address], askMs: 50 }) })
  const send = async (host: string) => {
    const configuration = { taskPushNotificationConfig: { url: `https://${host}/` } }
    return test.peer().call('SendMessage', { message: message('ask'), configuration }, as('alice'))
  }
  const [inner, nobody, silent] = [
    await send('inner.example.com'),
    await send('nobody.example.com'),
    await send('silent.example.com'),
  ]
  expect(inner.error).toBeDefined()
  expect(plain(nobody)).toBe(plain(inner))
  expect(silent.error).toBeUndefined()
})
