import { createMemoryStores, type KeyValue, type RunEvent } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { recordKey, type StoredConfig } from './config-record'
import { ConfigStore } from './config-store'
import { sweep } from './sweep'

const timestamp = '2026-01-01T00:00:00.000Z'
const day = 86_400_000
const config = (id: string): StoredConfig => ({ id, url: 'https://hooks.example/', version: '1.0', nonce: id })
const key = (taskId: string, principalId = 'p') => ({ tenant: '', principalId, taskId })

function setUp() {
  const stores = createMemoryStores()
  const clock = createFakeClock()
  const configs = new ConfigStore(stores.keyValue, clock)
  const add = (taskId: string, endsAt?: number) =>
    configs.change(key(taskId), (list) => {
      list.push(config(taskId))
      return endsAt === undefined ? {} : { endsAt }
    })
  const task = (taskId: string, ...events: RunEvent[]) =>
    stores.runStore.commit({
      key: key(taskId),
      expectedVersion: 0,
      events,
      create: { id: taskId, contextId: 'c', status: { state: 'submitted', timestamp }, artifacts: [], history: [] },
      facts: { principal: { id: 'p' }, runId: 'r' },
    })
  return { ...stores, clock, configs, add, task }
}

describe('sweep', () => {
  it('forgets what nobody needs, and nothing else', async () => {
    const { keyValue, runStore, clock, configs, add, task } = setUp()
    task('live')
    task('over', { type: 'status', status: { state: 'completed', timestamp } })
    for (const taskId of ['live', 'over', 'dropped']) await add(taskId)
    await add('late', clock.now() + 1_000)
    keyValue.set('something else', 1)
    await sweep(configs, runStore, clock, day)
    expect(keyValue.keys('a2a.push/')).toHaveLength(4)
    await clock.advance(1_000)
    // Its time is over: it is not told any more, and then forgotten.
    expect(await configs.configs(key('late'))).toEqual([])
    await sweep(configs, runStore, clock, day)
    expect(keyValue.keys('a2a.push/')).toHaveLength(3)
    await clock.advance(day + 3_600_000)
    await sweep(configs, runStore, clock, day)
    expect(keyValue.keys('')).toEqual([recordKey(key('live')), 'something else'].toSorted())
  })

  it('looks through more records than one page of keys has', async () => {
    const { keyValue, runStore, clock, configs, add } = setUp()
    for (let count = 0; count < 250; count++) await add(`t-${count}`, clock.now() + 1)
    await clock.advance(1)
    await sweep(configs, runStore, clock, day)
    expect(keyValue.keys('a2a.push/')).toEqual([])
  })
})

describe('the records of scopes', () => {
  it('are told apart, whatever is in the names', async () => {
    const { configs, keyValue } = setUp()
    const scopes = [
      { tenant: '', principalId: 'a' },
      { tenant: '', principalId: 'a/1:b' },
      { tenant: 'a', principalId: '' },
      { tenant: '', principalId: '0:/1:a' },
    ]
    for (const scope of scopes) {
      await configs.change({ ...scope, taskId: 'x/y' }, (list) => {
        list.push(config('one'))
        return {}
      })
    }
    expect(keyValue.keys('')).toHaveLength(4)
    for (const scope of scopes) expect(await configs.count(scope, 10)).toBe(1)
  })

  it('take changes that race, each of them', async () => {
    const { keyValue, clock } = setUp()
    // As a store across a network has it: others come in between.
    const slow: KeyValue = {
      ...keyValue,
      async get(name) {
        const entry = keyValue.get(name)
        await null
        return entry
      },
    }
    const configs = new ConfigStore(slow, clock)
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        configs.change(key('t'), (list) => {
          list.push(config(String(index)))
          return {}
        }),
      ),
    )
    expect((await configs.configs(key('t'))).map(({ id }) => id).toSorted()).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
    ])
  })
})
