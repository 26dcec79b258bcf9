import type { AgentDefinition } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { loopHarness, type LoopHarnessOptions, messagesOf, texts } from '../../test/loop-harness'

describe('an agent with a model', () => {
  it('answers with what the model says, as it says it', async () => {
    const test = loopHarness([{ text: 'Hello there, you.' }], { instructions: 'Be kind.' })
    const task = await test.send('Hi')
    expect(task.task.status.state).toBe('completed')
    expect(texts(task)).toEqual(['Hello there, you.'])
    expect(messagesOf(test, 0)).toEqual([
      { role: 'developer', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
    ])
    expect(test.events.map(({ type }) => type)).toEqual([
      'message',
      'status',
      'step-start',
      'text-start',
      'text-delta',
      'text-delta',
      'text-delta',
      'text-end',
      'usage',
      'step-end',
      'status',
    ])
  })
})

describe('what can not work', () => {
  const tool = { name: 'a', description: 'A', run: () => 1 }
  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ['no turn', { maxTurns: 0 }, {}, 'maxTurns must be a number above 0'],
    ['turns that are no number', { maxTurns: '5' }, {}, 'maxTurns must be a number above 0'],
    ['a negative number', { maxRepairs: -1 }, {}, 'maxRepairs must be a number.'],
    ['a time that is none', { toolTimeoutMs: Number.NaN }, {}, 'toolTimeoutMs must be milliseconds above 0'],
    ['a time before now', { toolTimeoutMs: -5 }, {}, 'toolTimeoutMs must be milliseconds above 0'],
    ['a time for ever', { toolTimeoutMs: Infinity }, {}, 'toolTimeoutMs must be milliseconds above 0'],
    ['hooks that are no list', { hooks: {} }, {}, 'hooks must be a list of objects.'],
    ['a hook that is none', { hooks: [() => undefined, null] }, {}, 'hooks must be a list of objects.'],
    ['a stopWhen that can not be asked', { stopWhen: true }, {}, 'stopWhen must be a function.'],
    ["a tool's time", {}, { tools: [{ ...tool, timeoutMs: 0 }] }, 'timeoutMs of the tool "a" must be milliseconds'],
    ['a tool that is none', {}, { tools: [undefined] }, 'Among the tools there is undefined.'],
    ['a tool that can not run', {}, { tools: [{ ...tool, run: undefined }] }, 'The tool "a" has no run function.'],
    [
      'an answer that no model can be shown',
      {},
      { output: { '~standard': { version: 1, vendor: 'x', validate: (value: unknown) => ({ value }) } } },
      'its library gives no JSON Schema',
    ],
    ['tools that are no list', {}, { tools: { tool } }, 'The tools of an agent are a list'],
  ])('is refused when the app is made: %s', (_, loop, agent, said) => {
    expect(() =>
      loopHarness([], agent as Partial<AgentDefinition>, { loop: loop as LoopHarnessOptions['loop'] & object }),
    ).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID', message: expect.stringContaining(said) }) as Error)
  })
})
