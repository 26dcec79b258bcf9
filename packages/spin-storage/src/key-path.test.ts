import { describe, expect, test } from 'vitest'
import { KeyPaths, segment, shardOf, textOfSegment } from './key-path'

const odd = [
  '',
  'plain',
  'a/b',
  'a~b',
  '~0061',
  '~~',
  'ä',
  '😀',
  '\ud800',
  '\u0000',
  ' ',
  'A',
  'x'.repeat(48),
  'x'.repeat(49),
  `${'x'.repeat(49)}y`,
  '/'.repeat(20),
  '~002f',
]

describe('segments', () => {
  test('differ where the texts differ, are safe and short, and give the text back unless hashed', () => {
    const parts = odd.map(segment)
    expect(new Set(parts).size).toBe(odd.length)
    for (const [index, part] of parts.entries()) {
      expect(part).toMatch(/^[A-Za-z0-9_~-]{0,66}$/)
      if (!part.startsWith('~~')) expect(textOfSegment(part)).toBe(odd[index])
    }
    expect(textOfSegment(segment('x'.repeat(49)))).toBeUndefined()
  })

  test('a hash is not the segment of any text', () => {
    const hash = segment('x'.repeat(49))
    expect(segment(hash)).not.toBe(hash)
  })
})

test('paths are pinned: stored data is found by them', () => {
  const paths = new KeyPaths('')
  const name = paths.taskName({
    tenant: 'acme',
    principalId: 'alice@example.com',
    taskId: '3f0e6a3c-0b5c-4f0e-9d6e-111111111111',
  })
  expect(name).toBe('/acme/alice~0040example~002ecom/3f0e6a3c-0b5c-4f0e-9d6e-111111111111')
  expect(paths.task(name)).toBe(`task/${name}`)
  expect(paths.lease(name, 'n1')).toBe(`lease/${name}/n1`)
  expect(paths.context({ tenant: '', principalId: 'a' }, 'c')).toBe('context///a/c')
  expect(paths.shard('task', 3)).toBe('index//task/3')
  expect(new KeyPaths('desk').value('state/x')).toBe('value/desk/state~002fx')
  expect(shardOf(name)).toBe(2)
})

test('long names are what they were when they are asked for again, however many came between', () => {
  const paths = new KeyPaths('')
  const longs = Array.from({ length: 40 }, (_, index) => `${'x'.repeat(60)}${index}`)
  const asked = [...longs, ...longs, ...longs.toReversed()]
  expect(asked.map((long) => paths.value(long))).toEqual(asked.map((long) => `value//${segment(long)}`))
})

test('names are spread over shards', () => {
  const counts = new Array<number>(16).fill(0)
  for (let index = 0; index < 16_000; index++) counts[shardOf(`//alice/task-${index}`)]!++
  expect(Math.min(...counts)).toBeGreaterThan(700)
  expect(Math.max(...counts)).toBeLessThan(1_300)
})
