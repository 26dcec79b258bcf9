// Agents are JavaScript: what they say may be anything.
import { describe, expect, it } from 'vitest'
import { clients } from '../../test/clients'
import { readStream } from '../../test/read-stream'
import { createFrameEncoder } from '../wire/encode-frame'
import type { WireEvent } from '../wire/event'
import { createOutboundGuard } from './outbound-guard'

const ids = { threadId: 't', runId: 'r' }

describe('what is no JSON', () => {
  const circle: Record<string, unknown> = {}
  circle['round'] = circle
  const deep: unknown[] = []
  for (let at = deep, count = 0; count < 20_000; count++) at = at[at.push([]) - 1] as unknown[]
  const never = {
    get field(): never {
      throw new Error('looked at')
    },
  }
  const toJSON = { value: () => undefined }
  const hidden = Object.defineProperty({ a: 1 }, 'toJSON', toJSON)
  const list = Object.defineProperty([1], 'toJSON', toJSON)
  const inherited = Object.defineProperty(new (class extends Array<number> {})(), 'toJSON', toJSON)
  const nothings = {
    hidden,
    list,
    inherited,
    circle,
    deep,
    never,
    function: () => 1,
    symbol: Symbol('s'),
    bigint: { count: 1n },
  }
  const places = {
    custom: (value: unknown) => ({ type: 'CUSTOM', name: 'n', value }),
    raw: (event: unknown) => ({ type: 'RAW', event }),
    state: (snapshot: unknown) => ({ type: 'STATE_SNAPSHOT', snapshot }),
    patch: (value: unknown) => ({ type: 'STATE_DELTA', delta: [{ op: 'add', path: '/a', value }] }),
    activity: (value: unknown) => ({
      type: 'ACTIVITY_SNAPSHOT',
      messageId: 'a',
      activityType: 't',
      content: { value },
    }),
    metadata: (value: unknown) => ({ type: 'STEP_STARTED', stepName: 's', metadata: { value } }),
    result: (result: unknown) => ({ type: 'RUN_FINISHED', threadId: 't', runId: 'r', result }),
    event: (value: unknown) => value,
  }
  it.each(
    Object.entries(nothings).flatMap(([what, value]) => Object.keys(places).map((place) => ({ what, value, place }))),
  )('does not reach a client: $what as $place', async ({ value, place }) => {
    const problems: string[] = []
    const guard = createOutboundGuard({ ...ids, state: {}, onProblem: ({ rule }) => problems.push(rule) })
    const encode = createFrameEncoder()
    const given = [{ type: 'RUN_STARTED', ...ids }, places[place as keyof typeof places](value)] as WireEvent[]
    const frames = [...given.flatMap((event) => guard.push(event)), ...guard.end({ code: 'c', message: 'm' })]
    const text = frames.map((event) => encode(event)).join('')
    expect(problems.length).toBeGreaterThan(0)
    for (const client of clients) {
      const { refused, warnings } = await readStream(client, text, { threadId: 't', runId: 'r' })
      expect([refused, warnings]).toEqual([undefined, []])
    }
  })

  it('is what JSON makes of it, where it makes something', () => {
    const problems: string[] = []
    const guard = createOutboundGuard({ ...ids, state: {}, onProblem: ({ detail }) => problems.push(detail) })
    guard.push({ type: 'RUN_STARTED', ...ids })
    const value = { at: new Date(0), count: Number.NaN, list: [undefined, 1] }
    expect(guard.push({ type: 'CUSTOM', name: 'n', value })).toEqual([
      { type: 'CUSTOM', name: 'n', value: { at: '1970-01-01T00:00:00.000Z', count: null, list: [null, 1] } },
    ])
    expect(problems).toEqual(['/value is no JSON.'])
    // A field without a value is none, and no mistake: a patch that brings it would be one.
    expect(guard.push({ type: 'STATE_SNAPSHOT', snapshot: { day: undefined, long: 'x'.repeat(200) } })).toEqual([
      { type: 'STATE_SNAPSHOT', snapshot: { long: 'x'.repeat(200) } },
    ])
    expect(problems).toHaveLength(1)
  })
})
