import { describe, expect, it } from 'vitest'
import { harness } from '../../test/harness'
import { reply } from '../reply/reply'

describe('the shared state that a caller brings', () => {
  it('is told behind the message, before anything that builds on it, on every run of the task', async () => {
    const test = harness({
      onMessage: (_message, context) => {
        context.emit({ type: 'state-delta', patch: [{ op: 'add', path: '/seen', value: true }] })
        return Object.hasOwn(context.slots, 'answer') ? reply.text('done') : reply.inputRequired({ prompt: 'Sure?' })
      },
    })
    const { key, task } = await test.sendTask('go', {}, { state: { count: 1 } })
    await test.sendTask('yes', { taskId: task.id }, { state: { count: 2 } })
    const events = test.stores.runStore.read(key, 1)?.map(({ event }) => event)
    const told = events?.filter(({ type }) => type.startsWith('state-') || type === 'message')
    expect(told?.map((event) => (event.type === 'state-snapshot' ? event.state : event.type))).toEqual([
      'message',
      { count: 1 },
      'state-delta',
      'message',
      'message',
      { count: 2 },
      'state-delta',
    ])
  })

  it('makes no task of a plain reply, and is not told where there is none', async () => {
    const test = harness({ onMessage: () => reply.text('hi') })
    expect((await test.send('go', {}, { state: {} })).message).toBeDefined()
    const { key } = await test.sendTask('go', {}, { asTask: true })
    expect(test.stores.runStore.read(key, 1)?.map(({ event }) => event.type)).not.toContain('state-snapshot')
  })
})
