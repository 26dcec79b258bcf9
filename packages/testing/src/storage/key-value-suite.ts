import { compareText, type JsonValue, type KeyValueEntry } from '@pf-agents/agent-core'
import { check, same, scramble } from './assert'
import { seededRandom } from './random'
import { oddTexts } from './random-events'
import { type KeyValueDriver, type StorageCase, storageCase } from './storage-case'

const wellFormed = oddTexts.filter((text) => !text.includes('\ud800'))

/**
 * What every `KeyValue` driver must do: reading back what was written, revisions and compare-and-set, races, listing of
 * keys, odd keys, big values, careless callers.
 */
export const keyValueSuite: readonly StorageCase<KeyValueDriver>[] = [
  storageCase('a value is read back, replaced and deleted', async ({ keyValue }) => {
    same(await keyValue.get('a'), undefined, 'before')
    const values: JsonValue[] = [
      'text',
      0,
      false,
      null,
      '',
      [],
      {},
      [1, [null, { a: 'b' }]],
      { nested: { list: [1, 2] } },
    ]
    for (const value of values) {
      await keyValue.set('a', value)
      same((await keyValue.get('a'))?.value, value, 'value')
    }
    await keyValue.delete('a')
    same(await keyValue.get('a'), undefined, 'deleted')
    await keyValue.delete('a')
    same(await keyValue.keys(''), [], 'keys')
  }),

  storageCase('a revision changes with every write, and never comes back', async ({ keyValue }) => {
    const seen = new Set<string>()
    for (let write = 0; write < 20; write++) {
      if (write % 5 === 4) await keyValue.delete('a')
      await keyValue.set('a', 'same')
      const entry = await keyValue.get('a')
      check(entry !== undefined && !seen.has(entry.revision), 'a revision of its own')
      seen.add(entry.revision)
      same((await keyValue.get('a'))?.revision, entry.revision, 'reading does not change it')
    }
  }),

  storageCase('compare-and-set writes only what was read', async ({ keyValue }) => {
    same(await keyValue.compareAndSet('a', 'no such', 1), false, 'a revision where there is no key')
    same(await keyValue.get('a'), undefined, 'nothing written')
    same(await keyValue.compareAndSet('a', undefined, 1), true, 'a key that does not exist')
    same(await keyValue.compareAndSet('a', undefined, 2), false, 'a key that exists')
    const first = (await keyValue.get('a')) as KeyValueEntry
    same(first.value, 1, 'value')
    same(await keyValue.compareAndSet('a', first.revision, 3), true, 'the revision read')
    same(await keyValue.compareAndSet('a', first.revision, 4), false, 'an old revision')
    const second = (await keyValue.get('a')) as KeyValueEntry
    await keyValue.set('a', 5)
    same(await keyValue.compareAndSet('a', second.revision, 6), false, 'after a set')
    const third = (await keyValue.get('a')) as KeyValueEntry
    await keyValue.delete('a')
    same(await keyValue.compareAndSet('a', third.revision, 7), false, 'after a delete')
    await keyValue.set('a', 5)
    same(await keyValue.compareAndSet('a', third.revision, 8), false, 'after it was made again')
    same((await keyValue.get('a'))?.value, 5, 'value')
  }),

  storageCase(
    'of those who race for a revision exactly one wins, and counting that way loses nothing',
    async ({ keyValue, peer = keyValue }) => {
      const increment = async (store: typeof keyValue): Promise<void> => {
        for (let attempt = 0; attempt < 1_000; attempt++) {
          const entry = await store.get('counter')
          if (await store.compareAndSet('counter', entry?.revision, ((entry?.value as number | undefined) ?? 0) + 1))
            return
        }
        check(false, 'never won in 1,000 attempts')
      }
      await Promise.all(Array.from({ length: 30 }, (_, index) => increment(index % 2 === 0 ? keyValue : peer)))
      same((await keyValue.get('counter'))?.value, 30, 'count')
      for (let round = 0; round < 10; round++) {
        const wins = await Promise.all(
          Array.from(
            { length: 6 },
            async (_, index) =>
              await (index % 2 === 0 ? keyValue : peer).compareAndSet(`fresh-${round}`, undefined, index),
          ),
        )
        same(wins.filter(Boolean).length, 1, 'winners')
        same((await peer.get(`fresh-${round}`))?.value, wins.indexOf(true), 'the winner is stored')
      }
    },
  ),

  storageCase('keys are listed by prefix, in the order of their bytes, in pages', async ({ keyValue }) => {
    const all = [
      'a',
      'b/',
      'b/1',
      'b/10',
      'b/2',
      'b/\u007f',
      'b/é',
      'b/漢',
      'b/\uffee',
      'b/😀',
      'b/_',
      'b/%',
      'b/*',
      'b0',
      'B/1',
      'c',
    ]
    for (const key of all.toReversed()) await keyValue.set(key, key)
    const sorted = all.toSorted(compareText)
    const inB = sorted.filter((key) => key.startsWith('b/'))
    same(await keyValue.keys(''), sorted, 'all')
    same(await keyValue.keys('b/'), inB, 'prefix')
    same(await keyValue.keys('b/_'), ['b/_'], 'a prefix that databases take for a pattern')
    same(await keyValue.keys('b/%'), ['b/%'], 'another one')
    same(await keyValue.keys('zzz'), [], 'no match')
    for (const limit of [1, 3, 100]) {
      const found: string[] = []
      for (;;) {
        const after = found.at(-1)
        const page = await keyValue.keys('b/', { limit, ...(after !== undefined && { after }) })
        check(page.length <= limit, 'a page is not longer than asked for')
        found.push(...page)
        check(found.length <= inB.length, 'no more keys than there are')
        if (page.length < limit) break
      }
      same(found, inB, `pages of ${limit}`)
    }
    same(await keyValue.keys('b/', { after: 'B/1' }), inB, 'after a key before the prefix')
    same(
      await keyValue.keys('b/', { after: 'b/15' }),
      inB.filter((key) => compareText(key, 'b/15') > 0),
      'after a key that does not exist',
    )
    same(await keyValue.keys('b/', { after: 'c' }), [], 'after a key behind the prefix')
    await keyValue.delete('b/2')
    same(
      await keyValue.keys('b/'),
      inB.filter((key) => key !== 'b/2'),
      'after a delete',
    )
    await keyValue.set('b/2', 1)
    same(await keyValue.keys('b/'), inB, 'made again')
  }),

  storageCase('a page has 1,000 keys where nothing else is asked for', async ({ keyValue }) => {
    for (let index = 0; index < 1_010; index++) await keyValue.set(`key-${index}`, index)
    same((await keyValue.keys('key-')).length, 1_000, 'keys')
    same((await keyValue.keys('key-', { limit: 2_000 })).length, 1_010, 'keys with a limit')
  }),

  storageCase('odd keys are keys like any other', async ({ keyValue }) => {
    const odd = [...oddTexts, 'x'.repeat(3_000), `${'x'.repeat(3_000)}y`, 'toString', '.', '..', 'kv/a', 'task/a']
    for (const [index, key] of odd.entries()) await keyValue.set(key, index)
    for (const [index, key] of odd.entries())
      same((await keyValue.get(key))?.value, index, `key ${JSON.stringify(key.slice(0, 40))}`)
    const listed = await keyValue.keys('')
    same(listed.toSorted(), odd.toSorted(), 'listed')
    const plain = wellFormed.filter((key) => !key.includes('\u0000') && !key.startsWith('\u0001'))
    same(
      listed.filter((key) => plain.includes(key)),
      plain.toSorted(compareText),
      'order',
    )
    for (const key of odd) await keyValue.delete(key)
    same(await keyValue.keys(''), [], 'all deleted')
  }),

  storageCase('what a caller changes does not reach the store', async ({ keyValue }) => {
    const value = { list: [1, { deep: 'x' }], text: 'y' }
    const copy = structuredClone(value)
    const answer = keyValue.set('a', value)
    scramble(value)
    await answer
    same((await keyValue.get('a'))?.value, copy, 'passed in')
    const own = { n: [1] }
    const swapped = keyValue.compareAndSet('b', undefined, own)
    scramble(own)
    same(await swapped, true, 'swapped')
    same((await keyValue.get('b'))?.value, { n: [1] }, 'passed in to compare-and-set')
    scramble(await keyValue.get('a'))
    same((await keyValue.get('a'))?.value, copy, 'got back')
  }),

  storageCase('odd and big values come back as they went in', async ({ keyValue }) => {
    const value = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as JsonValue
    await keyValue.set('odd', [value, ...oddTexts])
    same((await keyValue.get('odd'))?.value, [value, ...oddTexts], 'odd')
    const big = 'äé漢😀'.repeat(60_000)
    await keyValue.set('big', { big })
    same((await keyValue.get('big'))?.value, { big }, 'big')
  }),

  storageCase('300 random calls do what a map does', async ({ keyValue, peer = keyValue }) => {
    const random = seededRandom(31)
    const model = new Map<string, number>()
    for (let step = 0; step < 300; step++) {
      const store = random.oneIn(2) ? keyValue : peer
      const key = `key-${random.below(12)}`
      switch (random.below(5)) {
        case 0:
          await store.delete(key)
          model.delete(key)
          break
        case 1: {
          const entry = await store.get(key)
          same(entry?.value, model.get(key), `value at step ${step}`)
          const isStale = random.oneIn(3)
          const written = await store.compareAndSet(key, isStale ? 'stale' : entry?.revision, step)
          same(written, !isStale, `compare-and-set at step ${step}`)
          if (written) model.set(key, step)
          break
        }
        case 2: {
          const prefix = random.oneIn(2) ? 'key-' : 'key-1'
          const expected = [...model.keys()].filter((one) => one.startsWith(prefix)).toSorted(compareText)
          same(await store.keys(prefix), expected, `keys at step ${step}`)
          break
        }
        default:
          await store.set(key, step)
          model.set(key, step)
      }
    }
    for (const [key, value] of model) same((await peer.get(key))?.value, value, `value of ${key} at the end`)
  }),
]
