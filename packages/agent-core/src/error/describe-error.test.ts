import { expect, it } from 'vitest'
import { describeError } from './describe-error'
import { PfError } from './pf-error'

/** An error as the engine of a component makes it: its stack has neither name nor message. */
function guestError(error: Error, stack = 'handle@agent.js:62:15\nasync*#answer@agent.js:59:101\n'): Error {
  error.stack = stack
  return error
}

it('keeps a stack that begins with name and message', () => {
  const error = new TypeError('no such city')
  expect(describeError(error)).toBe(error.stack)
  expect(describeError(error)).toMatch(/^TypeError: no such city\n {4}at /)
  const silent = new Error()
  expect(describeError(silent)).toBe(silent.stack)
  const own = new PfError('PF_INPUT_INVALID', 'wrong')
  expect(describeError(own).match(/wrong/g)).toHaveLength(1)
})

it('puts name and message before a stack without them', () => {
  expect(describeError(guestError(new TypeError('no such city')))).toBe(
    'TypeError: no such city\n    at handle@agent.js:62:15\n    at async*#answer@agent.js:59:101',
  )
  // A message that happens to be in the stack is not taken for a header.
  expect(describeError(guestError(new Error('agent')))).toMatch(/^Error: agent\n/)
  expect(describeError(guestError(new RangeError()))).toMatch(/^RangeError\n {4}at handle/)
  expect(describeError(guestError(new PfError('PF_INPUT_INVALID', 'wrong')))).toMatch(/^PfError: wrong\n/)
})

it('does without a stack', () => {
  expect(describeError(guestError(new TypeError('gone'), ''))).toBe('TypeError: gone')
  const error = new Error('gone')
  delete error.stack
  expect(describeError(error)).toBe('Error: gone')
})

it('tells what caused it, and what that was caused by', () => {
  const root = guestError(new SyntaxError('unexpected }'))
  const middle = guestError(new Error('not readable', { cause: root }))
  const text = describeError(guestError(new PfError('PF_INTERNAL', 'failed', { cause: middle })))
  expect(text.split('\nCaused by: ').map((one) => one.split('\n')[0])).toEqual([
    'PfError: failed',
    'Error: not readable',
    'SyntaxError: unexpected }',
  ])
  expect(describeError(new Error('outer', { cause: 'out of memory' }))).toMatch(/\nCaused by: out of memory$/)
})

it('ends with circles and with long chains', () => {
  const circle = new Error('a')
  circle.cause = new Error('b', { cause: circle })
  expect(describeError(circle).match(/Caused by/g)).toHaveLength(1)
  let long = new Error('0')
  for (let index = 1; index < 20; index++) long = new Error(`${index}`, { cause: long })
  expect(describeError(long).match(/Caused by/g)).toHaveLength(5)
})

it('tells what is thrown and no error', () => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  expect(['text', undefined, null, 3n, { a: 1 }, circle].map(describeError)).toEqual([
    'text',
    'undefined',
    'null',
    '3',
    '{"a":1}',
    '[object Object]',
  ])
})
