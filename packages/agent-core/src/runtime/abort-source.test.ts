import { expect, it } from 'vitest'
import { followSource, isFollowing } from './abort-source'
import { linkSignals } from './link-signals'

it('a signal follows its source over others, until that is taken back; then it is joined with it again', () => {
  const source = new AbortController()
  const middle = new AbortController()
  const end = new AbortController()
  expect(isFollowing(source.signal, source.signal)).toBe(true)
  const unfollow = followSource(middle.signal, source.signal)
  followSource(end.signal, middle.signal)
  expect(isFollowing(end.signal, source.signal)).toBe(true)
  expect(isFollowing(source.signal, end.signal)).toBe(false)
  expect(linkSignals(source.signal, end.signal).signal).toBe(end.signal)
  unfollow()
  expect(isFollowing(end.signal, source.signal)).toBe(false)
  const { signal, unlink } = linkSignals(source.signal, end.signal)
  expect(signal).not.toBe(end.signal)
  source.abort('stop')
  expect(signal.reason).toBe('stop')
  unlink()
})
