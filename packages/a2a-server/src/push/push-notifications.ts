import {
  bind,
  clockPort,
  defineFeature,
  deliveriesPort,
  keyValuePort,
  loggerPort,
  outboxPort,
  randomPort,
  runStorePort,
} from '@pf-agents/agent-core'
import { createOutboundMatcher } from '@pf-agents/http-kit'
import { createGuardedFetch, createOutboundGuard } from '@pf-agents/http-kit/node'
import { pushServicePort } from '../push-port/push-service'
import { ConfigCache } from './config-cache'
import { ConfigStore } from './config-store'
import { later } from './later'
import { createNameResolver } from './name-resolver'
import { type PushOptions, settingsOf } from './options'
import { OverdueWatch } from './overdue-watch'
import { PushConfigs } from './push-configs'
import { PushDeliveries } from './push-deliveries'
import { PushWorker } from './push-worker'
import { sweep } from './sweep'

/** Milliseconds between two sweeps of the stored configs. */
const sweepMs = 600_000

/**
 * Push notifications for the A2A server: callers register webhooks for their tasks, and every change of a task is posted to
 * them (A2A 1.0, 4.3). What is owed is stored with the events it is about, so that a restart loses none; it is delivered at
 * least once, in order per config. Configs and what is owed live in the app's storage: in memory, or with `sqliteStorage`.
 *
 * Addresses come from callers: only public https ones are called, on the port of the scheme, unless `allow` says otherwise;
 * they are looked at when they are registered and at every delivery. Redirects are not followed.
 *
 * @throws PfError PF_CONFIG_INVALID where a number is not a positive, finite one, or not a whole one where it counts
 * @example
 * ```ts
 * const app = createApp(agent, [a2aServer(), sqliteStorage({ file: 'agent.db' }), pushNotifications()])
 * ```
 */
export function pushNotifications(options: PushOptions = {}) {
  const settings = settingsOf(options)
  return defineFeature({
    name: 'a2a-push',
    targets: ['node'],
    unavailable: {
      reason: 'it needs work in the background between requests, and connections pinned to checked addresses',
      alternative: 'let callers read the task again',
    },
    provides: [pushServicePort, deliveriesPort],
    requires: [keyValuePort, runStorePort, outboxPort, clockPort, randomPort, loggerPort],
    setup({ ports, agents }) {
      const clock = ports.get(clockPort)
      const configs = new ConfigStore(ports.get(keyValuePort), clock)
      const rules = { ...settings, resolve: settings.resolve ?? createNameResolver(settings) }
      const parts = {
        outbox: ports.get(outboxPort),
        store: ports.get(runStorePort),
        random: ports.get(randomPort),
        logger: ports.get(loggerPort),
        clock,
        settings,
        configs,
        cache: new ConfigCache(configs, clock),
        guard: createOutboundGuard(rules),
        isAllowed: createOutboundMatcher(settings.allow ?? []),
        isNamed: createOutboundMatcher([...(settings.allow ?? []), ...(settings.only ?? [])]),
        fetch: createGuardedFetch(rules),
      }
      const worker = new PushWorker(parts)
      const wake = (): void => worker.wake()
      const deliveries = new PushDeliveries({ ...parts, wake })
      const overdue = new OverdueWatch({ ...parts, agents, pollMs: settings.pollMs })
      let isClosed = false
      let cancelSweep = (): void => {}
      const sweepLater = (): void => {
        if (isClosed) return
        cancelSweep = later(clock, sweepMs, () => {
          sweep(parts.configs, parts.store, clock, settings.maxAgeMs)
            .catch((error: unknown) =>
              parts.logger.log('warn', 'Old push configs could not be looked through.', { error: String(error) }),
            )
            .finally(sweepLater)
        })
      }
      return {
        ports: [
          bind(pushServicePort, new PushConfigs({ ...parts, deliveries, wake })),
          bind(deliveriesPort, deliveries),
        ],
        card: { capabilities: { pushNotifications: true } },
        ready() {
          worker.start()
          overdue.start()
          sweepLater()
        },
        async close() {
          isClosed = true
          cancelSweep()
          await overdue.close()
          await worker.close()
          parts.fetch.close()
        },
      }
    },
  })
}
