import type { ModelToolResultPart, Part } from '@pf-agents/agent-core'
import type { Shortened } from '../state/fit-state'

/** The tool that reads what was put aside. */
export const readerName = 'read_tool_result'

/** Results with less text are shown whole: a stub would not be shorter. */
export const shortestText = 800

/** What of a result can be shown in part: its text, with data as JSON. Pictures and files are not. */
export function textOfResult(parts: readonly Part[]): string {
  const texts: string[] = []
  for (const part of parts) {
    if (part.text !== undefined) texts.push(part.text)
    else if ('data' in part && part.data !== undefined) texts.push(JSON.stringify(part.data))
  }
  return texts.join('\n')
}

/** The result with a beginning and an end of its text, and a word on what is between. Files stay as they are. */
export function shortenResult(result: ModelToolResultPart, { head, tail, id }: Shortened): ModelToolResultPart {
  const text = textOfResult(result.parts)
  const from = edge(text, head)
  const to = Math.max(from, edge(text, text.length - tail))
  const rest =
    id === undefined
      ? `[${to - from} of ${text.length} characters are left out here.]`
      : `[${to - from} of ${text.length} characters are left out here. To read them, call ${readerName} with id "${id}" and offset ${from}.]`
  const shown = [text.slice(0, from), rest, text.slice(to)].filter((piece) => piece !== '').join('\n')
  const files = result.parts.filter((part) => part.text === undefined && !('data' in part && part.data !== undefined))
  return { ...result, parts: [{ text: shown }, ...files] }
}

/** A place near this one that does not tear a character in two. */
function edge(text: string, at: number): number {
  const place = Math.max(0, Math.min(at, text.length))
  const code = text.charCodeAt(place)
  return place > 0 && code >= 0xdc00 && code <= 0xdfff ? place - 1 : place
}
