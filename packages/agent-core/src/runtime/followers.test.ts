// What callers are told of a run while it goes on: its events, and that there is a task.
import { describe, expect, it } from 'vitest'
import { artifactTexts, harness } from '../../test/harness'
import { expectNothingUnhandled } from '../../test/unhandled'
import type { StoredEvent } from '../event/run-event'
import { bind } from '../port/port'
import type { StoredTask } from '../port/run-store'
import { runStreamsPort } from '../port/services'
import { reply } from '../reply/reply'
import { createFaultyRunStore } from '../testing/faulty-run-store'

expectNothingUnhandled()

describe('followers', () => {
  it('are told in order, each event once, and never before it is stored', async () => {
    const seen: StoredEvent[] = []
    const published: [number, boolean][] = []
    const streams = {
      publish: (_key: unknown, events: readonly StoredEvent[], ended: boolean) =>
        void published.push([events.length, ended]),
      subscribe: () => {
        throw new Error('unused')
      },
    }
    const test = harness(
      {
        async *onMessage(_message, context) {
          for (let index = 0; index < 700; index++) yield `${index} `
          await context.flush()
          return reply.text('end')
        },
      },
      { wrapStore: (store) => createFaultyRunStore(store), bindings: [bind(runStreamsPort, streams)] },
    )
    const onEvents = (events: readonly StoredEvent[]): void => {
      seen.push(...events)
      const { tasks } = test.stores.runStore.list({ scope: { tenant: '', principalId: 'anonymous' }, pageSize: 1 })
      expect(events.at(-1)?.seq).toBeLessThanOrEqual(tasks[0]?.lastSeq ?? 0)
    }
    const stored = await test.sendTask('x', {}, { onEvents })
    expect(seen.map((one) => one.seq)).toEqual(seen.map((_, index) => index + 1))
    expect(seen).toEqual(test.stores.runStore.read(stored.key, 1))
    expect(published.map(([, ended]) => ended)).toEqual(published.map((_, index) => index === published.length - 1))
    expect(published.reduce((total, [count]) => total + count, 0)).toBe(seen.length)
  })

  it('of a follow-up are told, also where the question is only asked again', async () => {
    const seen: string[] = []
    const test = harness({
      onMessage: (_m, { slots }) =>
        slots.n === undefined
          ? reply.inputRequired({ prompt: 'n?', slot: 'n', schema: { type: 'integer' } })
          : reply.text('ok'),
    })
    const onEvents = (events: readonly StoredEvent[]): void =>
      void seen.push(...events.map(({ event }) => (event.type === 'status' ? event.status.state : event.type)))
    const { key } = await test.sendTask('x', {}, { onEvents })
    await test.sendTask('no number', { taskId: key.taskId }, { onEvents })
    await test.sendTask('1', { taskId: key.taskId }, { onEvents })
    expect(seen.join(' ')).toBe(
      'message working interrupt-start message input-required message message input-required message interrupt-end working artifact completed',
    )
  })

  it('that throw are logged; the run goes on', async () => {
    const test = harness({ onMessage: () => reply.completed() })
    const stored = await test.sendTask(
      'x',
      {},
      {
        onEvents: () => {
          throw new Error('follower')
        },
      },
    )
    expect(stored.task.status.state).toBe('completed')
    expect(test.logs).toMatchObject([{ level: 'error', message: 'A follower of a task failed.' }])
  })
})

describe('returnImmediately', () => {
  it('is answered once the task is stored; the run goes on', async () => {
    const kept: Promise<unknown>[] = []
    const test = harness(
      {
        onMessage: async () => {
          await new Promise<void>((resolve) => test.clock.after(100, resolve))
          return 'done'
        },
      },
      { wrapStore: (store) => createFaultyRunStore(store) },
    )
    const run = test.submit('x', {}, { asTask: true, waitUntil: (promise) => kept.push(promise) })
    const { task } = await run.started
    expect(task?.task.status.state).toBe('working')
    expect(test.load(task?.key.taskId as string)?.task).toEqual(task?.task)
    expect(task?.lease?.token).toBe(1)
    expect(kept).toHaveLength(1)
    const outcome = await test.clock.until(run.outcome)
    expect(artifactTexts(outcome.task as StoredTask)).toEqual(['done'])
    expect(task?.task.artifacts).toEqual([])
    await kept[0]
  })

  it('makes a task of a handler that answers at once', async () => {
    const test = harness({ onMessage: () => 'hi' })
    const run = test.submit('x', {}, { asTask: true })
    expect((await run.started).task?.task.status.state).toBe('working')
    expect(artifactTexts((await run.outcome).task as StoredTask)).toEqual(['hi'])
  })

  it('is refused where nothing was begun', async () => {
    const test = harness({ onMessage: () => 'hi' })
    const run = test.submit('x', { metadata: { 'urn:pf-agents:a2a:skill:v1': 'none' } }, { asTask: true })
    await expect(run.started).rejects.toMatchObject({ code: 'PF_SKILL_UNKNOWN' })
    await expect(run.outcome).rejects.toMatchObject({ code: 'PF_SKILL_UNKNOWN' })
  })

  it('of a follow-up is answered once the answers are taken', async () => {
    const test = harness({
      onMessage: async (_m, { slots }) => {
        if (slots.answer === undefined) return reply.inputRequired({ prompt: '?' })
        await new Promise<void>((resolve) => test.clock.after(100, resolve))
        return 'done'
      },
    })
    const { key } = await test.sendTask()
    const run = test.submit('x', { taskId: key.taskId }, { asTask: true })
    const { task } = await run.started
    expect(task?.task.status.state).toBe('working')
    expect(task?.facts.interrupts?.[0]?.status).toBe('answered')
    expect((await test.clock.until(run.outcome)).task?.task.status.state).toBe('completed')
  })
})
