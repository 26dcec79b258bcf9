// @node24-only: computes alone, which is the same on every Node
import type { RunEvent } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { clients } from '../test/clients'
import { Dice, randomEnd, randomEvent } from '../test/random-events'
import { readStream, wireEvents } from '../test/read-stream'
import { RunEncoder } from './encode/run-encoder'
import { createOutboundGuard, type OutboundGuardOptions } from './guard/outbound-guard'
import { writeFrames } from './stream/frame'
import type { WireEvent } from './wire/event'
import { downgrade, profileOf } from './wire/profile'

const ids = { threadId: 't', runId: 'r' }

/** A run as it goes over the wire, told by the same parts as in the server. */
function told(
  events: readonly RunEvent[],
  version: string | undefined,
  {
    failsAt,
    hasSubagents = false,
    ...guardOptions
  }: Partial<OutboundGuardOptions> & {
    failsAt?: number
    hasSubagents?: boolean
  } = {},
): string {
  const encoder = new RunEncoder({ ...ids, taskId: '0123456789abcdef', hasReasoning: true })
  const guard = createOutboundGuard({ ...ids, state: {}, clientTools: new Set(['pick']), ...guardOptions })
  const out: WireEvent[] = guard.push({ type: 'RUN_STARTED', ...ids, protocolVersion: '1.0' })
  events.forEach((event, index) => {
    if (index === failsAt) out.push(...guard.end({ code: 'failed', message: 'It broke.' }))
    for (const one of encoder.encode({ seq: index + 1, event }, events[index + 1])) out.push(...guard.push(one))
  })
  out.push(...guard.end())
  const profile = profileOf(version, { subagents: hasSubagents })
  return writeFrames(
    out.flatMap((event) => downgrade(event, profile, () => {}) ?? []),
    { limit: 1_000_000, onDropped() {}, onFatal: () => [] },
  )
}

const terminal = (type: string): boolean => type === 'RUN_FINISHED' || type === 'RUN_ERROR'

/** Any run: accepted by the client, ended once, at the end. */
async function holds(client: (typeof clients)[number], frames: string, label: string): Promise<void> {
  const types = wireEvents(frames).map(({ type }) => type as string)
  expect(types.filter(terminal), `${label}`).toHaveLength(1)
  expect(terminal(types.at(-1) as string), `${label}`).toBe(true)
  const { refused, warnings } = await readStream(client, frames)
  expect(refused, `${label}\n${frames}`).toBeUndefined()
  // What a client leaves out or can't apply, it warns of.
  expect(warnings, `${label}\n${frames}`).toEqual([])
}

const runs = process.env['PF_TEST_FULL'] === '1' ? 3000 : 150

describe.each(clients)('whatever an agent does, client $version', (client) => {
  const version = client.version === '1.0.0' ? '1.0' : undefined

  it('accepts the run, and it ends once', { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= runs; seed++) {
      const dice = new Dice(seed)
      const events = Array.from({ length: dice.below(40) }, () => randomEvent(dice))
      events.push(randomEnd(dice))
      // What comes behind the end is ignored.
      if (dice.chance(0.3)) events.push(randomEvent(dice), randomEnd(dice))
      await holds(client, told(events, version), `seed ${seed}`)
    }
  })

  it('accepts the run wherever it is cut, and wherever it fails', { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= runs / 25; seed++) {
      const dice = new Dice(seed * 7919)
      const events = Array.from({ length: 20 }, () => randomEvent(dice))
      for (let at = 0; at <= events.length; at++) {
        await holds(client, told(events.slice(0, at), version), `seed ${seed} cut at ${at}`)
        await holds(client, told(events, version, { failsAt: at }), `seed ${seed} failing at ${at}`)
      }
    }
  })
})

it('client 0.0.59 accepts the run with subagents, too', { timeout: 120_000 }, async () => {
  for (let seed = 1; seed <= runs; seed++) {
    const dice = new Dice(seed * 31)
    const events = Array.from({ length: dice.below(40) }, () => randomEvent(dice))
    await holds(clients[1], told([...events, randomEnd(dice)], undefined, { hasSubagents: true }), `seed ${seed}`)
  }
})
