import { createFaultyRunStore } from '@pf-agents/agent-core/testing'
import type { RunCommit, RunEvent, RunStore } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { loopHarness, texts } from '../../test/loop-harness'
import type { LoopHooks } from '../hooks/hooks'
import type { FakeTurn } from '../testing'

const typesOf = (events: readonly RunEvent[]): string[] => events.map(({ type }) => type)

describe('a run that is canceled', () => {
  it.each<[string, FakeTurn, string, string[]]>([
    ['in a text', { text: 'abcdefgh'.repeat(4) }, 'text-delta', ['text-end', 'step-end', 'usage', 'status']],
    [
      'in a thought',
      { reasoning: 'abcdefgh'.repeat(4) },
      'reasoning-delta',
      ['reasoning-end', 'step-end', 'usage', 'status'],
    ],
    [
      'in a call',
      { toolCalls: [{ name: 'f', arguments: { a: 'abcdefgh'.repeat(4) } }] },
      'tool-call-delta',
      ['tool-call-delta', 'step-end', 'usage', 'status'],
    ],
  ])('%s leaves nothing open but a call that is not whole', async (_, turn, until, end) => {
    const test = loopHarness([{ ...turn, fault: { after: 3, kind: 'stall' } }])
    const run = test.submit('go')
    await expect.poll(() => typesOf(test.events)).toContain(until)
    run.cancel()
    expect((await run.outcome).task?.task.status.state).toBe('canceled')
    await expect.poll(() => typesOf(test.events).slice(-4)).toEqual(end)
  })
})

it('a model that fails ends its step', async () => {
  const test = loopHarness([{ status: 400 }])
  await test.send('go')
  expect(typesOf(test.events).filter((type) => type.startsWith('step'))).toEqual(['step-start', 'step-end'])
})

describe('an answer that a hook looks at first', () => {
  const turn: FakeTurn = {
    reasoning: 'The key is sk-1.',
    text: 'Use sk-1.',
    toolCalls: [{ name: 'echo', arguments: { key: 'sk-1' } }],
  }
  const setup = (afterModel: NonNullable<LoopHooks['afterModel']>) =>
    loopHarness(
      [turn, { text: 'Done.' }],
      { tools: [{ name: 'echo', description: 'Echoes', run: () => 'x' }] },
      { loop: { hooks: [{ afterModel }] } },
    )

  it('is told as it came, once it was let pass', async () => {
    const seen: unknown[] = []
    const test = setup(({ text, reasoning }) => void seen.push([reasoning, text, typesOf(test.events).at(-1)]))
    await test.send('go')
    expect(seen[0]).toEqual(['The key is sk-1.', 'Use sk-1.', 'step-start'])
    const types = typesOf(test.events).filter((type) => !/delta|usage|status|message/.test(type))
    expect(types.slice(0, 8)).toEqual([
      'step-start',
      'reasoning-start',
      'reasoning-end',
      'text-start',
      'text-end',
      'tool-call-start',
      'tool-call-end',
      'step-end',
    ])
  })

  it('is not told at all where it was stopped: no thought, no call', async () => {
    const test = setup(() => ({ block: 'No.' }))
    expect((await test.send('go')).task.status.state).toBe('rejected')
    expect(JSON.stringify(test.events)).not.toContain('sk-1')
    expect(typesOf(test.events)).not.toContain('tool-call-start')
  })

  it('is told as it was rewritten: its reasoning only where the rewrite has some', async () => {
    const silent = setup(({ text }) => ({ text: text.replace('sk-1', '[key]') }))
    expect(texts(await silent.send('go'))).toEqual(['Use [key].', 'Done.'])
    expect(typesOf(silent.events)).not.toContain('reasoning-delta')
    const loud = setup(({ text, reasoning }) => ({
      text: text.replace('sk-1', '[key]'),
      reasoning: reasoning.replace('sk-1', '[key]'),
    }))
    await loud.send('go')
    expect(loud.events).toContainEqual(expect.objectContaining({ type: 'reasoning-delta', delta: 'The key is [key].' }))
    const said = loud.events.find(({ type }) => type === 'text-start') as { messageId: string }
    expect(loud.events).toContainEqual(
      expect.objectContaining({ type: 'tool-call-start', name: 'echo', messageId: said.messageId }),
    )
  })
})

describe('a long answer', () => {
  const turn: FakeTurn = { text: 'abcd'.repeat(10_000), deltaLength: 4 }
  const commitsOf = async (hasEventLog: boolean): Promise<number[]> => {
    const commits: RunCommit[] = []
    const wrapStore = (store: RunStore) =>
      createFaultyRunStore(store, {
        hasEventLog,
        before: (method, commit) => void (method === 'commit' && commit && commits.push(commit)),
      })
    expect(texts(await loopHarness([turn], {}, { wrapStore }).send('go'))).toEqual([turn.text])
    return commits.map(({ events }) => events.length)
  }

  it('is stored as it comes where there is a log', async () => {
    const sizes = await commitsOf(true)
    expect(sizes.length).toBeGreaterThan(10)
    expect(Math.max(...sizes)).toBeLessThan(2048)
  })

  it('is not written again and again where each commit has all of it', async () => {
    expect((await commitsOf(false)).length).toBeLessThan(15)
  })
})
