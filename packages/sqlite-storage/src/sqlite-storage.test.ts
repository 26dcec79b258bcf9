import {
  conversationPort,
  defineAgent,
  type FeatureContext,
  keyValuePort,
  outboxPort,
  reply,
  runStorePort,
} from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { expect, test } from 'vitest'
import { sqliteStorage } from './sqlite-storage'

const agent = defineAgent({ name: 'a', description: 'a', version: '1.0.0', onMessage: () => reply.text('a') })

test('answers every storage port from one file, says whether it works, and closes it', async () => {
  const feature = sqliteStorage({ file: ':memory:' })
  const { ports = [], health, close } = feature.setup({} as FeatureContext)
  const bound = ports.map(({ port }) => port.key)
  expect(bound).toEqual([runStorePort, keyValuePort, conversationPort, outboxPort].map(({ key }) => key))
  expect(feature.provides.map(({ key }) => key)).toEqual(bound)
  await health?.()
  await close?.()
  await expect(health?.()).rejects.toMatchObject({ code: 'PF_STORE_UNAVAILABLE' })
})

test('a file that can not be opened fails the app when it is made', () => {
  expect(() => createApp(agent, [sqliteStorage({ file: '/missing/directory/agent.db' })])).toThrow(
    expect.objectContaining({ code: 'PF_STORE_UNAVAILABLE' }),
  )
})

test('an app closes its file with it', async () => {
  const app = createApp(agent, [sqliteStorage({ file: ':memory:' })])
  await app.close()
})
