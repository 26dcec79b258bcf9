// The error that the guide states: the estimator against o200k, by kind of text.
import { describe, expect, it } from 'vitest'
import { gptTokenizer } from '../src/gpt-tokenizer'
import { createTokenEstimator } from '../src/index'
import { samples } from './samples'

const exact = gptTokenizer()
const estimator = createTokenEstimator()

describe('the estimator', () => {
  it.each(Object.entries(samples))('is within a quarter of o200k for %s', (_kind, text) => {
    const error = estimator.count(text) / exact.count(text) - 1
    expect(Math.abs(error)).toBeLessThan(0.25)
  })

  it('is within a twentieth over all kinds, and errs rather above', () => {
    const sum = (count: (text: string) => number) => Object.values(samples).reduce((all, text) => all + count(text), 0)
    const error = sum(estimator.count) / sum(exact.count) - 1
    expect(error).toBeGreaterThan(-0.01)
    expect(error).toBeLessThan(0.05)
  })

  it('adds up: a text is as long as its halves, but for what is at the seam', () => {
    for (const text of Object.values(samples)) {
      const middle = text.indexOf(' ', text.length / 2)
      const halves = estimator.count(text.slice(0, middle)) + estimator.count(text.slice(middle))
      expect(Math.abs(halves - estimator.count(text))).toBeLessThanOrEqual(3)
    }
  })

  it('counts nothing as nothing, and anything as something', () => {
    expect(estimator.count('')).toBe(0)
    for (const text of ['a', '1', '.', '\n', '\u{1f600}', '漢', '\ud800'])
      expect(estimator.count(text)).toBeGreaterThan(0)
  })

  it('takes time in proportion to the text', () => {
    const text = Object.values(samples).join('\n')
    expect(estimator.count(text.repeat(50)) / estimator.count(text)).toBeCloseTo(50, 0)
  })
})

describe('the exact counter', () => {
  it('counts as o200k does, and takes special tokens as text', () => {
    expect(exact.count('hello world')).toBe(2)
    expect(exact.count('<|endoftext|>')).toBeGreaterThan(1)
  })
})
