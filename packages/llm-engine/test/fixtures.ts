import type { LanguageModel, ModelHost, ModelStreamPart } from '@pf-agents/agent-core'
import { expect } from 'vitest'
import { createReplyCollector } from '../src/reply/reply'
import { hostOf, read, type Split, type Stored } from './harness'

/** A stored answer and what it comes to. */
export interface Fixture {
  name: string
  body: string
  /** In the terms of `summary`. */
  expected: unknown
  /** Where it is not the usual one. */
  model?: (host: ModelHost) => LanguageModel
  stored?: Partial<Stored>
}

/** What an answer comes to: text, thoughts, calls, end, error. */
function summary(parts: readonly ModelStreamPart[], error: unknown): Record<string, unknown> {
  const collector = createReplyCollector()
  for (const part of parts) collector.add(part)
  const { message, text, finish, usage: used, cutCalls } = collector.reply()
  const out: Record<string, unknown> = {}
  const reasoning = message.content.flatMap((part) => (part.type === 'reasoning' ? [part.text] : []))
  const calls = message.content.flatMap((part) => (part.type === 'tool-call' ? [[part.name, part.arguments]] : []))
  if (text !== '') out['text'] = text
  if (reasoning.length > 0) out['reasoning'] = reasoning
  if (calls.length > 0) out['calls'] = calls
  if (cutCalls.length > 0) out['cut'] = cutCalls.length
  if (error === undefined) {
    out['finish'] = finish.reason
    if (used.inputTokens !== undefined) out['tokens'] = [used.inputTokens, used.outputTokens]
  } else out['error'] = (error as { code?: string }).code ?? error
  return out
}

/** Reads a fixture whole, in pieces of all small sizes, and cut in two at every place: always the same parts. */
export async function checkFixture(fixture: Fixture, usual: (host: ModelHost) => LanguageModel): Promise<void> {
  const play = async (split: Split) => {
    const host = hostOf({ body: fixture.body, ...fixture.stored }, split)
    return read((fixture.model ?? usual)(host))
  }
  const whole = await play(1 << 20)
  expect(summary(whole.parts, whole.error)).toEqual(fixture.expected)
  for (const size of [1, 2, 3, 7]) expect(await play(size)).toEqual(whole)
  const { length } = new TextEncoder().encode(fixture.body)
  for (let at = 1; at < length; at++) expect((await play([at])).parts).toEqual(whole.parts)
}
