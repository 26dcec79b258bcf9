import { expect, it } from 'vitest'
import { failureCode, harness } from '../../test/harness'
import type { StoredTask } from '../port/run-store'
import { type Reply, reply } from '../reply/reply'

/** A handler that is busy for a second, then asks. */
const slow = (ask: () => Reply) =>
  harness({
    onMessage: async (_message, context) => {
      await context.startTask()
      await new Promise<void>((resolve) => void test.clock.after(1_000, resolve))
      return ask()
    },
  })
let test: ReturnType<typeof harness>

const asked = async (ask: () => Reply) => {
  test = slow(ask)
  return (await test.clock.until(test.send('go'))).task as StoredTask
}

it.each<[string, () => Reply, object]>([
  ['expires', () => reply.inputRequired({ prompt: 'Which?', timeoutMs: 300 }), { expiresAt: 300 }],
  [
    'expires, whatever else it says',
    () => reply.inputRequired({ prompt: 'Which?', timeoutMs: 300, expiresAt: new Date(0).toISOString() }),
    { expiresAt: 300 },
  ],
  [
    'is to be given its default',
    () => ({
      reply: 'suspended',
      state: 'input-required',
      interrupts: [{ kind: 'input', prompt: 'Which?', timeoutMs: 300, hasDefault: true }],
    }),
    { defaultAt: 300 },
  ],
])('a question %s so long after it is asked', async (_, ask, times) => {
  const { facts } = await asked(ask)
  const { id: _id, ...question } = facts.interrupts?.[0] ?? { id: '' }
  const at = Object.entries(times).map(([name, ms]) => [name, new Date(test.clock.now() + ms).toISOString()])
  const slot = 'slot' in question ? { slot: question.slot } : {}
  expect(question).toEqual({ kind: 'input', prompt: 'Which?', status: 'open', ...slot, ...Object.fromEntries(at) })
})

it('a question may wait longer than dates go', async () => {
  const { facts } = await asked(() => reply.inputRequired({ prompt: 'Which?', timeoutMs: Number.MAX_VALUE }))
  expect(facts.interrupts?.[0]?.expiresAt).toBe('+275760-09-13T00:00:00.000Z')
})

it.each([0, -1, Number.NaN])('a question that waits %d ms is a mistake', async (timeoutMs) => {
  expect(failureCode(await asked(() => reply.inputRequired({ prompt: 'Which?', timeoutMs })))).toBe('PF_CONFIG_INVALID')
})
