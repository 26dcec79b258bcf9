import { createFakeClock } from '@pf-agents/agent-core/testing'
import { expect, it } from 'vitest'
import { QuietLog } from './quiet-log'

it('says the same of the same once a minute, of others as well, and never more than 200 lines a minute', async () => {
  const clock = createFakeClock()
  const said: string[] = []
  const log = new QuietLog({
    clock,
    logger: { log: (level, message, fields) => void said.push(`${level} ${message} ${JSON.stringify(fields)}`) },
  })
  log.say('warn', 'full', 'alice', { a: 1 })
  log.say('warn', 'full', 'alice', { a: 2 })
  log.say('warn', 'full', 'bob', { b: 1 })
  log.say('error', 'lost', 'alice', { a: 3 })
  expect(said).toEqual(['warn full {"a":1}', 'warn full {"b":1}', 'error lost {"a":3}'])
  await clock.advance(59_999)
  log.say('warn', 'full', 'alice', { a: 4 })
  expect(said).toHaveLength(3)
  await clock.advance(1)
  log.say('warn', 'full', 'alice', { a: 5 })
  expect(said.slice(3)).toEqual(['warn full {"a":5}'])
  for (let caller = 0; caller < 10_000; caller++) log.say('warn', 'full', `c-${caller}`, {})
  expect(said).toHaveLength(203)
  await clock.advance(60_000)
  log.say('warn', 'full', 'c-9999', {})
  expect(said).toHaveLength(204)
})
