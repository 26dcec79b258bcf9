import {
  bind,
  createMemoryStores,
  defineAgent,
  defineFeature,
  type FeatureRoute,
  reply,
  runStorePort,
} from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { conversationSuite, keyValueSuite, outboxSuite, runStoreSuite, type StorageCase } from '@pf-agents/testing'
import { openBucket } from 'pf-host:keyvalue'
import { createBucketStores } from '../../src/stores'

/** The conformance suites as routes, so that a test has them run inside a component, over the host's own store. */

/** Two sets of drivers over the host's store, each case in a namespace of its own. */
function bucketDriver() {
  const namespace = crypto.randomUUID()
  const [first, second] = [0, 1].map(() =>
    createBucketStores(() => openBucket('default'), { namespace, keepMessages: 120 }),
  )
  if (first === undefined || second === undefined) throw new Error('no stores')
  return { first, second }
}

const runners: Readonly<Record<string, readonly { name: string; run(): Promise<void> }[]>> = {
  'bucket-run-store': cases(runStoreSuite, () => {
    const { first, second } = bucketDriver()
    return { ...first, peer: second.runStore }
  }),
  'bucket-key-value': cases(keyValueSuite, () => {
    const { first, second } = bucketDriver()
    return { ...first, peer: second.keyValue }
  }),
  'bucket-conversation': cases(conversationSuite, () => {
    const { first, second } = bucketDriver()
    return { ...first, peer: second.conversation }
  }),
  'memory-run-store': cases(runStoreSuite, () => createMemoryStores()),
  'memory-key-value': cases(keyValueSuite, () => createMemoryStores()),
  'memory-conversation': cases(conversationSuite, () => createMemoryStores()),
  'memory-outbox': cases(outboxSuite, () => createMemoryStores()),
}

function cases<Driver>(suite: readonly StorageCase<Driver>[], make: () => Driver) {
  return suite.map(({ name, run }) => ({ name, run: () => run(make) }))
}

const list: FeatureRoute = {
  method: 'GET',
  path: '/cases',
  public: true,
  handle: () => Response.json(Object.entries(runners).map(([suite, all]) => [suite, all.map(({ name }) => name)])),
}

const run: FeatureRoute = {
  method: 'POST',
  path: '/cases/:suite/:from/:count',
  public: true,
  async handle(_request, { params }) {
    const from = Number(params['from'])
    const chosen = runners[params['suite'] ?? '']?.slice(from, from + Number(params['count'])) ?? []
    const failed: string[] = []
    for (const one of chosen) {
      await one.run().catch((error: unknown) => failed.push(`${one.name}: ${String(error)}`))
    }
    return Response.json({ passed: chosen.length - failed.length, failed })
  },
}

const suites = defineFeature({
  name: 'suites',
  targets: ['wasm'],
  provides: [runStorePort],
  needs: { keyValue: ['default'] },
  setup: () => ({ routes: [list, run], ports: [bind(runStorePort, createMemoryStores().runStore)] }),
})

const agent = defineAgent({
  name: 'suites',
  description: 'Runs suites',
  version: '1.0.0',
  onMessage: () => reply.text('none'),
})

export default createApp(agent, [suites])
