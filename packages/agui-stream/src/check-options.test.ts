import { describe, expect, it } from 'vitest'
import { aguiStream } from './agui-stream'

describe('an option with a value that it can not have is refused', () => {
  it.each([
    [{ graceMs: -1 }, '"graceMs" is a whole number of milliseconds'],
    // A timer of that length would go off at once, and cancel every run whose page is loaded again.
    [{ graceMs: 3_000_000_000 }, '"graceMs"'],
    [{ heartbeatMs: Number.NaN }, '"heartbeatMs"'],
    [{ stallMs: 0 }, '"stallMs"'],
    [{ maxStreams: 0.5 }, '"maxStreams"'],
    [{ frameLength: 11 * 1024 * 1024 }, '"frameLength"'],
    [{ onDisconnect: 'stop' }, '"onDisconnect" is "cancel" or "detach", not "stop"'],
    [{ guard: 'off' }, '"guard"'],
    [{ cors: 'https://app.example.com' }, '"cors" is "*" or a list'],
    [{ cors: ['https://app.example.com/'] }, 'without a path'],
    [{ cors: ['app.example.com'] }, 'such as "https://app.example.com"'],
    [{ path: 'agui' }, '"path"'],
  ])('%o', (options, said) => {
    expect(() => aguiStream(options as never)).toThrow(said)
    expect(() => aguiStream(options as never)).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
  })

  it('and every other is taken', () => {
    aguiStream({
      graceMs: 0,
      heartbeatMs: 0,
      stallMs: 1,
      frameLength: 1000,
      cors: ['http://localhost:5173', 'app://me'],
    })
  })
})
