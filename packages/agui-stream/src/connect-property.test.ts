// @node24-only: computes alone, which is the same on every Node
import type { RunEvent } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { clients } from '../test/clients'
import { inputOf, Local } from '../test/local'
import { Dice, randomEvent } from '../test/random-events'
import { readStream } from '../test/read-stream'

/** What a handler may emit, and is the agent's own. */
function isEmitted(event: RunEvent): boolean {
  if (event.type === 'usage' || event.type.startsWith('interrupt-')) return false
  if (event.type === 'message') return event.message.role === 'agent'
  return event.type !== 'custom' || !JSON.stringify(event.value).includes('"role":"user"')
}

const sorted = (messages: readonly { id: string; role: string }[]) =>
  messages.filter(({ role }) => role !== 'user').toSorted((a, b) => (a.id < b.id ? -1 : 1))

const runs = process.env['PF_TEST_FULL'] === '1' ? 400 : 25

describe.each(clients)('whatever an agent does, and whenever client $version re-joins', (version) => {
  it('the stream is accepted, and ends with what the first one has', { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= runs; seed++) {
      const dice = new Dice(seed * 101)
      const events = Array.from({ length: 30 }, () => randomEvent(dice)).filter(isEmitted)
      const joinsAt = dice.below(events.length)
      const gate = Promise.withResolvers<void>()
      const reached = Promise.withResolvers<void>()
      const made = new Local({
        async *onMessage(_message, context) {
          for (const [at, event] of events.entries()) {
            if (at === joinsAt) {
              await context.flush()
              reached.resolve()
              await gate.promise
            }
            yield event
          }
        },
      })
      const declared = version.version === '1.0.0' ? {} : { protocolVersion: undefined }
      const input = inputOf('go', { ...declared, state: {} })
      const first = made.post(input).then((response) => response.text())
      await reached.promise
      const path = `/agui/threads/${input.threadId}/connect`
      const joined = await made.post({ ...input, runId: 'again' }, { path })
      gate.resolve()
      const whole = await readStream(version, await first, input)
      const again = await readStream(version, await joined.text(), { ...input, runId: 'again' })
      await made.app.close()
      expect([whole.refused, again.refused], `seed ${seed}`).toEqual([undefined, undefined])
      expect([whole.warnings, again.warnings], `seed ${seed}`).toEqual([[], []])
      expect(again.types.at(-1), `seed ${seed}`).toBe(whole.types.at(-1))
      expect(sorted(again.agent.messages), `seed ${seed}`).toEqual(sorted(whole.agent.messages))
      // Older clients leave out a state that is falsy: what they end with depends on those between.
      if (version.version === '1.0.0') expect(again.agent.state, `seed ${seed}`).toEqual(whole.agent.state)
    }
  })
})
