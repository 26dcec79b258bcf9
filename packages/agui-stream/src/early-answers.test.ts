// What comes in while a task is at work answers nothing that the task asks later.
import { reply } from '@pf-agents/agent-core'
import { expect, it } from 'vitest'
import { inputOf, local, terminals } from '../test/local'

/** Asks one question after the other; before the second it works until it is let go on. */
function twoQuestions() {
  const gate = Promise.withResolvers<void>()
  const atWork = Promise.withResolvers<void>()
  const answered: unknown[] = []
  const made = local(
    {
      async onMessage({ text }, { slots }) {
        if (slots['first'] === undefined) return reply.inputRequired({ prompt: 'First?', slot: 'first' })
        atWork.resolve()
        await gate.promise
        if (slots['second'] === undefined) return reply.inputRequired({ prompt: 'Second?', slot: 'second' })
        answered.push({ ...slots })
        return reply.text(text)
      },
    },
    { agui: { legacyInterrupts: true } },
  )
  return { gate, atWork, answered, made }
}

const asked = (events: { type: string; outcome?: { interrupts?: { id: string; message?: string }[] } }[]) =>
  events.flatMap((one) => (one.type === 'RUN_FINISHED' ? (one.outcome?.interrupts ?? []) : []))

it.each<[string, (id: string) => object, boolean]>([
  ['a second answer', (id) => ({ resume: [{ interruptId: id, status: 'resolved', payload: 'yes' }] }), true],
  ['a message of its own', () => ({ messages: [{ id: 'own', role: 'user', content: 'yes' }] }), false],
  ['an answer of an old client', () => ({ forwardedProps: { command: { resume: 'yes' } } }), false],
])('%s leaves the question open that is asked later', async (_, early, isRefused) => {
  const { gate, atWork, answered, made } = twoQuestions()
  const input = inputOf('go')
  const [first] = asked(await made.run(input))
  const resume = [{ interruptId: first?.id, status: 'resolved', payload: 'yes' }]
  const working = made.run({ ...input, runId: 'working', messages: [], resume })
  await atWork.promise
  const other = made.run({ ...input, runId: 'early', ...early(first?.id as string) }).catch((error: Error) => error)
  // It is read, and waits for its turn.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  gate.resolve()
  const [second] = asked(await working)
  expect(second?.message).toBe('Second?')
  const told = await other
  if (isRefused) expect(told instanceof Error ? told.message : JSON.stringify(told)).toContain('PF_INTERRUPT_ANSWERED')
  expect(answered).toEqual([])
  const last = [{ interruptId: second?.id, status: 'resolved', payload: 'no' }]
  expect(terminals(await made.run({ ...input, runId: 'last', messages: [], resume: last }))).toEqual(['RUN_FINISHED'])
  expect(answered).toEqual([{ first: 'yes', second: 'no' }])
})
