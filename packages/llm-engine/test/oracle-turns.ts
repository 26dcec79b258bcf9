import type { FakeTurn } from '../src/testing'

/** Answers that official SDKs and our clients must read alike. */
export const oracleTurns: Record<string, FakeTurn> = {
  text: { text: 'Grüße 😀, a text of some length.', deltaLength: 3 },
  usage: { text: 'a', usage: { inputTokens: 120, outputTokens: 30, cacheReadTokens: 100, reasoningTokens: 20 } },
  call: { toolCalls: [{ id: 'c1', name: 'sum', arguments: { a: 1, b: 'ü😀"\\' } }] },
  'parallel calls': {
    text: 'Two calls.',
    toolCalls: [
      { id: 'c1', name: 'sum', arguments: { a: [1, 2, 3], deep: { er: null } } },
      { id: 'c2', name: 'mul', arguments: { b: 2 } },
      { id: 'c3', name: 'now' },
    ],
  },
  'cut off': { text: 'As far as', finish: 'length' },
}

/** What both sides are reduced to. */
export interface Read {
  text: string
  calls: { id: string; name: string; arguments: unknown }[]
  finish: string
  input: number
  output: number
}
