// @node24-only: computes alone, which is the same on every Node
// Events of every type with anything in their fields, in any order: what three clients read behind the guard.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clients } from '../../test/clients'
import { whole } from '../../test/fatal-streams'
import { readStream } from '../../test/read-stream'
import { createFrameEncoder } from '../wire/encode-frame'
import type { WireEvent } from '../wire/event'
import { downgrade, profileOf } from '../wire/profile'
import { createOutboundGuard } from './outbound-guard'

const ids = { threadId: 't', runId: 'r' }
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
  maxDepth: 3,
})
const someId = fc.constantFrom('a', 'b', 'm', 'c', 't', 's', '', '__proto__')
const common = fc.constantFrom('metadata', 'subagentRunId', 'timestamp', 'rawEvent', 'role', 'name', 'toJSON')

/** An event of some type: some fields right, some of another event, some nonsense, some left out, one too many. */
const event = fc.constantFrom(...(whole as unknown as Record<string, unknown>[])).chain((right) => {
  const { type, ...fields } = right
  const field = (name: string): fc.Arbitrary<unknown> =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constant(fields[name]) },
      { weight: 3, arbitrary: someId },
      { weight: 1, arbitrary: anything },
    )
  const some = fc.record(Object.fromEntries(Object.keys(fields).map((name) => [name, field(name)])), {
    requiredKeys: [],
  })
  const more = fc.dictionary(common, anything, { maxKeys: 1 })
  return fc.tuple(some, more).map(([own, other]) => ({ ...own, ...other, type }) as unknown as WireEvent)
})

/** What each client makes of events behind the guard. */
async function read(events: readonly WireEvent[]): Promise<void> {
  const guard = createOutboundGuard({ ...ids, state: {} })
  const legal = [...events.flatMap((one) => guard.push(one)), ...guard.end()]
  expect(legal.filter(({ type }) => type === 'RUN_FINISHED' || type === 'RUN_ERROR')).toHaveLength(1)
  for (const client of clients) {
    const profile = profileOf(client.version === '1.0.0' ? '1.0' : undefined, {
      subagents: client.version === '0.0.59',
    })
    const encode = createFrameEncoder()
    const frames = legal.flatMap((one) => downgrade(one, profile, () => {}) ?? []).map((one) => encode(one))
    const { refused, warnings } = await readStream(client, frames.join(''))
    expect([refused, warnings], `${client.version}\n${frames.join('')}`).toEqual([undefined, []])
  }
}

// It computes all the time: a busy machine takes minutes.
it('is one run that every client takes', { timeout: 10 * 60_000 }, async () => {
  const events = fc.array(event, { maxLength: 40, size: 'max' })
  await fc.assert(fc.asyncProperty(events, read), { numRuns: 600, seed: 2026 })
})

it.each<[string, unknown[]]>([
  [
    'a state of a subagent that is no id',
    [
      { type: 'STATE_SNAPSHOT', snapshot: { a: 1 }, subagentRunId: [0n] },
      { type: 'STATE_DELTA', delta: [{ op: 'replace', path: '/a', value: 2 }] },
    ],
  ],
  [
    'a snapshot with a message of the id of an activity',
    [
      { type: 'ACTIVITY_SNAPSHOT', messageId: 'm', activityType: 'plan', content: {} },
      { type: 'MESSAGES_SNAPSHOT', messages: [{ id: 'm', role: 'assistant', content: 'word' }] },
      { type: 'TOOL_CALL_START', toolCallId: 'c', toolCallName: 'a', parentMessageId: 'm' },
    ],
  ],
  [
    'text of the id of reasoning that a snapshot leaves out',
    [
      { type: 'REASONING_START', messageId: 'm' },
      { type: 'REASONING_MESSAGE_START', messageId: 'm', role: 'reasoning' },
      { type: 'REASONING_MESSAGE_END', messageId: 'm' },
      { type: 'REASONING_END', messageId: 'm' },
      { type: 'MESSAGES_SNAPSHOT', messages: [] },
      { type: 'TEXT_MESSAGE_START', messageId: 'm', role: 'assistant' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'word' },
    ],
  ],
])('and so is %s', (_name, events) => read([{ type: 'RUN_STARTED', ...ids }, ...(events as WireEvent[])]))
