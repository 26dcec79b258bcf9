import { expect, it } from 'vitest'
import { StopSignal } from './stop-signal'

it('tells each listener once, with the first reason, and none that was taken away or came late', () => {
  const signal = new StopSignal()
  const told: string[] = []
  const gone = () => told.push('gone')
  signal.addEventListener('abort', gone)
  signal.addEventListener('abort', () => told.push('a'))
  signal.addEventListener('abort', () => told.push('b'))
  signal.removeEventListener('abort', gone)
  expect([signal.aborted, signal.reason]).toEqual([false, undefined])
  signal.abort('first')
  signal.abort('second')
  signal.addEventListener('abort', () => told.push('late'))
  expect([signal.aborted, signal.reason, told]).toEqual([true, 'first', ['a', 'b']])
})
