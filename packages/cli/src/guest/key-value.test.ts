import { describe, expect, it } from 'vitest'
import { PfError } from '@pf-agents/agent-core'
import { bucketOpener, type KeyValueBindings } from './key-value'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (value: Uint8Array | undefined) => value && new TextDecoder().decode(value)
/** What the bindings throw for the error of a WIT result. */
const witError = (payload: unknown) => Object.assign(new Error('component error'), { payload })

type Draft = 'draft2' | 'draft'

/** A host with the behaviour of a draft, in memory. Like the real ones it takes a handle with every swap. */
function host(draft: Draft, { page = Number.POSITIVE_INFINITY } = {}) {
  const entries = new Map<string, Uint8Array>()
  const counters = new Map<string, bigint>()
  const calls: string[] = []
  const called = <T>(name: string, result: T): T => {
    calls.push(name)
    return result
  }
  const bucket = {
    get: (key: string) => called('get', entries.get(key)),
    set: (key: string, value: Uint8Array) => called('set', void entries.set(key, value)),
    delete: (key: string) => called('delete', void entries.delete(key)),
    exists: (key: string) => called('exists', entries.has(key)),
    listKeys(cursor: unknown) {
      const all = [...entries.keys()].sort()
      const start = cursor === undefined ? 0 : Number(cursor)
      const keys = all.slice(start, start + page)
      const next = start + keys.length
      return { keys, cursor: next < all.length ? (draft === 'draft' ? BigInt(next) : String(next)) : undefined }
    },
  }
  class Cas {
    static new = (_bucket: unknown, key: string) => new Cas(key)
    readonly key: string
    seen: Uint8Array | undefined
    used = false
    constructor(key: string) {
      this.key = key
      this.seen = entries.get(key)
    }
    current() {
      if (this.used) throw new Error('the handle was taken')
      return (this.seen = entries.get(this.key))
    }
  }
  const bindings: KeyValueBindings = {
    store: {
      open: (name) => {
        if (name === 'default') return bucket
        throw witError({ tag: name === 'secret' ? 'access-denied' : 'no-such-store' })
      },
    },
    batch: {
      getMany: (_, keys) =>
        keys.toReversed().map((key) => {
          const value = entries.get(key)
          return value === undefined && draft === 'draft' ? undefined : [key, value]
        }),
      setMany: (_, all) =>
        called(
          'setMany',
          all.forEach(([key, value]) => entries.set(key, value)),
        ),
      deleteMany: (_, keys) =>
        called(
          'deleteMany',
          keys.forEach((key) => entries.delete(key)),
        ),
    },
    atomics: {
      increment(_, key, delta) {
        const next = (counters.get(key) ?? 0n) + delta
        counters.set(key, next)
        return next
      },
      ...(draft === 'draft2' && {
        Cas: Cas as never,
        swap: (handle: unknown, value: Uint8Array) => {
          const cas = handle as Cas
          if (cas.used) throw new Error('the handle was taken')
          cas.used = true
          if (value.byteLength > 100) throw witError({ tag: 'store-error', val: { tag: 'other', val: 'too large' } })
          if (text(entries.get(cas.key)) !== text(cas.seen))
            throw witError({ tag: 'cas-failed', val: new Cas(cas.key) })
          entries.set(cas.key, value)
        },
      }),
    },
  }
  return { open: bucketOpener(bindings, draft === 'draft2' ? 'spin' : 'wasmtime'), entries, calls }
}

describe.each<Draft>(['draft2', 'draft'])('a bucket over %s', (draft) => {
  it('reads, writes and deletes', () => {
    const bucket = host(draft).open('default')
    expect(bucket.get('a')).toBeUndefined()
    bucket.set('a', bytes('1'))
    expect(text(bucket.get('a'))).toBe('1')
    expect(bucket.exists('a')).toBe(true)
    bucket.delete('a')
    expect(bucket.exists('a')).toBe(false)
  })

  it('reads several in the order of the keys, whatever order the host has and whether it names absent ones', () => {
    const bucket = host(draft).open('default')
    bucket.setMany([
      ['a', bytes('1')],
      ['c', bytes('3')],
    ])
    expect(bucket.getMany(['c', 'b', 'a']).map(text)).toEqual(['3', undefined, '1'])
    bucket.deleteMany(['a', 'b'])
    expect(bucket.getMany(['a', 'c']).map(text)).toEqual([undefined, '3'])
  })

  it('asks the host nothing for nothing', () => {
    const { open, calls } = host(draft)
    const bucket = open('default')
    expect(bucket.getMany([])).toEqual([])
    bucket.setMany([])
    bucket.deleteMany([])
    expect(calls).toEqual([])
  })

  it.each([Number.POSITIVE_INFINITY, 2, 1])('lists every key where the host gives %s at once', (page) => {
    const bucket = host(draft, { page }).open('default')
    bucket.setMany(['a', 'b', 'c', 'd', 'e'].map((key) => [key, bytes(key)]))
    expect(bucket.keys()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('counts', () => {
    const bucket = host(draft).open('default')
    expect([bucket.increment('n', 2), bucket.increment('n', 3)]).toEqual([2, 5])
  })

  it.each([
    ['secret', 'The key-value store "secret" can not be used: the host does not grant it.'],
    ['other', 'The key-value store "other" can not be used: the host has no store of this name.'],
  ])('says why %s can not be opened', (name, message) => {
    const open = () => host(draft).open(name)
    expect(open).toThrow(message)
    expect(open).toThrow(expect.objectContaining({ code: 'PF_STORE_UNAVAILABLE' }) as Error)
  })
})

describe('compare and set', () => {
  it('writes where nobody was there between', () => {
    const bucket = host('draft2').open('default')
    const cas = bucket.cas('k')
    expect(cas.current()).toBeUndefined()
    expect(cas.swap(bytes('1'))).toBe(true)
    expect(text(cas.current())).toBe('1')
    expect(cas.swap(bytes('2'))).toBe(true)
    expect(text(bucket.get('k'))).toBe('2')
  })

  it('loses to whoever was first, and may try again with what is there now', () => {
    const { open, entries } = host('draft2')
    const cas = open('default').cas('k')
    cas.current()
    entries.set('k', bytes('theirs'))
    expect(cas.swap(bytes('ours'))).toBe(false)
    expect(text(entries.get('k'))).toBe('theirs')
    expect(text(cas.current())).toBe('theirs')
    expect(cas.swap(bytes('ours'))).toBe(true)
  })

  it('tells a failing store from a lost race', () => {
    const cas = host('draft2').open('default').cas('k')
    cas.current()
    expect(() => cas.swap(new Uint8Array(200))).toThrow(
      expect.objectContaining({
        code: 'PF_STORE_UNAVAILABLE',
        message: 'The key-value store "default" can not be used: too large.',
        retryable: true,
      }) as Error,
    )
  })

  it('is refused in a world without it, and names the one that has it', () => {
    const bucket = host('draft').open('default')
    try {
      bucket.cas('k')
      expect.unreachable()
    } catch (error) {
      expect(PfError.is(error, 'PF_STORE_UNAVAILABLE')).toBe(true)
      expect((error as Error).message).toContain('the world wasmtime has no compare-and-set')
      expect((error as Error).message).toContain('Build with --world spin.')
    }
  })
})
