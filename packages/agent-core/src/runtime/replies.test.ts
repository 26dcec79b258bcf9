import { describe, expect, it } from 'vitest'
import { artifactTexts, failureCode, harness, statusText } from '../../test/harness'
import type { HandlerResult } from '../agent/skill'
import type { RunEvent } from '../event/run-event'
import type { Message } from '../model/message'
import { type Reply, reply } from '../reply/reply'
import type { RunContext } from './run-context'

const answering = (handler: (context: RunContext) => HandlerResult) =>
  harness({ onMessage: (_message, context) => handler(context) })
const scope = { tenant: '', principalId: 'anonymous' }

describe('what an engine wants to find in the conversation later', () => {
  it.each<[string, () => Reply | AsyncIterable<RunEvent | Reply>, unknown[]]>([
    ['is on what it says', () => ({ ...reply.data({ a: 1 }), remember: { x: 1 } }) as Reply, [[{ a: 1 }, { x: 1 }]]],
    [
      'is on the last text that it streams',
      async function* () {
        for (const messageId of ['m1', 'm2']) {
          yield { type: 'text-start', messageId }
          yield { type: 'text-delta', messageId, delta: messageId }
          yield { type: 'text-end', messageId }
        }
        yield { ...reply.completed(), remember: { x: 1 } } as Reply
      },
      [
        ['m1', undefined],
        ['m2', { x: 1 }],
      ],
    ],
    ['is there where it says nothing', () => ({ ...reply.completed(), remember: { x: 1 } }) as Reply, [['', { x: 1 }]]],
  ])('%s, and nowhere else', async (_, answer, expected) => {
    let history: Message[] = []
    const test = harness({
      onMessage: async (message, context) => {
        if (message.text === 'and?') history = await context.history()
        else await context.startTask()
        return answer() as never
      },
    })
    const { task } = await test.sendTask('x', { contextId: 'c' })
    await test.send('and?', { contextId: 'c' })
    const agents = history.filter(({ role }) => role === 'agent')
    expect(agents.map(({ parts, metadata }) => [parts[0]?.data ?? parts[0]?.text, metadata])).toEqual(expected)
    expect(JSON.stringify(task)).not.toContain('"x":1')
  })
})

describe('message or task', () => {
  it.each<[string, () => HandlerResult, unknown[]]>([
    ['a string', () => 'hi', [{ text: 'hi' }]],
    ['reply.text', () => reply.text('hi'), [{ text: 'hi' }]],
    ['reply.data', () => reply.data({ a: null }), [{ data: { a: null }, mediaType: 'application/json' }]],
    [
      'reply.parts',
      () => reply.parts([{ url: 'https://example.com/x' }, { raw: 'QQ==' }]),
      [{ url: 'https://example.com/x' }, { raw: 'QQ==' }],
    ],
    [
      'a promise of one',
      async () => {
        await undefined
        return reply.text('later')
      },
      [{ text: 'later' }],
    ],
  ])('%s is a direct message: no task is stored, both messages are kept', async (_, handler, parts) => {
    const test = answering(handler)
    const { message, task } = await test.send('question', { contextId: 'c' })
    expect(task).toBeUndefined()
    expect(message).toMatchObject({ role: 'agent', contextId: 'c', parts })
    expect(message?.taskId).toBeUndefined()
    expect(test.stores.runStore.list({ scope, pageSize: 10 }).total).toBe(0)
    expect(test.stores.conversation.read(scope, 'c').map((one) => [one.role, one.parts])).toEqual([
      ['user', [{ text: 'question' }]],
      ['agent', parts],
    ])
  })

  it('carries the metadata of a reply', async () => {
    const { message } = await answering(() => reply.parts([{ text: 'x' }], { source: 'test' })).send()
    expect(message?.metadata).toEqual({ source: 'test' })
  })

  it.each<[string, (context: RunContext) => HandlerResult]>([
    [
      'touches ctx.task',
      (context) => {
        void context.task
        return 'hi'
      },
    ],
    [
      'awaits ctx.startTask()',
      async (context) => {
        await context.startTask()
        return 'hi'
      },
    ],
    [
      'emits',
      (context) => {
        context.emit({ type: 'custom', name: 'n', value: 1 })
        return 'hi'
      },
    ],
    [
      'sets task state',
      (context) => {
        context.state.task.set('k', 1)
        return 'hi'
      },
    ],
  ])('a handler that %s makes a task, its reply the result', async (_, handler) => {
    const test = answering(handler)
    const stored = await test.sendTask('question', { contextId: 'c' })
    expect(stored.task.status.state).toBe('completed')
    expect(artifactTexts(stored)).toEqual(['hi'])
    expect(stored.task.history.map((one) => [one.role, one.taskId])).toEqual([['user', stored.key.taskId]])
    expect(test.stores.conversation.read(scope, 'c').map((one) => one.parts)).toEqual([
      [{ text: 'question' }],
      [{ text: 'hi' }],
    ])
    expect(test.load(stored.key.taskId)?.task).toEqual(stored.task)
  })

  it('looking at state, slots, history or answers leaves it a message', async () => {
    const { message } = await answering(async (context) => {
      expect([
        context.state.task.get('k'),
        context.state.task.all(),
        context.slots,
        context.answers,
        context.interrupts,
      ]).toEqual([undefined, {}, {}, [], []])
      expect(await context.history()).toEqual([])
      return 'still a message'
    }).send()
    expect(message?.parts).toEqual([{ text: 'still a message' }])
  })

  it('gives a new context an id, the same for message and task', async () => {
    const first = await answering(() => 'x').send()
    expect(first.message?.contextId).toMatch(/^[0-9a-f-]{36}$/)
    const second = await answering(() => reply.completed()).sendTask()
    expect(second.task.history[0]?.contextId).toBe(second.task.contextId)
  })
})

