import { expect, it } from 'vitest'
import { harness } from '../../test/harness'
import { expectNothingUnhandled } from '../../test/unhandled'
import { PfError } from '../error/pf-error'
import { createMemoryStores } from '../memory/memory-stores'
import { reply } from '../reply/reply'
import type { RunContext } from './run-context'

expectNothingUnhandled()

/** Counts listeners that are added to any signal and not taken away again; those of tests before it are not its own. */
function countListeners(): { left: () => number; restore: () => void } {
  const { addEventListener, removeEventListener } = AbortSignal.prototype
  const own = new WeakMap<AbortSignal, Set<unknown>>()
  let left = 0
  AbortSignal.prototype.addEventListener = function (this: AbortSignal, ...args: Parameters<typeof addEventListener>) {
    const listeners = own.get(this) ?? new Set()
    own.set(this, listeners)
    if (!listeners.has(args[1])) left++
    listeners.add(args[1])
    return addEventListener.apply(this, args)
  } as typeof addEventListener
  AbortSignal.prototype.removeEventListener = function (
    this: AbortSignal,
    ...args: Parameters<typeof removeEventListener>
  ) {
    if (own.get(this)?.delete(args[1]) === true) left--
    return removeEventListener.apply(this, args)
  } as typeof removeEventListener
  return {
    left: () => left,
    restore: () => Object.assign(AbortSignal.prototype, { addEventListener, removeEventListener }),
  }
}

it('10,000 runs of all kinds leave no timer, no listener, no run, no turn', async () => {
  const stores = createMemoryStores({ runStore: { maxTasks: 500 } })
  const { signal } = new AbortController()
  const kinds: ((context: RunContext) => unknown)[] = [
    () => 'direct',
    async () => 'direct, later',
    () => reply.artifact({ parts: [{ text: 'task' }] }),
    async (context) => {
      await context.startTask()
      await null
      return 'task, later'
    },
    async function* () {
      yield 'a'
      yield 'b'
    },
    () => {
      throw new Error('boom')
    },
    async () => {
      throw new PfError('PF_HTTP_FAILED', 'no', { retryable: true })
    },
    async (context) => {
      context.signal.addEventListener('abort', () => {}, { once: true })
      await context.startTask()
      await new Promise(() => {})
    },
    async (context) => {
      await context.fetch('https://api.example.com/', { signal })
      return 'fetched'
    },
    () => reply.rejected('no'),
  ]
  const test = harness(
    {
      needs: { outbound: ['https://api.example.com'] },
      onMessage: (message, context) => kinds[Number(message.text) % kinds.length]?.(context) as string,
    },
    { stores, bindings: [] },
  )
  const realFetch = globalThis.fetch
  globalThis.fetch = async () => new Response('body')
  const listeners = countListeners()
  try {
    for (let index = 0; index < 10_000; index++) {
      const run = test.submit(`${index}`, { contextId: `c${index % 7}` }, index % 3 === 0 ? { asTask: true } : {})
      if (index % kinds.length === 7) {
        await test.clock.settle()
        run.cancel()
      }
      await run.outcome.catch(() => {})
    }
  } finally {
    listeners.restore()
    globalThis.fetch = realFetch
  }
  expect(test.clock.pending).toBe(0)
  expect(test.runtime.activeRuns).toBe(0)
  // One handler in ten adds a listener of its own to its signal, and takes it away by `once` alone.
  expect(listeners.left()).toBe(1_000)
  await test.runtime.close()
  const { tasks } = stores.runStore.list({ scope: { tenant: '', principalId: 'anonymous' }, pageSize: 1_000 })
  expect(tasks.length).toBe(500)
  expect(tasks.filter((one) => one.lease !== undefined)).toEqual([])
})
