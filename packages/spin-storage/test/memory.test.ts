// What becomes of a store where a component has no memory left, and of what is too large for it.
import {
  createRuntime,
  defineAgent,
  reply,
  type AgentRuntime,
  anonymous,
  bind,
  conversationPort,
} from '@pf-agents/agent-core'
import type { Message, RunCommit, TaskCursor, TaskPage, TaskState } from '@pf-agents/agent-core'
import { createTestPorts } from '@pf-agents/agent-core/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { type BucketStores, type BucketStoresOptions, createBucketStores } from '../src/stores'
import { FakeHost } from './fake-host'

const scope = { tenant: '', principalId: 'alice' }
const key = (taskId: string): RunCommit['key'] => ({ ...scope, taskId })
const time = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n).toISOString()

function creation(id: string, state: TaskState, at: number, said = 'x'): RunCommit {
  const history: Message[] = [{ messageId: `m-${id}`, role: 'user', parts: [{ text: said }] }]
  return {
    key: key(id),
    expectedVersion: 0,
    create: { id, contextId: 'c', status: { state, timestamp: time(at) }, artifacts: [], history },
    facts: { principal: { id: 'alice' }, runId: 'run-1' },
    events: [],
    conversation: history,
  }
}

const completed = (taskId: string, expectedVersion = 1): RunCommit => ({
  key: key(taskId),
  expectedVersion,
  events: [{ type: 'status', status: { state: 'completed', timestamp: time(99) } }],
})

function open(options: BucketStoresOptions = {}, host = new FakeHost()) {
  const lines: unknown[] = []
  const logger = { log: (_level: string, _message: string, fields?: object) => void lines.push(fields) }
  host.handles = 1_000_000
  const stores = createBucketStores(() => host.instance('one'), { clock: { now: () => host.time }, logger, ...options })
  return { host, lines, ...stores }
}

const list = ({ runStore }: Pick<BucketStores, 'runStore'>, query: object = {}): TaskPage =>
  runStore.list({ scope, pageSize: 50, ...query }) as TaskPage
const ids = ({ tasks }: TaskPage): string[] => tasks.map(({ task }) => task.id)

