import {
  bind,
  clockPort,
  defineFeature,
  loggerPort,
  runStorePort,
  runStreamsPort,
  systemClock,
} from '@pf-agents/agent-core'
import { createRunStreams } from './run-streams'

/** Options of {@link eventStream}. */
export interface EventStreamOptions {
  /**
   * Newest events of a task that are kept in memory while somebody who follows it is behind; older ones are read from the
   * store. Default 16,384.
   */
  tailEvents?: number
  /** Characters that those events may have together, estimated. Default 4,194,304. */
  tailLength?: number
  /**
   * Milliseconds between looks at the store for tasks that are followed here while their run works in another process.
   * Default 1,000; 0 for a store that only this process writes.
   */
  pollMs?: number
}

/**
 * Makes runs followable: installed, the A2A server streams and lets clients subscribe, and AG-UI can be served.
 *
 * @example
 * ```ts
 * const app = createApp(agent, [eventStream(), a2aServer()])
 * ```
 */
export const eventStream = (options: EventStreamOptions = {}) =>
  defineFeature({
    name: 'event-stream',
    targets: ['node'],
    unavailable: {
      reason: 'it needs streams and work that outlive a request',
      alternative: 'let the client ask for the task again (GetTask)',
    },
    provides: [runStreamsPort],
    requires: [runStorePort],
    optional: [clockPort, loggerPort],
    setup({ ports, agents }) {
      const streams = createRunStreams({
        store: ports.get(runStorePort),
        clock: ports.find(clockPort) ?? systemClock,
        // Reading a task whose run died ends it, and that is what whoever follows it waits for.
        onLost({ tenant, principalId, taskId }) {
          const served = agents.find((one) => one.tenant === tenant)
          served?.runtime.task(taskId, { id: principalId }).catch((error: unknown) => {
            ports.find(loggerPort)?.log('warn', 'A task whose run died could not be ended.', {
              taskId,
              error: String(error),
            })
          })
        },
        ...options,
      })
      return { ports: [bind(runStreamsPort, streams)], close: () => streams.close() }
    },
  })
