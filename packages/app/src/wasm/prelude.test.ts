import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { currentTarget } from '../host'
import { installPrelude } from './prelude'

/** Members that the prelude replaces, as they were. */
const replaced = [
  [JSON, 'stringify'],
  [AbortSignal, 'any'],
  [AbortSignal, 'abort'],
  [AbortSignal.prototype, 'throwIfAborted'],
  [ReadableStream.prototype, 'values'],
  [ReadableStream.prototype, Symbol.asyncIterator],
] as const
const originals = replaced.map(([target, name]) => Object.getOwnPropertyDescriptor(target, name) as PropertyDescriptor)

beforeEach(() => {
  // As the engine of a component has them: wrong, or not at all.
  Object.defineProperty(AbortSignal, 'any', { value: () => AbortSignal.timeout(0), configurable: true })
  Object.defineProperty(AbortSignal.prototype, 'throwIfAborted', { value: () => {}, configurable: true })
  delete (ReadableStream.prototype as { values?: unknown }).values
  delete (ReadableStream.prototype as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator]
  installPrelude()
  Reflect.deleteProperty(globalThis, Symbol.for('pf-agents.target'))
})
afterEach(() =>
  replaced.forEach(([target, name], index) =>
    Object.defineProperty(target, name, originals[index] as PropertyDescriptor),
  ),
)

describe('AbortSignal', () => {
  it('any follows the first of several, once', () => {
    const [a, b] = [new AbortController(), new AbortController()]
    const signal = AbortSignal.any([a.signal, b.signal])
    expect(signal.aborted).toBe(false)
    b.abort('b')
    a.abort('a')
    expect([signal.aborted, signal.reason]).toEqual([true, 'b'])
  })

  it('any of one that is aborted is aborted', () => {
    const signal = AbortSignal.any([new AbortController().signal, AbortSignal.abort('gone')])
    expect([signal.aborted, signal.reason]).toEqual([true, 'gone'])
    expect(AbortSignal.any([]).aborted).toBe(false)
  })

  it('abort has a reason, also where none is given, and undefined is one', () => {
    expect(AbortSignal.abort().reason).toMatchObject({ name: 'AbortError' })
    expect(AbortSignal.abort(undefined).aborted).toBe(true)
  })

  it('throwIfAborted throws the reason', () => {
    expect(() => new AbortController().signal.throwIfAborted()).not.toThrow()
    expect(() => AbortSignal.abort(new Error('why')).throwIfAborted()).toThrow('why')
  })
})

describe('streams', () => {
  const counting = () => {
    let count = 0
    let canceled = false
    const stream = new ReadableStream<number>({
      pull: (controller) => controller.enqueue(++count),
      cancel: () => void (canceled = true),
    })
    return { stream, canceled: () => canceled }
  }

  it('are iterated to their end', async () => {
    const seen: string[] = []
    for await (const chunk of new Blob(['ab']).stream().pipeThrough(new TextDecoderStream())) seen.push(chunk)
    expect(seen).toEqual(['ab'])
  })

  it('are canceled where the loop is left, and free again', async () => {
    const { stream, canceled } = counting()
    for await (const count of stream) if (count === 3) break
    expect([canceled(), stream.locked]).toEqual([true, false])
  })

  it('are kept where that is asked for', async () => {
    const { stream, canceled } = counting()
    for await (const count of stream.values({ preventCancel: true })) if (count === 3) break
    expect([canceled(), stream.locked]).toEqual([false, false])
  })
})

describe('the entry', () => {
  it('says that what follows runs in a component', () => {
    expect(currentTarget()).toBe('node')
    installPrelude()
    expect(currentTarget()).toBe('wasm')
    Reflect.deleteProperty(globalThis, Symbol.for('pf-agents.target'))
    expect(currentTarget()).toBe('node')
  })
})
