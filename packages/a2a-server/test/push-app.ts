// An app with push notifications whose webhooks are on this machine, and what tests say of what they got.
import { createApp } from '@pf-agents/app'
import {
  bind,
  type Clock,
  createMemoryStores,
  defineAgent,
  type KeyValue,
  keyValuePort,
  type LogLevel,
  type MemoryOutbox,
  type Outbox,
  outboxPort,
  reply,
  type RunContext,
  type RunStore,
  runStorePort,
} from '@pf-agents/agent-core'
import { bearer } from '@pf-agents/auth'
import { a2aServer } from '../src/a2a-server'
import type { PushOptions } from '../src/push/options'
import { pushNotifications } from '../src/push/push-notifications'
import { message } from '../src/suite/case'
import type { CallOptions, Json } from '../src/suite/client'
import { peerOf } from './peer-of'
import type { Received } from './webhook'

const agent = defineAgent({
  name: 'worker',
  description: 'Works in steps',
  version: '1.0.0',
  skills: [],
  onMessage: (incoming, context) => act(incoming.text, context),
})

function act(text: string, context: RunContext) {
  const [word, count = '1'] = text.split(' ')
  if (context.answers.length > 0) return reply.artifact({ artifactId: 'answer', parts: [{ text }] })
  if (word === 'ask') return reply.inputRequired({ prompt: 'Where to?' })
  if (word === 'steps') return steps(Number(count), context)
  if (word === 'stream') return stream(Number(count))
  return reply.text('hi')
}

/** So many artifacts, each in a commit of its own. */
async function steps(count: number, context: RunContext) {
  await context.startTask()
  for (let step = 1; step <= count; step++) {
    context.emit({ type: 'artifact', artifact: { artifactId: `step-${step}`, parts: [{ text: `${step}` }] } })
    await new Promise((resolve) => setImmediate(resolve))
  }
  return reply.completed()
}

async function* stream(count: number) {
  for (let word = 1; word <= count; word++) {
    yield `${word} `
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Where a test's app keeps everything, so that the test can look into it. */
export interface TestStores {
  keyValue: KeyValue
  runStore: RunStore
  outbox: Outbox
}

/** What a caller of these tests sends along: the token of {@link PushAppOptions.callers}. */
export function as(caller: string): CallOptions {
  return { headers: { authorization: `Bearer ${caller}-token` } }
}

/** How the app of {@link startPushApp} differs from the plainest. */
export interface PushAppOptions<Stores extends TestStores> {
  stores?: Stores
  /** Names of the callers there are. Default: anybody, all of them the same. */
  callers?: readonly string[]
  /** Default: the system's. */
  clock?: Clock
}

/** Starts an app over memory stores or others. */
export function startPushApp<Stores extends TestStores = TestStores & { outbox: MemoryOutbox }>(
  options: PushOptions = {},
  { stores = createMemoryStores() as TestStores as Stores, callers, clock }: PushAppOptions<Stores> = {},
) {
  const logs: { level: LogLevel; message: string; fields: Json }[] = []
  const app = createApp(
    agent,
    [
      a2aServer(),
      pushNotifications({
        allow: ['http://127.0.0.1:*'],
        retryBaseMs: 1,
        retryMaxMs: 20,
        pollMs: 20,
        timeoutMs: 5_000,
        ...options,
      }),
      {
        name: 'test-stores',
        targets: ['node'],
        provides: [keyValuePort, runStorePort, outboxPort],
        requires: [],
        optional: [],
        setup: () => ({
          ports: [
            bind(keyValuePort, stores.keyValue),
            bind(runStorePort, stores.runStore),
            bind(outboxPort, stores.outbox),
          ],
        }),
      },
    ],
    {
      logger: { log: (level, text, fields = {}) => void logs.push({ level, message: text, fields }) },
      ...(clock && { clock }),
      ...(callers && {
        auth: [bearer({ accept: Object.fromEntries(callers.map((name) => [name, `${name}-token`])) })],
      }),
    },
  )
  const peer = peerOf(app)
  const owed = () =>
    stores.outbox.pending({ topic: 'a2a.push', limit: 100_000 }) as ReturnType<Stores['outbox']['pending']>
  return {
    app,
    peer,
    stores,
    logs,
    /** Sends a message with a webhook. */
    send: (text: string, config: Json, more: Json = {}, caller?: string) =>
      peer.result(
        'SendMessage',
        { message: message(text), configuration: { taskPushNotificationConfig: config, ...more } },
        caller === undefined ? {} : as(caller),
      ),
    owed,
    /** Waits until nothing is owed and no config is left. */
    async settled(timeoutMs = 50_000) {
      const end = Date.now() + timeoutMs
      for (;;) {
        const [left, configs] = [await owed(), await stores.keyValue.keys('a2a.push/')]
        if (left === 0 && configs.length === 0) return
        if (Date.now() > end) throw new Error(`Still owed: ${left}; configs of ${configs.join(', ')}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    [Symbol.asyncDispose]: () => app.close(),
  }
}

/** What a notification says, in short. */
export function gist({ body }: Received): string {
  if (body.task) return `task ${body.task.status.state}`
  if (body.statusUpdate) return body.statusUpdate.status.state
  return `${body.artifactUpdate.artifact.artifactId}: ${body.artifactUpdate.artifact.parts.map((part: Json) => part.text).join('')}`
}

/** What came, without what came again: delivery is at least once. */
export function distinct(received: readonly Received[]): Received[] {
  const seen = new Set<unknown>()
  return received.filter(({ headers }) => {
    const id = headers['x-a2a-notification-id']
    return !seen.has(id) && seen.add(id)
  })
}
