import { describe, expect, test } from 'vitest'
import { FakeHost } from '../test/fake-host'
import { StampedBucket } from './stamped-bucket'

/** A bucket, and what a rival does between the swap of an update and the look that confirms it. */
function rivalled(afterSwap: (rival: StampedBucket, host: FakeHost) => void): {
  bucket: StampedBucket
  host: FakeHost
} {
  const host = new FakeHost()
  let count = 0
  const stamp = (): string => `s${++count}`
  const rival = new StampedBucket(() => host.instance('rival'), stamp)
  const inner = host.instance('one')
  let isDone = false
  const source = {
    ...inner,
    cas(key: string) {
      const cas = inner.cas(key)
      return {
        ...cas,
        swap(value: Uint8Array) {
          const swapped = cas.swap(value)
          if (!isDone) afterSwap(rival, host)
          isDone = true
          return swapped
        },
      }
    },
  }
  return { bucket: new StampedBucket(() => source, stamp), host }
}

const add = (bucket: StampedBucket, word: string): void =>
  bucket.update('k', (current) => ({ text: `${current?.text ?? ''}${word} `, result: undefined }))

describe('a swap', () => {
  test('counts once, however much is written on top of it before it is looked for', () => {
    for (const writes of [0, 1, 15, 16, 17, 40]) {
      const { bucket } = rivalled((rival) => {
        for (let n = 0; n < writes; n++) add(rival, `r${n}`)
      })
      add(bucket, 'mine')
      expect(
        bucket
          .read('k')
          ?.text.split(' ')
          .filter((word) => word === 'mine'),
      ).toEqual(['mine'])
      expect(bucket.read('k')?.writes).toBe(1 + writes)
      expect(bucket.read('k')?.stamps.length).toBe(Math.min(16, 1 + writes))
    }
  })

  test('counts where the value was deleted since', () => {
    const { bucket } = rivalled((rival) => rival.delete('k'))
    add(bucket, 'mine')
    expect(bucket.read('k')).toBeUndefined()
  })

  test('that the host calls done although it was not is made again', () => {
    const host = new FakeHost()
    host.hidesLostSwaps = true
    let count = 0
    const stamp = (): string => `s${++count}`
    const rival = new StampedBucket(() => host.instance('rival'), stamp)
    let calls = 0
    const bucket = new StampedBucket(
      () => host.instance('one', { before: (call) => void (call === 3 && add(rival, 'theirs')) }),
      stamp,
    )
    bucket.update('k', (current) => {
      calls++
      return { text: `${current?.text ?? ''}mine `, result: undefined }
    })
    expect([calls, bucket.read('k')?.text]).toEqual([2, 'theirs mine '])
  })
})

test('a plain write goes on counting, so that a swap under it is known', () => {
  const { bucket } = rivalled((rival) => rival.write('k', 'theirs'))
  expect(bucket.update('k', () => ({ text: 'mine', result: 'done' }))).toBe('done')
  expect([bucket.read('k')?.text, bucket.read('k')?.writes]).toEqual(['theirs', 2])
})

test('an update that changes nothing writes nothing', () => {
  const host = new FakeHost()
  const bucket = new StampedBucket(
    () => host.instance('one'),
    () => 's',
  )
  expect(bucket.update('k', () => ({ result: 7 }))).toBe(7)
  expect(host.entries.size).toBe(0)
})
