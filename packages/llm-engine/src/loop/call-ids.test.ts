import {
  defineSkill,
  type Interrupt,
  jsonSchema,
  type RunEvent,
  type StoredTask,
  type Tool,
} from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { loopHarness, texts } from '../../test/loop-harness'
import type { FakeScript } from '../testing'

const open = ({ facts }: StoredTask): Interrupt[] => (facts.interrupts ?? []).filter(({ status }) => status === 'open')

interface Said {
  role: string
  content: unknown
  tool_call_id?: string
  tool_calls?: { id: string }[]
}

/** A server that counts calls anew with every answer, in loops within a loop. */
function countingServer(turns: readonly (readonly string[])[]) {
  const paid: string[] = []
  const seen: Said[][] = []
  const script: FakeScript = ({ body }) => {
    const messages = body['messages'] as unknown as Said[]
    seen.push(messages)
    const asked = JSON.stringify(messages.find(({ role }) => role === 'user')?.content)
    const results = messages.filter(({ role }) => role === 'tool')
    if (asked.includes('go')) {
      let count = 0
      for (const turn of turns) {
        if (results.length === count)
          return { toolCalls: turn.map((input, at) => ({ id: `buy:${at}`, name: 'buy', arguments: { input } })) }
        count += turn.length
      }
      return { text: 'All done.' }
    }
    if (results.length > 0) return { text: `${String(results.at(-1)?.content)}` }
    return { toolCalls: [{ id: 'pay:0', name: 'pay', arguments: { what: JSON.parse(asked) as string } }] }
  }
  const pay: Tool<{ what: string }> = {
    name: 'pay',
    description: 'Pays',
    needsApproval: true,
    input: jsonSchema({ type: 'object', properties: { what: { type: 'string' } }, required: ['what'] }),
    run: ({ what }) => `paid ${paid.push(what)}`,
  }
  const buy = defineSkill({ id: 'buy', name: 'Buy', description: 'Buys', instructions: 'Buy what you are told.' })
  return { paid, seen, script, agent: { tools: [pay as Tool], skills: [buy] } }
}

/** Ids of the calls that were begun, and whether each result is of one of them. */
function told(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'tool-call-start' ? [event.toolCallId] : []))
}

describe('ids of calls that a server counts anew with every answer', () => {
  it('are not shared by loops side by side: no answer is taken for two', async () => {
    const { paid, seen, script, agent } = countingServer([['apples', 'pears']])
    const test = loopHarness(script, agent)
    const asked = await test.send('go')
    const [first, second] = open(asked)
    expect(new Set([first?.slot, second?.slot, first?.toolCallId, second?.toolCallId]).size).toBe(2)
    const one = await test.send(
      { data: { [String(first?.slot)]: { approved: true } } as never },
      { taskId: asked.task.id },
    )
    expect([one.task.status.state, open(one).length, paid]).toEqual(['input-required', 1, []])
    const task = await test.clock.until(test.submit('no', { taskId: asked.task.id }, test.restarted()).outcome)
    expect([task.task?.task.status.state, paid]).toEqual(['completed', ['apples']])
    expect(new Set(told(test.events)).size).toBe(told(test.events).length)
    // To the provider go its own.
    const ids = seen.flatMap((messages) => messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id)))
    expect([...new Set(ids)].sort()).toEqual(['buy:0', 'buy:1', 'pay:0'])
    for (const messages of seen) {
      const calls = messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id))
      const results = messages.flatMap(({ tool_call_id: id }) => (id === undefined ? [] : [id]))
      expect(results).toEqual(calls)
    }
  })

  it('nor by loops one after the other, in one process or several', async () => {
    for (const isRestarted of [false, true]) {
      const { paid, script, agent } = countingServer([['apples'], ['pears'], ['plums']])
      const test = loopHarness(script, agent)
      let task = await test.send('go')
      const slots: unknown[] = []
      for (let count = 0; count < 5 && open(task).length > 0; count++) {
        slots.push(open(task)[0]?.slot)
        const on = isRestarted ? test.restarted() : test.runtime
        task = (await test.clock.until(test.submit('yes', { taskId: task.task.id }, on).outcome)).task as StoredTask
      }
      expect([texts(task).at(-1), paid]).toEqual(['All done.', ['apples', 'pears', 'plums']])
      expect([slots.length, new Set(slots).size]).toEqual([3, 3])
      expect(new Set(told(test.events)).size).toBe(told(test.events).length)
    }
  })

  it('and steps side by side have names of their own while they are under way', async () => {
    const { script, agent } = countingServer([['apples', 'pears', 'plums']])
    const test = loopHarness(script, agent)
    await test.send('go')
    const openSteps = new Set<string>()
    let most = 0
    for (const event of test.events) {
      if (event.type === 'step-start') {
        expect(openSteps).not.toContain(event.name)
        most = Math.max(most, openSteps.add(event.name).size)
      } else if (event.type === 'step-end') expect(openSteps.delete(event.name)).toBe(true)
    }
    expect([most, openSteps.size]).toEqual([3, 0])
  })
})