describe('replies that end a task', () => {
  it.each<[string, () => Reply | undefined, string, string | undefined, string[]]>([
    ['nothing', () => undefined, 'completed', undefined, []],
    ['completed()', () => reply.completed(), 'completed', undefined, []],
    ['completed(text)', () => reply.completed('done'), 'completed', 'done', []],
    ['completed(parts)', () => reply.completed([{ text: 'done' }]), 'completed', 'done', []],
    ['artifact', () => reply.artifact({ name: 'n', parts: [{ text: 'a' }] }), 'completed', undefined, ['a']],
    [
      'artifacts',
      () => reply.artifacts([{ parts: [{ text: 'a' }] }, { parts: [{ data: 1 }] }]),
      'completed',
      undefined,
      ['a', '1'],
    ],
    ['rejected', () => reply.rejected('no'), 'rejected', 'no', []],
    ['failed', () => reply.failed('sorry'), 'failed', 'sorry', []],
  ])('%s', async (_, handler, state, status, artifacts) => {
    const test = answering(handler)
    const stored = await test.sendTask()
    expect([stored.task.status.state, statusText(stored), artifactTexts(stored)]).toEqual([state, status, artifacts])
    expect(stored.lease).toBeUndefined()
    expect(stored.version).toBe(1)
    const history = stored.task.history.map((one) => one.role)
    expect(history).toEqual(status === undefined ? ['user'] : ['user', 'agent'])
    expect(test.stores.conversation.read(scope, stored.task.contextId).map((one) => one.role)).toEqual(history)
  })

  it('keeps the ids that artifacts come with, and makes the others', async () => {
    const { task } = await answering(() =>
      reply.artifacts([{ artifactId: 'mine', parts: [{ text: 'a' }] }, { parts: [{ text: 'b' }] }]),
    ).sendTask()
    expect(task.artifacts[0]?.artifactId).toBe('mine')
    expect(task.artifacts[1]?.artifactId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('has the timestamps of the clock', async () => {
    const test = answering(() => reply.completed())
    const { task } = await test.sendTask()
    expect(task.status.timestamp).toBe(new Date(test.clock.now()).toISOString())
  })
})

describe('what is no reply', () => {
  it.each<[string, () => unknown]>([
    ['a number', () => 7],
    ['null', () => null],
    ['an object', () => ({ text: 'x' })],
    ['an unknown reply', () => ({ reply: 'perhaps', parts: [] })],
    [
      'a synchronous generator',
      function* () {
        yield 'x'
      },
    ],
    ['a reply without parts', () => reply.parts([])],
    ['an artifact without parts', () => reply.artifact({ parts: [] })],
    ['a question without questions', () => reply.inputsRequired([])],
    [
      'two questions for one slot',
      () =>
        reply.inputsRequired([
          { prompt: 'a', slot: 's' },
          { prompt: 'b', slot: 's' },
        ]),
    ],
    ['a question with a schema that is none', () => reply.inputRequired({ prompt: 'a', schema: { type: 'text' } })],
    ['a question that expires at no time', () => reply.inputRequired({ prompt: 'a', expiresAt: 'tomorrow' })],
  ])('%s fails the task and is told in the log', async (_, handler) => {
    const test = answering(handler as () => HandlerResult)
    const stored = await test.sendTask()
    expect(stored.task.status.state).toBe('failed')
    expect(failureCode(stored)).toBe('PF_CONFIG_INVALID')
    expect(statusText(stored)).toBe('The agent failed.')
    expect(test.logs).toMatchObject([
      { level: 'error', fields: { code: 'PF_CONFIG_INVALID', taskId: stored.key.taskId } },
    ])
  })

  it.each<[string, (context: RunContext) => void]>([
    ['completed', (context) => context.emit({ type: 'status', status: { state: 'completed', timestamp: '' } })],
    [
      'input-required',
      (context) => context.emit({ type: 'status', status: { state: 'input-required', timestamp: '' } }),
    ],
    [
      'a question',
      (context) =>
        context.emit({ type: 'interrupt-start', interrupt: { id: 'i', kind: 'input', prompt: '?', status: 'open' } }),
    ],
    ['no event', (context) => context.emit(undefined as never)],
    ['an event without type', (context) => context.emit({} as never)],
  ])('emitting %s fails the task: that is said by the reply', async (_, emit) => {
    const stored = await answering((context) => {
      emit(context)
      return 'x'
    }).sendTask()
    expect(failureCode(stored)).toBe('PF_CONFIG_INVALID')
  })
})
