import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { connect, userMessage } from '@pf-agents/a2a-client'
import {
  bind,
  type Clock,
  defineFeature,
  reply,
  runStorePort,
  runStreamsPort,
  systemClock,
} from '@pf-agents/agent-core'
import { serve } from '@pf-agents/app/node'
import { createRunStreams, type StreamsOverStore } from '@pf-agents/event-stream'
import { describe, expect, it, vi } from 'vitest'
import { streamingApp } from '../../test/stream-client'

const isFull = process.env.PF_TEST_FULL === '1'
const runs = isFull ? 10_000 : 100
const warm = isFull ? 1_000 : 20

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const heap = async (): Promise<number> => {
  for (let count = 0; count < 3; count++) {
    collectGarbage()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage().heapUsed
}

/** The host's clock, and how many of its timers are set. */
function countingClock(): Clock & { readonly pending: number } {
  let pending = 0
  return {
    now: () => systemClock.now(),
    after(ms, callback) {
      pending++
      let isOver = false
      const end = () => {
        if (!isOver) pending--
        isOver = true
      }
      const cancel = systemClock.after(ms, () => {
        end()
        callback()
      })
      return () => {
        end()
        cancel()
      }
    },
    get pending() {
      return pending
    },
  }
}

/** What messages wait for. */
const gates = new Map<string, PromiseWithResolvers<void>>()
let lastGate = 0

/** A server whose followers, timers and runs can be counted. */
async function start() {
  const clock = countingClock()
  let streams: StreamsOverStore | undefined
  const counted = defineFeature({
    name: 'counted-streams',
    targets: ['node'],
    provides: [runStreamsPort],
    requires: [runStorePort],
    setup({ ports }) {
      streams = createRunStreams({ store: ports.get(runStorePort), clock })
      return { ports: [bind(runStreamsPort, streams)], close: () => streams?.close() }
    },
  })
  let running = 0
  const app = streamingApp(
    {
      async *onMessage({ text }, { signal }) {
        running++
        try {
          yield 'one '
          if (text === 'throw') throw new Error('on purpose')
          await gates.get(text)?.promise
          if (text === 'wait')
            await new Promise<void>((resolve) => {
              const end = () => {
                signal.removeEventListener('abort', end)
                stop()
                resolve()
              }
              const stop = clock.after(30, end)
              signal.addEventListener('abort', end)
            })
          yield 'two'
          return reply.completed()
        } finally {
          running--
        }
      },
    },
    {
      streams: false,
      add: [counted],
      app: {
        clock,
        memory: { runStore: { maxTasks: 200 }, conversation: { maxContexts: 200 } },
        limits: { concurrentRequests: 1000 },
      },
    },
  )
  const server = await serve(app, { port: 0, drainMs: 200 })
  return {
    server,
    clock,
    counts: () => ({ timers: clock.pending, followed: streams?.followed, running }),
  }
}

const idle = { timers: 0, followed: 0, running: 0 }

// A busy machine may take long; what is waited for are events.
describe('nothing is left behind', { timeout: isFull ? 30 * 60_000 : 180_000 }, () => {
  const scenarios: Record<string, (client: Awaited<ReturnType<typeof connect>>, outer: AbortSignal) => Promise<void>> =
    {
      'streams that end': async (client, signal) => {
        const result = await client.sendStreamingMessage({ message: userMessage('go') }, { signal }).result()
        expect(result).toMatchObject({ task: { status: { state: 'completed' } } })
      },
      'streams that are aborted in their middle': async (client) => {
        const controller = new AbortController()
        const stream = client.sendStreamingMessage({ message: userMessage('wait') }, { signal: controller.signal })
        for (let count = 0; count < 3; count++) await stream.next()
        controller.abort(new Error('enough'))
        // Not by `rejects`: vitest keeps those until the test is over.
        const reason = await stream.next().catch((error: unknown) => error)
        expect(String(reason)).toBe('Error: enough')
        expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
      },
      'clients that go away': async (client, signal) => {
        const stream = client.sendStreamingMessage({ message: userMessage('wait') }, { signal })
        for await (const event of stream) if ('artifactUpdate' in event) break
      },
      'handlers that throw': async (client, signal) => {
        const result = await client.sendStreamingMessage({ message: userMessage('throw') }, { signal }).result()
        expect(result).toMatchObject({ task: { status: { state: 'failed' } } })
      },
      'subscriptions beside the stream that began the task': async (client, signal) => {
        const text = `gate ${lastGate++}`
        const gate = Promise.withResolvers<void>()
        gates.set(text, gate)
        const stream = client.sendStreamingMessage({ message: userMessage(text) }, { signal })
        await stream.next()
        const second = client.subscribeToTask({ id: stream.task?.id as string }, { signal })
        await second.next()
        await stream.return()
        gate.resolve()
        expect(await second.result()).toMatchObject({ task: { status: { state: 'completed' } } })
        gates.delete(text)
      },
    }

  it.each(Object.entries(scenarios))('%s', async (name, scenario) => {
    const { server, counts } = await start()
    const clientClock = countingClock()
    try {
      const client = await connect(server.url, { clock: clientClock })
      const outer = new AbortController()
      const many = async (total: number) => {
        for (let done = 0; done < total; done += 10)
          await Promise.all(Array.from({ length: 10 }, () => scenario(client, outer.signal)))
        await vi.waitFor(() => expect(counts()).toEqual(idle), { timeout: 60_000, interval: 20 })
      }
      // What is made once is made now.
      await many(warm)
      const before = await heap()
      await many(runs)
      const after = await heap()
      expect(clientClock.pending).toBe(0)
      expect(getEventListeners(outer.signal, 'abort')).toHaveLength(0)
      // A byte that stays of each run would be seen: the smallest object has sixteen.
      if (isFull) {
        const each = (after - before) / runs
        console.info(
          `${name}: ${runs} runs, heap ${(before / 1e6).toFixed(1)} MB, ${each.toFixed(1)} bytes more per run`,
        )
        expect(each).toBeLessThan(100)
      }
    } finally {
      await server.close()
    }
    expect(counts()).toEqual(idle)
  })

  it('clients that go away are forgotten while their task still runs', async () => {
    const { server, counts } = await start()
    const gate = Promise.withResolvers<void>()
    gates.set('held', gate)
    try {
      const client = await connect(server.url)
      const first = client.sendStreamingMessage({ message: userMessage('held') })
      await first.next()
      const second = client.subscribeToTask({ id: first.task?.id as string })
      await second.next()
      expect(counts()).toMatchObject({ followed: 1, running: 1 })
      await first.return()
      await second.return()
      await vi.waitFor(() => expect(counts()).toMatchObject({ followed: 0, running: 1 }), { timeout: 60_000 })
      gate.resolve()
      await vi.waitFor(() => expect(counts()).toEqual(idle), { timeout: 60_000 })
    } finally {
      gates.delete('held')
      gate.resolve()
      await server.close()
    }
  })
})
