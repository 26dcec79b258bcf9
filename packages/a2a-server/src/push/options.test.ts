import { createMemoryStores } from '@pf-agents/agent-core'
import { createSqliteStores } from '@pf-agents/sqlite-storage'
import { describe, expect, it } from 'vitest'
import { gist, startPushApp, type TestStores } from '../../test/push-app'
import { startWebhook } from '../../test/webhook'
import { type PushOptions, settingsOf } from './options'
import { pushNotifications } from './push-notifications'

const numbers = Object.entries(settingsOf({})).filter(([, value]) => typeof value === 'number')
const whole = ['maxPerTask', 'maxTasksPerCaller', 'maxPending', 'concurrency', 'concurrencyPerHost', 'maxAttempts']

describe('options of pushNotifications', () => {
  it('are 16 numbers, and may be there and undefined', () => {
    expect(numbers).toHaveLength(16)
    const absent = Object.fromEntries(numbers.map(([name]) => [name, undefined]))
    expect(settingsOf(absent as PushOptions)).toEqual(settingsOf({}))
  })

  it.each(numbers)('%s is refused unless it is a number that works', (name) => {
    for (const value of [Number.POSITIVE_INFINITY, Number.NaN, 0, -1, Number.MAX_VALUE, '5', null, true, 5n]) {
      const options = { [name]: value } as unknown as PushOptions
      expect(() => pushNotifications(options)).toThrow(
        expect.objectContaining({ code: 'PF_CONFIG_INVALID', message: expect.stringContaining(`"${name}"`) }),
      )
    }
    if (whole.includes(name)) expect(() => pushNotifications({ [name]: 1.5 })).toThrow('whole number')
    else expect(settingsOf({ [name]: 1.5 })).toMatchObject({ [name]: 1.5 })
    expect(settingsOf({ [name]: 1 })).toMatchObject({ [name]: 1 })
  })

  it.each([
    ['memory', createMemoryStores],
    ['SQLite', () => createSqliteStores({ file: ':memory:' })],
  ])('work with the greatest numbers there are, with %s', async (_, open) => {
    const stores = open() as TestStores & { close?(): void }
    {
      await using webhook = await startWebhook()
      const greatest = Object.fromEntries(
        numbers.flatMap(([name]) => {
          if (name === 'timeoutMs' || name === 'pollMs') return [[name, 2_147_483_647]]
          return [[name, name.startsWith('retry') ? 2_147_483_647 : Number.MAX_SAFE_INTEGER]]
        }),
      )
      const warnings: Error[] = []
      const note = (warning: Error) => warnings.push(warning)
      process.on('warning', note)
      await using test = startPushApp(greatest as PushOptions, { stores })
      await test.send('steps 1', { url: webhook.url })
      expect((await webhook.until(4)).map(gist).at(-1)).toBe('TASK_STATE_COMPLETED')
      await test.settled()
      process.off('warning', note)
      expect(warnings.filter(({ name }) => name === 'TimeoutOverflowWarning')).toEqual([])
    }
    stores.close?.()
  })
})
