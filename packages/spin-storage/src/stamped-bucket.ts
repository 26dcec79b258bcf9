import { PfError } from '@pf-agents/agent-core'
import type { BucketSource } from './host-bucket'

/** Attempts of one update before it gives up: each that fails means that another writer succeeded. */
const maxAttempts = 200
/** Stamps kept with a value. */
const keptStamps = 16

/** A stored text with how often it was written, and the stamps of its newest writes, newest first. */
export interface StampedText {
  text: string
  writes: number
  stamps: readonly string[]
}

/** What an update makes of a text: a new one, or none to leave it as it is. */
export interface TextChange<T> {
  text?: string
  result: T
}

/**
 * Texts in the host's store, changed by compare-and-set. Every write puts a stamp of its own in front, and a swap counts
 * only when its stamp is found there afterwards, or so many writes later that it would have been pushed out: the Redis
 * store of Spin (4.0) answers a swap that lost its race with success. Stamps also make every written value a new one, so
 * that hosts that compare values never take a later one for an earlier.
 */
export class StampedBucket {
  private readonly source: BucketSource
  private readonly newStamp: () => string

  constructor(source: BucketSource, newStamp: () => string) {
    this.source = source
    this.newStamp = newStamp
  }

  read(key: string): StampedText | undefined {
    return decode(this.source().get(key))
  }

  /** Writes whatever is there. */
  write(key: string, text: string): void {
    this.source().set(key, encode(this.next(this.read(key), text)))
  }

  /** Makes a key that nobody else writes. */
  create(key: string, text = ''): void {
    this.source().set(key, encode(this.next(undefined, text)))
  }

  delete(key: string): void {
    this.source().delete(key)
  }

  exists(key: string): boolean {
    return this.source().exists(key)
  }

  /** Every key, in no particular order. */
  keys(): string[] {
    return this.source().keys()
  }

  /**
   * Changes a text; `change` is called again with the new text whenever somebody else was first.
   * Spin keeps a handle for every swap until the request ends, 256 at most: look with `read` first where a change is unlikely.
   * `comesAndGoes`: of a key that others make and delete all the time; that it is gone does not show that the swap was done.
   *
   * @throws PfError PF_STORE_UNAVAILABLE where others are first too often.
   */
  update<T>(key: string, change: (current: StampedText | undefined) => TextChange<T>, comesAndGoes = false): T {
    const cas = this.source().cas(key)
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const current = decode(cas.current())
      const { text, result } = change(current)
      if (text === undefined) return result
      const next = this.next(current, text)
      if (cas.swap(encode(next)) && this.holds(key, next, !comesAndGoes)) return result
    }
    throw new PfError(
      'PF_STORE_UNAVAILABLE',
      `The key-value store is too busy: ${maxAttempts} attempts to change a value lost their race. Try again.`,
      {
        retryAfterMs: 1_000,
      },
    )
  }

  private next(current: StampedText | undefined, text: string): StampedText {
    const { writes, stamps }: Pick<StampedText, 'writes' | 'stamps'> = current ?? { writes: 0, stamps: [] }
    return { text, writes: writes + 1, stamps: [this.newStamp(), ...stamps].slice(0, keptStamps) }
  }

  /** Whether a swap that the host calls done is there, or under later writes. */
  private holds(key: string, { writes, stamps: [stamp = ''] }: StampedText, orGone: boolean): boolean {
    const found = this.read(key)
    // Deleted since, which mostly happens to what was there.
    if (found === undefined) return orGone
    return found.stamps.includes(stamp) || found.writes >= writes + keptStamps
  }
}

function encode({ text, writes, stamps }: StampedText): Uint8Array {
  return new TextEncoder().encode(`${writes} ${stamps.join(' ')}\n${text}`)
}

function decode(value: Uint8Array | undefined): StampedText | undefined {
  if (value === undefined) return undefined
  const whole = new TextDecoder().decode(value)
  const end = whole.indexOf('\n')
  const [writes, ...stamps] = whole.slice(0, end).split(' ')
  return { text: whole.slice(end + 1), writes: Number(writes), stamps }
}
