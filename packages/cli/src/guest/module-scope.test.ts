import { expect, it } from 'vitest'
import { holdModuleScope, releaseModuleScope } from './module-scope'

const calls: readonly (readonly [string, () => unknown])[] = [
  ['Math.random()', () => Math.random()],
  ['crypto.getRandomValues()', () => crypto.getRandomValues(new Uint8Array(1))],
  ['crypto.randomUUID()', () => crypto.randomUUID()],
  ['performance.now()', () => performance.now()],
  ['performance.timeOrigin', () => performance.timeOrigin],
]

it('throws with the name of what can not be used, and gives it back', () => {
  // As the engine has it, unlike Node.
  const now = () => 1
  Object.defineProperty(performance, 'now', { configurable: true, value: now })
  holdModuleScope()
  const thrown = calls.map(([, call]) => {
    try {
      return call()
    } catch (error) {
      return (error as Error).message
    }
  })
  releaseModuleScope()
  expect(thrown).toEqual(
    calls.map(
      ([name]) =>
        `${name} can not be used at module scope, which is evaluated once, at build time. ${name.endsWith(')') ? 'Call' : 'Read'} it in a handler.`,
    ),
  )
  expect(performance.now).toBe(now)
  Reflect.deleteProperty(performance, 'now')
  for (const [, call] of calls) expect(call).not.toThrow()
})
