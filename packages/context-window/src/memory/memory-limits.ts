import { PfError } from '@pf-agents/agent-core'

/** Bounds of a memory. */
export interface MemoryLimits {
  /** Texts kept for each principal; the oldest goes first. Default 500. */
  maxEntries?: number
  /** Characters of one text. Default 2,000. */
  maxLength?: number
}

/** Bounds with everything filled in. */
export function memoryLimits({ maxEntries = 500, maxLength = 2_000 }: MemoryLimits): Required<MemoryLimits> {
  return { maxEntries, maxLength }
}

/** @throws PfError PF_INPUT_INVALID where a text is empty or too long to be kept */
export function checkText(text: string, maxLength: number): string {
  const trimmed = text.trim()
  if (trimmed !== '' && trimmed.length <= maxLength) return trimmed
  throw new PfError(
    'PF_INPUT_INVALID',
    `A text to remember has 1 to ${maxLength} characters; this one has ${trimmed.length}.`,
  )
}
