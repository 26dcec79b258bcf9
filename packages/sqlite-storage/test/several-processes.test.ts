import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSqliteStores } from '../src/sqlite-stores'
import { Workshop } from './processes'
import { key, scriptedCommit } from './script'

const full = process.env['PF_TEST_FULL'] === '1'

let workshop: Workshop
beforeAll(() => {
  workshop = new Workshop()
})
afterAll(() => workshop.close())

describe('several processes on one file', () => {
  test('open a new file at the same time', { timeout: 60_000 }, async () => {
    for (let round = 0; round < (full ? 20 : 3); round++) {
      const file = workshop.path(`new-${round}.db`)
      const ends = await Promise.all(Array.from({ length: 5 }, () => workshop.start({ file, do: 'open' })))
      for (const end of ends) expect(end).toMatchObject({ code: 0, lines: ['closed'], errors: '' })
    }
  })

  test('lose no commit and no count when they race', { timeout: 120_000 }, async () => {
    const file = workshop.path('race.db')
    const stores = createSqliteStores({ file })
    const { lease: _, ...creation } = scriptedCommit(0, false)
    await stores.runStore.commit(creation)
    const rounds = full ? 200 : 25
    const ends = await Promise.all(['a', 'b', 'c'].map((name) => workshop.start({ file, do: 'race', name, rounds })))
    const counted = ends.map((end) => {
      expect(end).toMatchObject({ code: 0, errors: '' })
      return (JSON.parse(end.lines[0] ?? '') as { counted: number }).counted
    })
    const found = await stores.runStore.load(key)
    expect(found?.version).toBe(1 + 3 * rounds)
    const ids = found?.task.history.map(({ messageId }) => messageId) ?? []
    expect(ids.slice(1).toSorted()).toEqual(
      ['a', 'b', 'c'].flatMap((name) => Array.from({ length: rounds }, (_, round) => `${name}-${round}`)).toSorted(),
    )
    for (const name of ['a', 'b', 'c']) {
      const own = ids.filter((id) => id.startsWith(`${name}-`))
      expect(own).toEqual(Array.from({ length: rounds }, (_, round) => `${name}-${round}`))
    }
    const log = await stores.runStore.read(key, 1, 10_000)
    expect(log?.map(({ seq }) => seq)).toEqual(Array.from({ length: found?.lastSeq ?? 0 }, (_, index) => index + 1))
    expect((await stores.keyValue.get('counter'))?.value).toBe(counted.reduce((a, b) => a + b))
    stores.close()
  })

  test('never hold a lease at the same time', { timeout: 120_000 }, async () => {
    const file = workshop.path('leases.db')
    const stores = createSqliteStores({ file })
    const { lease: _, ...creation } = scriptedCommit(0, false)
    await stores.runStore.commit(creation)
    const rounds = full ? 200 : 20
    const ends = await Promise.all(Array.from({ length: 3 }, () => workshop.start({ file, do: 'leases', rounds })))
    for (const end of ends) expect(end).toMatchObject({ code: 0, errors: '' })
    const tokens = ends.map(({ lines }) => JSON.parse(lines[0] ?? '[]') as number[])
    expect(tokens.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 3 * rounds }, (_, index) => index + 1))
    // The log has the tokens in the order in which they were given out: nobody committed under an older one.
    const log = (await stores.runStore.read(key, 1, 10_000)) ?? []
    const logged = log.flatMap(({ event }) => (event.type === 'custom' ? [event.value as number] : []))
    expect(logged).toEqual(Array.from({ length: 3 * rounds }, (_, index) => index + 1))
    stores.close()
  })
})
