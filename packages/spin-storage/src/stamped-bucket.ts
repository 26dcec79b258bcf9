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
  /** Told how many bytes it will take; what it throws, the update is refused with. */
  check?: (bytes: number) => void
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
    const value = this.source().get(key)
    return value && decode(value)
  }

  /** The first line of a text, without the memory that the rest takes; empty where the last byte is not `end`. */
  firstLine(key: string, end: string): string | undefined {
    const value = this.source().get(key)
    if (value === undefined) return undefined
    const from = value.indexOf(newline) + 1
    const to = value.indexOf(newline, from)
    const isWhole = from > 0 && to > 0 && value.at(-1) === end.charCodeAt(0)
    const line = isWhole ? textOf(value.subarray(from, to)) : ''
    release(value)
    return line
  }

  /** As `read`, of a value that has no more bytes than that; `too-large` for another, which is not read. */
  readUpTo(key: string, maxBytes: number): StampedText | 'too-large' | undefined {
    const value = this.source().get(key)
    if (value === undefined || value.byteLength <= maxBytes) return value && decode(value)
    release(value)
    return 'too-large'
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
      const value = cas.current()
      const current = value && decode(value)
      const { text, result, check } = change(current)
      if (text === undefined) return result
      const next = this.next(current, text)
      const encoded = encode(next)
      check?.(encoded.byteLength)
      if (cas.swap(encoded) && this.holds(key, next, !comesAndGoes)) return result
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
    const value = this.source().get(key)
    // Deleted since, which mostly happens to what was there.
    if (value === undefined) return orGone
    const found = decode(value.subarray(0, value.indexOf(newline) + 1))
    release(value)
    return found.stamps.includes(stamp) || found.writes >= writes + keptStamps
  }
}

const newline = 0x0a

/**
 * Everything that is written goes through here. An engine without memory may give no bytes, or too few, instead of an error,
 * and these would take the place of what is there.
 *
 * @throws PfError PF_GUEST_MEMORY
 */
function encode({ text, writes, stamps }: StampedText): Uint8Array {
  const whole = `${writes} ${stamps.join(' ')}\n${text}`
  const value = new TextEncoder().encode(whole)
  // A UTF-16 unit takes a byte or more, and the ends are as they should be.
  const isWhole =
    value.byteLength >= whole.length &&
    value[0] === whole.charCodeAt(0) &&
    (whole.charCodeAt(whole.length - 1) > 0x7f || value.at(-1) === whole.charCodeAt(whole.length - 1))
  if (!isWhole) throw new PfError('PF_GUEST_MEMORY')
  return value
}

/** A value that nobody wrote here, as an empty one, is an empty text without stamps. */
function decode(value: Uint8Array): StampedText {
  const whole = textOf(value)
  release(value)
  const end = whole.indexOf('\n')
  if (end < 0) return { text: '', writes: 0, stamps: [] }
  const [writes, ...stamps] = whole.slice(0, end).split(' ')
  return { text: whole.slice(end + 1), writes: Number(writes), stamps }
}

/** @throws PfError PF_GUEST_MEMORY where less came out than is in it: that must not be taken for a lost value. */
function textOf(value: Uint8Array): string {
  let text = ''
  let cause: unknown
  try {
    text = new TextDecoder().decode(value)
  } catch (error) {
    // A decoder that is not told to be strict takes all bytes: StarlingMonkey throws a TypeError where it has no memory.
    cause = error
  }
  if (text.length * 3 < value.byteLength) throw new PfError('PF_GUEST_MEMORY', undefined, { cause })
  return text
}

/**
 * Gives the bytes back at once: a request is over before a component's engine looks for what is no longer needed, so that
 * everything a request has read counts.
 */
function release({ buffer, byteLength }: Uint8Array): void {
  const { transfer } = buffer as { transfer?: (bytes: number) => unknown }
  if (buffer.byteLength === byteLength) transfer?.call(buffer, 0)
}
