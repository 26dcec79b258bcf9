import { expect, it, vi } from 'vitest'
import { createTerminal } from './terminal'

function terminal(isTTY: boolean) {
  const text = { out: '', err: '' }
  return {
    text,
    ...createTerminal({ write: (chunk) => (text.out += chunk) }, { write: (chunk) => (text.err += chunk), isTTY }),
  }
}

it('keeps the result apart from what is said about it', () => {
  const { out, note, text } = terminal(false)
  out('result')
  note('note')
  expect(text).toEqual({ out: 'result\n', err: 'note\n' })
})

it('writes a line at the begin and at the end of a step where nobody watches', () => {
  const { step, text } = terminal(false)
  step('Bundling')('12 kB')
  step('Making')(undefined)
  expect(text.err).toMatch(/^Bundling …\nBundling: 12 kB \(0\.0 s\)\nMaking …\nMaking: failed after 0\.0 s\n$/)
})

it('moves while a person watches, and leaves one line', () => {
  vi.useFakeTimers()
  try {
    const { step, note, text } = terminal(true)
    const end = step('Bundling')
    vi.advanceTimersByTime(250)
    note('[agent] hello')
    end('done')
    // Every frame is wiped before anything else is written on its line.
    const lines = text.err.split('\r\u001b[2K').map((part) => part.replace(/\d\.\d s/, '0.0 s'))
    expect(lines).toEqual([
      '',
      '⠋ Bundling 0.0 s',
      '⠙ Bundling 0.0 s',
      '⠹ Bundling 0.0 s',
      '[agent] hello\n',
      '⠸ Bundling 0.0 s',
      '✓ Bundling: done (0.0 s)\n',
    ])
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
