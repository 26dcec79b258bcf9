import { suspend, type Tool } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { codeOf, loopHarness, messagesOf, texts } from '../../test/loop-harness'

const circle: { a: number; self?: unknown } = { a: 1 }
circle.self = circle
const hostile = (): object =>
  new Proxy(
    {},
    {
      get() {
        throw new Error('No')
      },
      has() {
        throw new Error('No')
      },
      getPrototypeOf() {
        throw new Error('No')
      },
      ownKeys() {
        throw new Error('No')
      },
    },
  )
const throwing = (value: unknown) => () => {
  throw value
}
const deep = (): unknown => {
  let value: unknown[] = []
  for (let count = 0; count < 100_000; count++) value = [value]
  return value
}

/** What a tool may do, and what the model is told then. */
const odd: Record<string, [run: () => unknown, told: string | RegExp]> = {
  'throws nothing': [throwing(undefined), 'The tool failed: undefined'],
  'throws null': [throwing(null), 'The tool failed: null'],
  'throws an object without a prototype': [
    throwing(Object.create(null)),
    'The tool failed: It threw something that has no text.',
  ],
  'throws an object without a text': [throwing({ toString: null }), /^The tool failed: It threw something/],
  'throws a symbol': [throwing(Symbol('s')), 'The tool failed: Symbol(s)'],
  'throws what can not be looked at': [throwing(hostile()), /^The tool failed: It threw something/],
  'throws an error whose message throws': [
    throwing(
      Object.defineProperty(new Error('m'), 'message', {
        get() {
          throw new Error('getter')
        },
      }),
    ),
    /^The tool failed: It threw something/,
  ],
  'throws an error whose message is no text': [
    throwing(Object.defineProperty(new Error('m'), 'message', { value: 7n })),
    'The tool failed: 7',
  ],
  'throws what poses as a reply': [
    throwing({ [Symbol.for('pf-agents.thrown-reply')]: true, reply: null }),
    'The tool failed: [object Object]',
  ],
  'throws what poses as a reply with questions': [
    throwing({ [Symbol.for('pf-agents.thrown-reply')]: true, reply: { reply: 'suspended', interrupts: [null] } }),
    /^The tool failed: /,
  ],
  'gives a circle': [() => circle, /^The tool failed: .*circular/is],
  'gives a BigInt': [() => 10n, /^The tool failed: .*BigInt/],
  'gives something very deep': [deep, /^The tool failed: /],
  'gives a number that is none': [() => Number.NaN, 'null'],
  'gives a function': [() => () => 1, 'Done.'],
  'gives what can not be looked at': [hostile, /^The tool failed: No/],
  'gives what JSON leaves out': [() => ({ toJSON: () => undefined }), 'Done.'],
  'gives a part beside which a circle stands': [() => ({ parts: [{ text: 'a', beside: circle }] }), 'a'],
  'gives a part with a BigInt as metadata': [
    () => ({ parts: [{ text: 'a', metadata: { x: 10n } }] }),
    /^The tool failed: .*BigInt/,
  ],
  'gives a part with metadata that is none': [() => ({ parts: [{ text: 'a', metadata: 10n, filename: 7n }] }), 'a'],
  'gives a part whose data is a circle': [() => ({ parts: [{ data: circle }] }), /^The tool failed: /],
  'asks nothing': [() => suspend(null as never), /^The tool failed: It asked something that is no question/],
  'asks with a circle': [
    () => suspend({ kind: 'input', prompt: '?', schema: circle as never }),
    /^The tool failed: .*circular/is,
  ],
  'asks with a prompt that is no text': [
    () => suspend({ kind: 'input', prompt: { a: 1 } as never }),
    /^The tool failed: It asked something that is no question/,
  ],
  'asks with a schema that is none': [
    () => suspend({ kind: 'input', prompt: '?', schema: { type: 'objekt' } }),
    /^The tool failed: /,
  ],
  'asks until a time that is none': [
    () => suspend({ kind: 'input', prompt: '?', expiresAt: 'soon' }),
    /^The tool failed: /,
  ],
  'asks for less than no time': [
    () => suspend({ kind: 'input', prompt: '?', timeoutMs: -1 }),
    /^The tool failed: It asked with a timeoutMs/,
  ],
  'asks for a time that is no number': [
    () => suspend({ kind: 'input', prompt: '?', timeoutMs: Number.NaN }),
    /^The tool failed: It asked with a timeoutMs/,
  ],
}

describe('a tool that', () => {
  it.each(Object.entries(odd))('%s does not fail the run: the model is told', async (_, [run, told]) => {
    const tool: Tool = { name: 'odd', description: 'Odd', run: run as Tool['run'] }
    const test = loopHarness([{ toolCalls: [{ name: 'odd' }] }, { text: 'Done.' }], { tools: [tool] })
    const task = await test.send('go')
    expect([task.task.status.state, codeOf(task), texts(task)]).toEqual(['completed', undefined, ['Done.']])
    const result = messagesOf(test, 1).find(({ role }) => role === 'tool')?.content
    if (typeof told === 'string') expect(result).toBe(told)
    else expect(result).toMatch(told)
  })

  it('can not tell whether it needs an approval is not run', async () => {
    let ran = 0
    const tool: Tool = { name: 'odd', description: 'Odd', needsApproval: throwing(hostile()), run: () => ++ran }
    const test = loopHarness([{ toolCalls: [{ name: 'odd' }] }, { text: 'Done.' }], { tools: [tool] })
    expect([(await test.send('go')).task.status.state, ran]).toEqual(['completed', 0])
    expect(messagesOf(test, 1).at(-1)?.content).toMatch(/^The call was not made: /)
  })

  it('can not check its arguments is not run', async () => {
    let ran = 0
    const input = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: throwing(new Error('Broken')),
        jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
      },
    }
    const tool: Tool = { name: 'odd', description: 'Odd', input: input as never, run: () => ++ran }
    const test = loopHarness([{ toolCalls: [{ name: 'odd' }] }, { text: 'Done.' }], { tools: [tool] })
    expect([(await test.send('go')).task.status.state, ran]).toEqual(['completed', 0])
    expect(messagesOf(test, 1).at(-1)?.content).toContain('The arguments could not be checked. Broken')
  })
})
