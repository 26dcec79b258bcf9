import { expect, test } from 'vitest'
import { createBucketStores } from '../src/stores'
import { FakeHost } from './fake-host'

/** What a store of schema 1 looks like. Never changed: stores of that version exist. */
const schema1: Readonly<Record<string, string>> = {
  'task//acme/alice/task-1': [
    '2 bbbb aaaa',
    '{"schema":1,"version":2,"lastSeq":3,"lastToken":1,"state":"working","at":"2026-01-01T00:00:00.000Z","contextId":"context-1","lease":{"token":1,"expiresAt":9000,"nonce":"nnnn"},"spoken":"ssss"}',
    '{"id":"task-1","contextId":"context-1","status":{"state":"working","timestamp":"2026-01-01T00:00:00.000Z"},"artifacts":[{"artifactId":"a","parts":[{"text":"one two"}]}],"history":[]}',
    '{"principal":{"id":"alice"},"runId":"run-1","state":{"a":1}}',
  ].join('\n'),
  'lease//acme/alice/task-1/nnnn': '1 cccc\n',
  'context//acme/alice/context-1': [
    '3 dddd',
    '1767225600000',
    '{"messageId":"m-1","role":"user","parts":[{"text":"hello"}]}',
    '?ssss /acme/alice/task-1 {"messageId":"m-2","role":"agent","parts":[{"text":"{hi}"}]}',
    '?xxxx /acme/alice/task-1 {"messageId":"never","role":"agent","parts":[{"text":"x"}]}',
  ].join('\n'),
  'index//task/11':
    '1 eeee\n{"tasks":[{"tenant":"acme","principalId":"alice","taskId":"task-1","contextId":"context-1","version":1,"at":"2026-01-01T00:00:00.000Z"}],"gone":[]}',
  'index//context/5': '1 ffff\n{"contexts":[["context//acme/alice/context-1",1767225600000]],"gone":[]}',
  'value//state~002fa': '1 gggg\n"state/a"\n{"b":[1]}',
}

test('a store of schema 1 is read, and goes on', () => {
  const host = new FakeHost()
  for (const [key, text] of Object.entries(schema1)) host.instance('old').set(key, new TextEncoder().encode(text))
  const { runStore, conversation, keyValue } = createBucketStores(() => host.instance('new'))
  const key = { tenant: 'acme', principalId: 'alice', taskId: 'task-1' }
  expect(runStore.load(key)).toEqual({
    key,
    task: {
      id: 'task-1',
      contextId: 'context-1',
      status: { state: 'working', timestamp: '2026-01-01T00:00:00.000Z' },
      artifacts: [{ artifactId: 'a', parts: [{ text: 'one two' }] }],
      history: [],
    },
    facts: { principal: { id: 'alice' }, runId: 'run-1', state: { a: 1 } },
    version: 2,
    lastSeq: 3,
    lease: { token: 1, expiresAt: 9_000 },
  })
  expect(conversation.read(key, 'context-1')).toEqual([
    { messageId: 'm-1', role: 'user', parts: [{ text: 'hello' }] },
    { messageId: 'm-2', role: 'agent', parts: [{ text: '{hi}' }] },
  ])
  expect(keyValue.get('state/a')).toEqual({ value: { b: [1] }, revision: 'gggg' })
  expect(keyValue.keys('state/')).toEqual(['state/a'])
  expect(runStore.list({ scope: key, pageSize: 5, state: 'working' })).toMatchObject({
    total: 1,
    tasks: [{ version: 2 }],
  })
  expect(runStore.commit({ key, expectedVersion: 2, leaseToken: 1, events: [], lease: 'release' })).toEqual({
    version: 3,
    lastSeq: 3,
  })
  expect(host.keys('lease/')).toEqual([])
})

test('what is written is that form', () => {
  const host = new FakeHost()
  let count = 0
  const random = { id: () => String(count++).padStart(12, '0') }
  const { runStore, keyValue } = createBucketStores(() => host.instance('new'), {
    random,
    clock: { now: () => 1_767_225_600_000 },
  })
  const create = {
    id: 'task-1',
    contextId: 'context-1',
    status: { state: 'working' as const, timestamp: '2026-01-01T00:00:00.000Z' },
    artifacts: [],
    history: [],
  }
  void runStore.commit({
    key: { tenant: 'acme', principalId: 'alice', taskId: 'task-1' },
    expectedVersion: 0,
    create,
    facts: { principal: { id: 'alice' }, runId: 'run-1' },
    events: [],
    lease: { expiresAt: 9_000 },
    conversation: [{ messageId: 'm-1', role: 'user', parts: [{ text: 'hello' }] }],
  })
  void keyValue.set('state/a', 1)
  const shapes = [...host.entries.keys()].toSorted().map((key) => key.replace(/\d{12}$/, 'nonce'))
  const expected = Object.keys(schema1).map((key) => key.replace('nnnn', 'nonce'))
  expect(shapes).toEqual(expected.toSorted())
  expect(host.text('task//acme/alice/task-1').split('\n').slice(2)).toEqual([
    JSON.stringify(create),
    '{"principal":{"id":"alice"},"runId":"run-1"}',
  ])
  expect(host.text('context//acme/alice/context-1')).toMatch(
    /^1 \d{12}\n1767225600000\n\?\d{12} \/acme\/alice\/task-1 \{"messageId":"m-1"/,
  )
})
