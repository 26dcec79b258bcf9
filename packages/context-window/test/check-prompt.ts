import type { ModelMessage, ModelTool } from '@pf-agents/agent-core'
import { shortestText, textOfResult } from '../src/results/shorten'
import { pinMark } from './random-history'

/** Tokens by a count of their own: a third of the characters, a fixed figure for files and frames. Not the estimator. */
export const count = (text: string): number => Math.ceil(text.length / 3)

const json = (value: unknown): string => JSON.stringify(value)

/** Whether a message is pinned in these tests. */
export const isPinned = (message: ModelMessage): boolean =>
  message.role !== 'assistant' && message.role !== 'system' && json(message).includes(pinMark)

/** Calls without a result right behind them, results without a call before them, and results given twice. */
export function brokenPairs(messages: readonly ModelMessage[]): string[] {
  const problems: string[] = []
  let open = new Set<string>()
  for (const message of messages) {
    if (message.role === 'tool') {
      for (const { toolCallId } of message.content)
        if (!open.delete(toolCallId)) problems.push(`orphan result ${toolCallId}`)
      continue
    }
    for (const id of open) problems.push(`call ${id} without a result`)
    open = new Set()
    if (message.role === 'assistant')
      for (const part of message.content) if (part.type === 'tool-call') open.add(part.toolCallId)
  }
  for (const id of open) problems.push(`call ${id} without a result`)
  return problems
}

/** What a message is known by, whatever of its results is shown. */
function nameOf(message: ModelMessage): string {
  if (message.role !== 'tool') return json(message)
  return message.content
    .map(({ toolCallId, parts }) => {
      const text = textOfResult(parts)
      // What is shown in part keeps its beginning.
      return (
        toolCallId + (text.length < shortestText ? text : text.slice(0, 60)) + json(parts.filter((part) => part.raw))
      )
    })
    .join('|')
}

/** Messages of a fitted prompt that are not in the given one, or not in its order. */
export function outOfOrder(
  given: readonly ModelMessage[],
  fitted: readonly ModelMessage[],
  isOwn: (message: ModelMessage) => boolean,
): string[] {
  const names = given.map((message) => nameOf(message))
  let at = 0
  const problems: string[] = []
  for (const message of fitted) {
    if (isOwn(message)) continue
    const found = matching(names, nameOf(message), message, at)
    if (found < 0) problems.push(json(message).slice(0, 200))
    else at = found + 1
  }
  return problems
}

function matching(names: readonly string[], name: string, message: ModelMessage, from: number): number {
  const exact = names.indexOf(name, from)
  if (exact >= 0 || message.role !== 'tool') return exact
  // A result shown in part, or one that was given to a call that had lost its own.
  for (let at = from; at < names.length; at++) {
    if (
      message.content.some(({ toolCallId, parts }) =>
        (names[at] as string).includes(toolCallId + textOfResult(parts).slice(0, 60)),
      )
    )
      return at
  }
  return message.content.every(({ parts }) => textOfResult(parts) === 'The result of this call was lost.')
    ? from - 1
    : -1
}

/** Tokens of a prompt, reckoned apart from the code under test. */
export function tokensOf(messages: readonly ModelMessage[], tools: readonly ModelTool[]): number {
  let total = 0
  for (const tool of tools)
    total += 8 + count(tool.name) + countIf(tool.description ?? '') + count(json(tool.parameters))
  for (const message of messages) {
    total += 4
    if (message.role === 'system') total += countIf(message.text)
    else
      for (const part of message.content) {
        if (part.type === 'text' || part.type === 'reasoning') total += countIf(part.text)
        else if (part.type === 'tool-call') total += 8 + count(part.name) + count(part.arguments)
        else if (part.type === 'file') total += 100
        else if (part.type === 'opaque') total += Math.ceil(json(part.data).length / 8)
        else
          for (const piece of ((total += 8), part.parts)) {
            if (piece.raw !== undefined || piece.url !== undefined) total += 100
            else total += countIf(piece.text ?? json(piece.data))
          }
        if ('providerData' in part && part.providerData) total += Math.ceil(json(part.providerData).length / 8)
      }
  }
  return total
}

function countIf(text: string): number {
  return text === '' ? 0 : count(text)
}
