import { createSeededRandom } from '@pf-agents/agent-core/testing'
import type { LanguageModel, ModelCall, ModelHost, ModelStreamPart } from '@pf-agents/agent-core'

/** A call with one short prompt. */
export const hello: ModelCall = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] }

/** All parts of an answer, and what it threw. */
export async function read(
  model: LanguageModel,
  call: ModelCall = hello,
): Promise<{ parts: ModelStreamPart[]; error: unknown }> {
  const parts: ModelStreamPart[] = []
  try {
    for await (const part of model.stream(call)) parts.push(part)
  } catch (error) {
    return { parts, error }
  }
  return { parts, error: undefined }
}

/** How a stream of bytes comes in pieces. */
export type Split = number | readonly number[]

/** A body of bytes, cut every so many bytes or at the places given; broken at its end where `cut`. */
export function bodyOf(bytes: Uint8Array, split: Split, cut = false): ReadableStream<Uint8Array> {
  const ends = typeof split === 'number' ? every(bytes.length, split) : [...split, bytes.length]
  let at = 0
  let next = 0
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const end = ends[next++]
        if (end === undefined) {
          if (cut) controller.error(new TypeError('terminated'))
          else controller.close()
          return
        }
        controller.enqueue(bytes.slice(at, end))
        at = end
      },
    },
    { highWaterMark: 0 },
  )
}

function every(length: number, step: number): number[] {
  const ends: number[] = []
  for (let at = step; at < length; at += step) ends.push(at)
  if (length > 0) ends.push(length)
  return ends
}

/** What a stored answer is made of. */
export interface Stored {
  body: string | Uint8Array
  status?: number
  headers?: Record<string, string>
  cut?: boolean
}

/** A host whose `fetch` gives the stored answers in turn, the last again and again. */
export function hostOf(
  answers: Stored | readonly Stored[],
  split: Split = 1 << 20,
): ModelHost & { bodies: string[]; inits: RequestInit[]; urls: string[] } {
  const list = Array.isArray(answers) ? (answers as readonly Stored[]) : [answers as Stored]
  const bodies: string[] = []
  const inits: RequestInit[] = []
  const urls: string[] = []
  return {
    bodies,
    inits,
    urls,
    random: createSeededRandom(1),
    fetch: async (url, init = {}) => {
      urls.push(url)
      inits.push(init)
      bodies.push(init.body as string)
      const { body, status = 200, headers = {}, cut } = list[Math.min(bodies.length, list.length) - 1] as Stored
      const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
      return new Response(bodyOf(bytes, split, cut), {
        status,
        headers: { 'content-type': 'text/event-stream', ...headers },
      })
    },
  }
}

/** Events without names, as OpenAI and Gemini send them. */
export function sse(...values: unknown[]): string {
  return values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join('')
}

/** Events with their `type` as the name, as Anthropic and the Responses API send them. */
export function named(...values: { type: string; [field: string]: unknown }[]): string {
  return values.map((value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`).join('')
}
