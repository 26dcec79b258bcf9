import type { ModelMessage, ModelToolResultPart, Part } from '@pf-agents/agent-core'

/** Of very long texts that nobody writes by hand, this much is looked at from either end. */
const sample = 2_048

/**
 * A hash of a text with 64 bits: two of 32, each over all UTF-16 units, chained by `seed`. Tells texts apart that differ
 * by accident; it is no proof against somebody who wants two of them to look the same.
 */
export function hashText(text: string, seed = ''): string {
  let first = 0x811c9dc5
  let second = 0x9747b28c
  for (const part of [seed, text]) {
    for (let at = 0; at < part.length; at++) {
      const code = part.charCodeAt(at)
      first = Math.imul(first ^ code, 0x01000193)
      second = Math.imul((second << 5) ^ (second >>> 27) ^ code, 0x5bd1e995)
    }
    first = Math.imul(first ^ 0x1f, 0x01000193)
  }
  return hex(first) + hex(second ^ (second >>> 15))
}

/** What tells messages, and results of tools, from others. What was looked at once is remembered as long as it lives. */
export interface Fingerprints {
  /** Of messages that stand together: what they say, not what a provider put beside it. */
  step(messages: readonly ModelMessage[]): string
  result(result: ModelToolResultPart): string
}

/** Makes fingerprints. A run hands in the same messages with every call, and in a component each character costs. */
export function createFingerprints(): Fingerprints {
  const messages = new WeakMap<ModelMessage, string>()
  const results = new WeakMap<ModelToolResultPart, string>()

  function result(part: ModelToolResultPart): string {
    let print = results.get(part)
    if (print === undefined) results.set(part, (print = fingerprintResult(part.toolCallId, part.parts)))
    return print
  }

  function message(one: ModelMessage): string {
    let print = messages.get(one)
    if (print === undefined) messages.set(one, (print = fingerprint(one, result)))
    return print
  }

  return {
    result,
    step: (all) =>
      all.length === 1 ? message(all[0] as ModelMessage) : all.reduce((hash, one) => hashText(message(one), hash), ''),
  }
}

function fingerprint(message: ModelMessage, result: (part: ModelToolResultPart) => string): string {
  let hash = hashText(message.role)
  const mix = (text: string): void => {
    hash = hashText(text, hash)
  }
  if (message.role === 'system') {
    mix(message.text)
    return hash
  }
  for (const part of message.content) {
    mix(part.type)
    if (part.type === 'text' || part.type === 'reasoning') mix(part.text)
    else if (part.type === 'tool-call') mix(`${part.toolCallId}\n${part.name}\n${part.arguments}`)
    else if (part.type === 'file') mix(`${part.mediaType}\n${part.url ?? ends(part.raw ?? '')}`)
    else if (part.type === 'opaque') mix(ends(JSON.stringify(part.data)))
    else mix(result(part))
  }
  return hash
}

function fingerprintResult(toolCallId: string, parts: readonly Part[]): string {
  let hash = hashText(toolCallId)
  for (const part of parts) {
    if (part.text !== undefined) hash = hashText(part.text, hash)
    else if ('data' in part && part.data !== undefined) hash = hashText(JSON.stringify(part.data), hash)
    else hash = hashText(part.url ?? ends(part.raw ?? ''), hash)
  }
  return hash
}

function ends(text: string): string {
  return text.length <= 2 * sample ? text : `${text.length}\n${text.slice(0, sample)}\n${text.slice(-sample)}`
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}
