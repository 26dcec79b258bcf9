import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { abortReason, checkAborted, raceAbort } from './abort'

describe('raceAbort', () => {
  it('passes a value or an error on and leaves the signal', async () => {
    const controller = new AbortController()
    await expect(raceAbort(Promise.resolve(1), controller.signal)).resolves.toBe(1)
    await expect(raceAbort(Promise.reject(new Error('no')), controller.signal)).rejects.toThrow('no')
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  it('rejects with the reason at once, and hands over what comes too late', async () => {
    const controller = new AbortController()
    const { promise, resolve } = Promise.withResolvers<string>()
    const late: string[] = []
    const raced = raceAbort(promise, controller.signal, (value) => late.push(value))
    controller.abort('enough')
    await expect(raced).rejects.toBe('enough')
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    resolve('late')
    await promise
    expect(late).toEqual(['late'])
  })

  it('rejects where the signal was aborted before, and swallows the late failure', async () => {
    const controller = new AbortController()
    controller.abort('before')
    await expect(raceAbort(Promise.reject(new Error('late')), controller.signal)).rejects.toBe('before')
  })
})

describe('checkAborted', () => {
  it('throws the reason', () => {
    const controller = new AbortController()
    checkAborted(controller.signal)
    checkAborted(undefined)
    controller.abort(new Error('stop'))
    expect(() => checkAborted(controller.signal)).toThrow('stop')
  })

  it('finds a reason where an engine gives none', () => {
    expect(abortReason({ reason: undefined } as AbortSignal)).toMatchObject({ name: 'AbortError' })
  })
})