/** Makes an encoder give other bytes, where it is given the text of a task. */
function encodeAs(change: (whole: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): void {
  const encode = TextEncoder.prototype.encode
  vi.spyOn(TextEncoder.prototype, 'encode').mockImplementation(function (text) {
    const whole = encode.call(new TextEncoder(), text)
    return text?.includes('"schema"') === true ? change(whole) : whole
  })
}

afterEach(() => vi.restoreAllMocks())

test.each<[string, (whole: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>]>([
  ['nothing', () => new Uint8Array(0)],
  ['half of it', (whole) => whole.slice(0, whole.byteLength >> 1)],
  ['all but the last byte', (whole) => whole.slice(0, -1)],
  ['zeros', (whole) => new Uint8Array(whole.byteLength)],
])('where an engine without memory encodes a record to %s, the one before stays', (_, change) => {
  const { host, runStore } = open()
  void runStore.commit(creation('a', 'input-required', 1, 'é'))
  const before = host.text('task///alice/a')
  encodeAs(change)
  expect(() => runStore.commit(completed('a'))).toThrow(expect.objectContaining({ code: 'PF_GUEST_MEMORY' }))
  expect(() => runStore.commit(creation('b', 'input-required', 2))).toThrow(
    expect.objectContaining({ code: 'PF_GUEST_MEMORY' }),
  )
  vi.restoreAllMocks()
  expect(host.text('task///alice/a')).toBe(before)
  expect(ids(list({ runStore }))).toEqual(['a'])
  expect(runStore.commit(completed('a'))).toMatchObject({ version: 2 })
})

test('a record that an engine without memory can not decode is not taken for a lost one', () => {
  const { host, runStore, lines } = open({ keepTasks: 1 })
  void runStore.commit(creation('a', 'completed', 1))
  const decode = vi.spyOn(TextDecoder.prototype, 'decode')
  for (const lack of [
    () => '',
    () => {
      throw new TypeError('TextDecoder.decode: Decoding failed.')
    },
  ]) {
    decode.mockImplementation(lack)
    expect(() => runStore.load(key('a'))).toThrow(expect.objectContaining({ code: 'PF_GUEST_MEMORY' }))
    expect(() => list({ runStore })).toThrow(expect.objectContaining({ code: 'PF_GUEST_MEMORY' }))
  }
  decode.mockRestore()
  expect([host.keys('task/').length, lines]).toEqual([1, []])
  expect(runStore.load(key('a'))).toMatchObject({ version: 1 })
})

const damages: [string, (text: string) => string][] = [
  ['empty', () => ''],
  ['cut behind its stamps', (text) => text.slice(0, text.indexOf('\n') + 1)],
  ['cut in its head', (text) => text.slice(0, text.indexOf('\n') + 20)],
  ['cut in its task', (text) => text.slice(0, text.indexOf('"history"'))],
  ['garbled in its task', (text) => text.replace('"history":', '"history"')],
]

test.each(damages)('a record that is %s takes no other task with it, and goes in time', (what, damage) => {
  const { host, lines, ...stores } = open({ keepTasks: 16 })
  const { runStore, conversation } = stores
  for (const state of ['working', 'input-required', 'completed'] as const)
    void runStore.commit(creation(state, state, 1))
  void runStore.commit(creation('healthy', 'completed', 2))
  for (const path of host.keys('task/')) {
    if (path.endsWith('/healthy')) continue
    host.entries.set(path, {
      owner: 'dead',
      value: new TextEncoder().encode(damage(host.text(path))),
    })
  }
  for (const query of [{}, { state: 'completed' }, { overdue: { now: 1, limit: 9, mayPresume: true } }])
    expect(ids(list(stores, query))).toEqual(['healthy'])
  expect(runStore.load(key('completed'))).toBeUndefined()
  expect(() => conversation.read(scope, 'c')).not.toThrow()
  expect(lines).toContainEqual({ key: 'task///alice/completed' })
  // What is left of it makes room for others, once nobody can be about to write it.
  const isRefused = (n: number): boolean => {
    try {
      void runStore.commit(creation(`new-${n}`, 'working', 10 + n))
      return false
    } catch (error) {
      expect(error).toMatchObject({ code: 'PF_STORE_FULL' })
      return true
    }
  }
  host.time = Date.parse(time(2 * 3_600_000))
  expect(Array.from({ length: 120 }, (_, n) => isRefused(n))).toContain(true)
  // Only heads are looked at, and the end.
  const left = host.keys('task/').filter((path) => !path.includes('/new-') && !path.endsWith('/healthy'))
  expect(left.length).toBe(what === 'garbled in its task' ? 2 : 0)
})

test('values of the index, of contexts and of state that can not be read are begun anew', () => {
  const { host, ...stores } = open()
  void stores.runStore.commit(creation('a', 'working', 1))
  void stores.keyValue.set('k', 1)
  for (const path of [...host.keys('index/'), ...host.keys('context/'), ...host.keys('value/')])
    host.entries.set(path, { owner: 'dead', value: new Uint8Array(0) })
  expect(list(stores).total).toBe(0)
  expect(stores.keyValue.get('k')).toBeUndefined()
  expect(stores.conversation.read(scope, 'c')).toEqual([])
  void stores.runStore.commit(completed('a'))
  void stores.keyValue.set('k', 2)
  void stores.conversation.append(scope, 'c', [{ messageId: 'n', role: 'user', parts: [{ text: 'y' }] }])
  expect(ids(list(stores))).toEqual(['a'])
  expect(stores.keyValue.get('k')).toMatchObject({ value: 2 })
  expect(stores.conversation.read(scope, 'c')).toHaveLength(1)
})

test('a page ends where its tasks take as much as they may, and the next one goes on', () => {
  const { host, ...stores } = open({ pageBytes: 5_000 })
  for (let n = 0; n < 12; n++)
    void stores.runStore.commit(creation(`t-${n}`, 'input-required', n, 'x'.repeat(n === 5 ? 9_000 : 1_000)))
  const pages: string[][] = []
  let after: TaskCursor | undefined
  do {
    const page = list(stores, after && { after })
    expect(page.total).toBe(12)
    pages.push(ids(page))
    after = page.next
  } while (after !== undefined)
  expect(pages.flat()).toEqual(Array.from({ length: 12 }, (_, n) => `t-${11 - n}`))
  expect(pages.map((page) => page.length)).toEqual([3, 3, 1, 3, 2])
})

test('a task that would take more than may be read again is refused, and stays as it was', () => {
  const { host, runStore, conversation } = open({ taskBytes: 5_000 })
  void runStore.commit(creation('a', 'input-required', 1, 'x'.repeat(3_000)))
  const before = [...host.entries.keys()]
  const text: Message = { messageId: 'big', role: 'agent', parts: [{ text: 'é'.repeat(1_500) }] }
  const big = { ...completed('a'), events: [{ type: 'message' as const, message: text }], conversation: [text] }
  expect(() => runStore.commit(big)).toThrow(
    expect.objectContaining({
      code: 'PF_REQUEST_TOO_LARGE',
      message: expect.stringMatching(/5000 for one.*taskBytes/),
    }),
  )
  expect(() => runStore.commit(creation('b', 'working', 2, 'x'.repeat(6_000)))).toThrow(
    expect.objectContaining({ code: 'PF_REQUEST_TOO_LARGE' }),
  )
  expect([...host.entries.keys()]).toEqual(before)
  expect(conversation.read(scope, 'c')).toHaveLength(1)
  expect(runStore.load(key('a'))).toMatchObject({ version: 1 })
  // From outside it can always be ended.
  const end = {
    ...completed('a'),
    events: [{ type: 'message' as const, message: text }, ...completed('a').events],
    force: true,
  }
  expect(runStore.commit(end)).toMatchObject({ version: 2 })
})

test('a commit that is refused for its bytes takes nothing from the conversation', () => {
  const { runStore, conversation } = open({ taskBytes: 5_000, contextBytes: 2_500 })
  void runStore.commit(creation('a', 'input-required', 1, 'x'.repeat(1_000)))
  const said = (n: number): Message => ({ messageId: `m-${n}`, role: 'user', parts: [{ text: 'x'.repeat(300) }] })
  for (let n = 0; n < 3; n++) void conversation.append(scope, 'c', [said(n)])
  const before = conversation.read(scope, 'c')
  const text: Message = { messageId: 'big', role: 'agent', parts: [{ text: '漢'.repeat(1_500) }] }
  const big = { ...completed('a'), events: [{ type: 'message' as const, message: text }], conversation: [text] }
  expect(() => runStore.commit(big)).toThrow(expect.objectContaining({ code: 'PF_REQUEST_TOO_LARGE' }))
  expect(conversation.read(scope, 'c')).toEqual(before)
})

test('a conversation keeps the newest messages that fit, the last one whatever it takes', () => {
  const { conversation } = open({ contextBytes: 2_500, taskBytes: 5_000 })
  const say = (n: number, length: number): void =>
    void conversation.append(scope, 'c', [{ messageId: `m-${n}`, role: 'user', parts: [{ text: 'x'.repeat(length) }] }])
  const kept = (): string[] => (conversation.read(scope, 'c') as Message[]).map(({ messageId }) => messageId)
  for (let n = 0; n < 5; n++) say(n, 1_000)
  expect(kept()).toEqual(['m-3', 'm-4'])
  say(5, 4_000)
  expect(kept()).toEqual(['m-5'])
  expect(() => say(6, 6_000)).toThrow(expect.objectContaining({ code: 'PF_REQUEST_TOO_LARGE' }))
  say(7, 10)
  say(8, 10)
  expect(kept()).toEqual(['m-7', 'm-8'])
})

test('a run whose result is too large is told so, and its task fails with what to do', async () => {
  const host = new FakeHost()
  const stores = createBucketStores(() => host.instance('one'), { taskBytes: 5_000 })
  const agent = defineAgent({
    name: 'a',
    description: 'Says much.',
    version: '1.0.0',
    onMessage: async (message, ctx) => {
      if (message.text === 'task') await ctx.startTask()
      return reply.completed('x'.repeat(6_000))
    },
  })
  const { ports } = createTestPorts({
    wrapStore: () => stores.runStore,
    bindings: [bind(conversationPort, stores.conversation)],
  })
  const runtime: AgentRuntime = createRuntime(agent, ports)
  const send = (text: string) =>
    runtime.submit({ message: { messageId: 'm', role: 'user', parts: [{ text }] }, principal: anonymous }).outcome
  await expect(send('at once')).rejects.toMatchObject({ code: 'PF_REQUEST_TOO_LARGE' })
  const { task } = await send('task')
  expect(task?.task.status.state).toBe('failed')
  expect(JSON.stringify(task?.task.status.message)).toMatch(/PF_REQUEST_TOO_LARGE/)
  expect(JSON.stringify(task?.task.status.message)).toMatch(/give large results by their URL/)
})
