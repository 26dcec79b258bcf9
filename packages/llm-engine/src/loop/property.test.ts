// Whatever a model says and people answer, over any number of restarts: what is sent to the model is well-formed, every
// call has one result, no tool runs twice, and the task comes to an end.
import { type Interrupt, type StoredTask, suspend, type Tool } from '@pf-agents/agent-core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { loopHarness, messagesOf } from '../../test/loop-harness'
import type { FakeToolCall, FakeTurn } from '../testing'

interface Sent {
  role: string
  tool_call_id?: string
  tool_calls?: { id: string }[]
}

const call = fc.record(
  {
    // Ids that come again, as of servers that number calls anew with each answer.
    id: fc.constantFrom('0', '1', 'call_a', 'call_b'),
    name: fc.constantFrom('plain', 'alone', 'guarded', 'sometimes', 'asks', 'fails', 'unknown'),
    arguments: fc.constantFrom<unknown[]>({}, { n: 1 }, { n: 'x' }, '{"n":', '[]', 'null'),
  },
  { requiredKeys: ['name'] },
) as fc.Arbitrary<FakeToolCall>
const turn = fc.record(
  {
    text: fc.constantFrom('', 'Let me see. ', 'ü😀'),
    reasoning: fc.constantFrom('', 'Hm.'),
    toolCalls: fc.uniqueArray(call, { maxLength: 4, selector: (one) => one.id ?? {} }),
    finish: fc.constantFrom('stop', 'length', 'tool-calls'),
    deltaLength: fc.constantFrom(1, 3, 50),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<FakeTurn>
const answer = fc.constantFrom<unknown[]>(true, false, { approved: true }, { approved: false }, 'yes', 'no', 'cancel')

/** Tools of all kinds, and what they did. */
function toolset() {
  const ran: string[] = []
  const input = { type: 'object', properties: { n: { type: 'number' } } }
  const make = (name: string, more: Partial<Tool> = {}): Tool => ({
    name,
    description: name,
    input,
    run(_, { toolCallId }) {
      ran.push(toolCallId)
      return { done: toolCallId }
    },
    ...more,
  })
  const tools = [
    make('plain'),
    make('alone', { parallel: false }),
    make('guarded', { needsApproval: true }),
    make('sometimes', { needsApproval: (args: { n?: number }) => args.n === 1 }),
    make('asks', {
      run(_, { toolCallId, answer: given }) {
        if (given === undefined) return suspend({ kind: 'input', prompt: 'What?' })
        ran.push(toolCallId)
        return given.status
      },
    }),
    make('fails', {
      run(_, { toolCallId }) {
        ran.push(toolCallId)
        throw new Error('Broken')
      },
    }),
  ]
  return { ran, tools }
}

function checkPrompt(messages: readonly Sent[]): void {
  const seen = new Set<string>()
  let open: string[] = []
  for (const { role, tool_calls: calls = [], tool_call_id: id } of messages) {
    if (role === 'tool') {
      // In the order of the calls, each once, and nothing between.
      expect(id).toBe(open.shift())
      continue
    }
    expect(open).toEqual([])
    open = calls.map((one) => one.id)
    for (const one of open) {
      expect(seen.has(one)).toBe(false)
      seen.add(one)
    }
  }
  expect(open).toEqual([])
}

const openOnes = ({ facts }: StoredTask): Interrupt[] =>
  (facts.interrupts ?? []).filter(({ status }) => status === 'open')

it('is well-formed, whatever is said and answered', async () => {
  const ends = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(
      fc.array(turn, { maxLength: 6 }),
      fc.array(answer, { maxLength: 12 }),
      fc.boolean(),
      async (turns, answers, restarts) => {
        const { ran, tools } = toolset()
        const test = loopHarness([...turns, { text: 'Done.' }], { tools }, { loop: { maxTurns: 6, maxRepairs: 2 } })
        let task = await test.send('go')
        let next = 0
        for (let rounds = 0; task.task.status.state === 'input-required' && rounds < 30; rounds++) {
          const given = openOnes(task).map(({ id, kind }) => {
            const payload = answers.length === 0 ? true : answers[next++ % answers.length]
            if (payload === 'cancel') return { interruptId: id, status: 'cancelled' as const }
            return {
              interruptId: id,
              status: 'resolved' as const,
              payload: (kind === 'input' ? 'x' : payload) as never,
            }
          })
          const runtime = restarts ? test.restarted() : test.runtime
          const { outcome } = test.submit('', { taskId: task.task.id, answers: given }, runtime)
          task = (await test.clock.until(outcome)).task as StoredTask
        }
        const { state } = task.task.status
        ends.set(state, (ends.get(state) ?? 0) + 1)
        expect(['completed', 'failed']).toContain(state)
        expect(new Set(ran).size).toBe(ran.length)
        test.provider.requests.forEach((_, index) => checkPrompt(messagesOf(test, index) as unknown as Sent[]))

        const starts = test.events.flatMap((event) => (event.type === 'tool-call-start' ? [event.toolCallId] : []))
        const finished = test.events.flatMap((event) => (event.type === 'tool-call-end' ? [event.toolCallId] : []))
        const results = test.events.flatMap((event) => (event.type === 'tool-result' ? [event.toolCallId] : []))
        expect(new Set(starts).size).toBe(starts.length)
        expect(finished.toSorted()).toEqual(starts.toSorted())
        expect(new Set(results).size).toBe(results.length)
        if (state === 'completed') expect(results.toSorted()).toEqual(starts.toSorted())
        for (const id of ran) expect(results).toContain(id)
        expect([test.clock.pending, test.runtime.activeRuns]).toEqual([0, 0])
      },
    ),
    { numRuns: 200, seed: -908206846 },
  )
  // It is not all the one or the other.
  expect(ends.get('completed')).toBeGreaterThan(20)
  expect(ends.get('failed')).toBeGreaterThan(5)
})
