import { type Interrupt, type StoredTask, suspend, type Tool } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { loopHarness, messagesOf } from '../../test/loop-harness'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createOpenAiResponses } from '../openai'
import { createOpenAiChat } from '../openai/openai-chat'
import type { FakeTurn } from '../testing'

const pay: Tool = { name: 'pay', description: 'Pays', needsApproval: true, run: () => 'Paid.' }
const pays: FakeTurn = { toolCalls: [{ name: 'pay' }] }
const done: FakeTurn = { text: 'Done.' }
const open = ({ facts }: StoredTask): Interrupt[] => (facts.interrupts ?? []).filter(({ status }) => status === 'open')
const yes = (task: StoredTask, index = 0) => [
  { interruptId: open(task)[index]?.id ?? '', status: 'resolved' as const, payload: { approved: true } },
]
/** Roles and contents of a prompt of Chat Completions. */
const prompt = (test: ReturnType<typeof loopHarness>, call: number) =>
  messagesOf(test, call).map(({ role, content, tool_calls: calls }) => [role, calls ? 'calls' : content])

describe('what is said beside an answer', () => {
  it('reaches the model, behind the results of the calls', async () => {
    const test = loopHarness([pays, done], { tools: [pay] })
    const asked = await test.send('Pay it')
    await test.send('And be quick!', { taskId: asked.task.id, answers: yes(asked) })
    expect(prompt(test, 1)).toEqual([
      ['user', 'Pay it'],
      ['assistant', 'calls'],
      ['tool', 'Paid.'],
      ['user', 'And be quick!'],
    ])
  })

  it.each([
    ['Anthropic', createAnthropic],
    ['Gemini', createGemini],
    ['Responses', createOpenAiResponses],
    ['Chat Completions', createOpenAiChat],
  ])('does so on the wire of %s', async (_, model) => {
    const test = loopHarness([pays, done], { tools: [pay] }, { model: model as never })
    const asked = await test.send('Pay it')
    const { task } = await test.send('And be quick!', { taskId: asked.task.id, answers: yes(asked) })
    expect(task.status.state).toBe('completed')
    const body = JSON.stringify(test.provider.requests[1]?.body)
    expect(body.indexOf('And be quick!')).toBeGreaterThan(body.indexOf('Paid.'))
  })

  it('is kept while other questions are open, in order, over a restart', async () => {
    const test = loopHarness([{ toolCalls: [{ name: 'pay' }, { name: 'pay' }] }, done], { tools: [pay] })
    const asked = await test.send('Pay both')
    const half = await test.send('First this.', { taskId: asked.task.id, answers: yes(asked) })
    expect(half.facts.remarks?.map(({ parts }) => parts)).toEqual([[{ text: 'First this.' }]])
    const again = test.submit('Then that.', { taskId: asked.task.id, answers: yes(half) }, test.restarted())
    const { task } = await test.clock.until(again.outcome)
    expect(prompt(test, 1).slice(2)).toEqual([
      ['tool', 'Paid.'],
      ['tool', 'Paid.'],
      ['user', 'First this.'],
      ['user', 'Then that.'],
    ])
    expect(task?.facts.remarks).toBeUndefined()
  })

  it('is kept where the call asks again', async () => {
    const twice: Tool = {
      ...pay,
      run: (_, { answer }) => (answer ? 'Paid.' : suspend({ kind: 'input', prompt: 'From which account?' })),
    }
    const test = loopHarness([pays, done], { tools: [twice] })
    const asked = await test.send('Pay it')
    const more = await test.send('Hurry.', { taskId: asked.task.id, answers: yes(asked) })
    expect(open(more)).toMatchObject([{ prompt: 'From which account?' }])
    await test.send('The first', { taskId: asked.task.id })
    expect(prompt(test, 1).slice(2)).toEqual([
      ['tool', 'Paid.'],
      ['user', 'Hurry.'],
    ])
  })

  it('may be parts of the answering message; the answer itself is not said twice', async () => {
    const test = loopHarness([pays, done, pays, done], { tools: [pay] })
    const asked = await test.send('Pay it')
    const parts = [{ data: { approved: true } }, { text: 'Hurry.' }]
    await test.send(parts, { taskId: asked.task.id })
    expect(prompt(test, 1).slice(2)).toEqual([
      ['tool', 'Paid.'],
      ['user', 'Hurry.'],
    ])
    const second = await test.send('Pay it')
    await test.send('yes', { taskId: second.task.id })
    expect(prompt(test, 3)).toHaveLength(3)
  })

  it('is nothing where a plain message answered nothing: that is asked about', async () => {
    const test = loopHarness([{ toolCalls: [{ name: 'pay' }, { name: 'pay' }] }, done], { tools: [pay] })
    const asked = await test.send('Pay both')
    const again = await test.send('yes', { taskId: asked.task.id })
    expect(again.facts.remarks).toBeUndefined()
  })

  it('reaches a loop within a handler', async () => {
    const test = loopHarness([pays, done], {
      tools: [pay],
      onMessage: async (_, { llm }) => (await llm.run({ prompt: 'Pay it' })).text,
    })
    const asked = await test.send('go')
    await test.send('And be quick!', { taskId: asked.task.id, answers: yes(asked) })
    expect(prompt(test, 1).slice(2)).toEqual([
      ['tool', 'Paid.'],
      ['user', 'And be quick!'],
    ])
  })
})

describe("the client's facts on the way on", () => {
  it('are told again where they changed', async () => {
    const test = loopHarness([pays, done, pays, done], { tools: [pay] })
    for (const [later, count] of [
      ['Page 1', 1],
      ['Page 2', 2],
    ] as const) {
      const asked = await test.send('Pay it', { context: 'Page 1' })
      await test.send('', { taskId: asked.task.id, answers: yes(asked), context: later })
      const body = JSON.stringify(test.provider.requests.at(-1)?.body)
      expect(body.match(/<client-context>/g)).toHaveLength(count)
      expect(body.lastIndexOf(later)).toBeGreaterThan(body.indexOf(later === 'Page 1' ? 'Pay it' : 'Paid.'))
    }
  })
})
