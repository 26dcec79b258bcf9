import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { HostGate } from './host-gate'

const host = 'https://hooks.example'

function gate(perHost = 2) {
  const clock = createFakeClock()
  return { clock, gate: new HostGate(clock, perHost) }
}

/** Lets so many deliveries fail, one after the other. */
function failing(one: HostGate, times: number): void {
  for (let count = 0; count < times; count++) {
    one.begin(host)
    one.end(host, false)
  }
}

describe('HostGate', () => {
  it('lets so many deliveries to one host begin, and the next when one has ended', () => {
    const { gate: one } = gate()
    one.begin(host)
    one.begin(host)
    expect([one.look(host), one.look('https://other.example')]).toEqual(['busy', 'open'])
    one.end(host, true)
    expect(one.look(host)).toBe('open')
  })

  it('leaves a host alone that failed again and again, then probes it, longer each time', async () => {
    const { gate: one, clock } = gate()
    failing(one, 4)
    expect(one.look(host)).toBe('open')
    failing(one, 1)
    const rests: number[] = []
    for (let probe = 0; probe < 6; probe++) {
      const start = clock.now()
      while (one.look(host) === 'resting') await clock.advance(1_000)
      rests.push((clock.now() - start) / 1_000)
      one.begin(host)
      expect(one.look(host)).toBe('busy')
      one.end(host, false)
    }
    expect(rests).toEqual([30, 60, 120, 240, 300, 300])
    await clock.advance(300_000)
    one.begin(host)
    one.end(host, true)
    expect(one.look(host)).toBe('open')
    one.begin(host)
    expect(one.look(host)).toBe('open')
    // It starts from the beginning.
    one.end(host, true)
    failing(one, 5)
    await clock.advance(30_000)
    expect(one.look(host)).toBe('open')
  })

  it('does as a host says that asks to wait, within bounds', async () => {
    const { gate: one, clock } = gate()
    one.begin(host)
    one.end(host, true, 10_000)
    await clock.advance(9_999)
    expect(one.look(host)).toBe('resting')
    await clock.advance(1)
    expect(one.look(host)).toBe('open')
    one.begin(host)
    one.end(host, true, 1e12)
    await clock.advance(300_000)
    expect(one.look(host)).toBe('open')
  })

  it('does not count answers of a host that is up as failures', () => {
    const { gate: one } = gate()
    for (let count = 0; count < 20; count++) {
      one.begin(host)
      one.end(host, true)
    }
    expect(one.look(host)).toBe('open')
  })

  it('keeps no more than so many hosts in mind, and none whose deliveries are under way is forgotten', () => {
    const { gate: one } = gate(1)
    one.begin(host)
    for (let count = 0; count < 10_050; count++) {
      one.begin(`https://h${count}.example`)
      one.end(`https://h${count}.example`, false)
    }
    expect(one.look(host)).toBe('busy')
  })
})
