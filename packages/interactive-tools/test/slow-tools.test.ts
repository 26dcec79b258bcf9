// Questions with a time, asked beside a tool that takes longer than it: the app, the model loop, the runtime, as they are.
import {
  anonymous,
  createMemoryStores,
  defineAgent,
  type ModelMessage,
  type StoredTask,
  type Tool,
} from '@pf-agents/agent-core'
import { createFakeClock, createSeededRandom, testMessage } from '@pf-agents/agent-core/testing'
import { createApp } from '@pf-agents/app'
import { llmEngine } from '@pf-agents/llm-engine'
import { mockModel, type MockTurnSource } from '@pf-agents/testing'
import { expect, it } from 'vitest'
import { type AskOptions, interactiveTools } from '../src/index'
import { storeProbe } from './store-probe'

/** One process after another with the same stores, whose model asks beside a tool of 900 ms. */
function world(options: AskOptions) {
  const clock = createFakeClock()
  const stores = createMemoryStores()
  const start = clock.now()
  const random = createSeededRandom()
  const slow: Tool = {
    name: 'slow',
    description: 'Takes its time',
    run: () => new Promise<string>((resolve) => clock.after(900, () => resolve('slow is done'))),
  }
  const asks = { toolCalls: [{ name: 'ask', arguments: { question: 'Which city?' } }, { name: 'slow' }] }
  const process = () => {
    const turn: MockTurnSource = ({ messages }) => (messages.at(-1)?.role === 'tool' ? 'Done.' : asks)
    const model = mockModel({ turns: [turn, turn] })
    const agent = defineAgent({ name: 'desk', description: 'A desk', version: '1.0.0', model, tools: [slow] })
    const { probe, live: runtimeOf } = storeProbe(stores)
    const app = createApp(agent, [probe, llmEngine(), interactiveTools({ ask: options })], {
      target: 'node',
      clock,
      random,
      logger: { log: () => {} },
    })
    const live = runtimeOf()
    const submit = (text: string, taskId?: string) =>
      live.submit({ message: testMessage(text, taskId === undefined ? {} : { taskId }), principal: anonymous }).outcome
    return {
      app,
      model,
      submit,
      task: async (taskId: string): Promise<StoredTask> => (await live.task(taskId, anonymous)) as StoredTask,
    }
  }
  return { clock, stores, process, since: () => clock.now() - start }
}

const stateOf = ({ task }: StoredTask) => task.status.state
const results = (messages: readonly ModelMessage[] | undefined) =>
  (messages ?? []).flatMap((message) =>
    message.role === 'tool' ? message.content.map(({ parts }) => parts.map(({ text }) => text).join(' ')) : [],
  )
const defaulted = ['Nobody gave an answer. This is the default: Oslo', 'slow is done']

it('a default counts once the time is over since the question was asked', async () => {
  const { clock, stores, process, since } = world({ timeoutMs: 300, default: 'Oslo' })
  const one = process()
  const outcome = one.submit('Book')
  await clock.advance(900)
  const { task } = await outcome
  expect([since(), stateOf(task as StoredTask)]).toEqual([900, 'input-required'])
  await clock.advance(299)
  expect(stateOf(await one.task(task?.task.id ?? ''))).toBe('input-required')
  await clock.advance(1)
  expect(stateOf(await one.task(task?.task.id ?? ''))).toBe('completed')
  expect(results(one.model.calls[1]?.messages)).toEqual(defaulted)
  expect([stores.keyValue.keys('pf.interactive-tools/').length, clock.pending]).toEqual([0, 0])
})

it.each([1_000, 5_000])('and after a restart, %d ms after the message', async (at) => {
  const { clock, process, since } = world({ timeoutMs: 300, default: 'Oslo' })
  const one = process()
  const outcome = one.submit('Book')
  await clock.advance(950)
  const taskId = (await outcome).task?.task.id ?? ''
  await one.app.close()
  const two = process()
  await clock.advance(at - since())
  await two.app.fetch(new Request('http://desk.test/health'))
  if (at < 1_200) {
    await clock.advance(1_199 - since())
    expect(stateOf(await two.task(taskId))).toBe('input-required')
  }
  await clock.advance(1)
  expect(stateOf(await two.task(taskId))).toBe('completed')
  expect(results(two.model.calls[0]?.messages)).toEqual(defaulted)
})

it('an answer in time counts, not the default', async () => {
  const { clock, process } = world({ timeoutMs: 300, default: 'Oslo' })
  const one = process()
  const outcome = one.submit('Book')
  await clock.advance(1_100)
  const taskId = (await outcome).task?.task.id ?? ''
  await clock.until(one.submit('Rome', taskId))
  expect(results(one.model.calls[1]?.messages)).toEqual(['Rome', 'slow is done'])
  expect(clock.pending).toBe(0)
})

it('without a default it expires as long after it was asked', async () => {
  const { clock, process, since } = world({ timeoutMs: 300 })
  const one = process()
  const outcome = one.submit('Book')
  await clock.advance(900)
  const { task } = await outcome
  const [question] = task?.facts.interrupts ?? []
  expect(Date.parse(question?.expiresAt ?? '') - clock.now()).toBe(300)
  await clock.advance(299)
  expect([since(), stateOf(await one.task(task?.task.id ?? ''))]).toEqual([1_199, 'input-required'])
  await clock.advance(1)
  expect(stateOf(await one.task(task?.task.id ?? ''))).toBe('failed')
})
