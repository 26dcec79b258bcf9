import type { JsonValue } from '@pf-agents/agent-core'
import { visible } from './visible'
import type { WhatRuns } from './what-runs'

const maxShown = 2000
/** Characters of each text of a call that is too long to be shown whole, and entries of each list, until all of it fits. */
const shownLengths = [400, 100, 30]

/**
 * A call, for people: with what it runs with, where that is known, else with what was written. The arguments are JSON, so
 * that they can't pose as more of the question. Of long ones each text is shown in part, so that none of them can be
 * hidden behind another.
 */
export function shownCall({ name, arguments: written }: { name: string; arguments: string }, runs?: WhatRuns): string {
  const call = `${visible(JSON.stringify(name))} with `
  if (runs === undefined) return call + shownJson(written)
  if (runs.isWhole) return call + shownJson(runs.json)
  return `${call}${shownJson(runs.json)}, which is not all JSON; written as ${shownJson(written)}`
}

function shownJson(json: string): string {
  const value = parsed(json)
  // Written anew: blanks between arguments could push one out of view.
  let shown = visible(JSON.stringify(value))
  if (shown.length <= maxShown) return shown
  for (const length of shownLengths) {
    shown = visible(JSON.stringify(value, (_, one: JsonValue) => shortened(one, length)))
    if (shown.length <= maxShown) break
  }
  const note = `(${json.length} characters`
  // So many that nobody could read them all.
  if (shown.length > 4 * maxShown) return `${shown.slice(0, 4 * maxShown)}… ${note}; the rest is NOT shown)`
  return `${shown} ${note}; long texts are shown in part)`
}

/** What is no JSON is shown as text. */
function parsed(json: string): JsonValue {
  try {
    return JSON.parse(json) as JsonValue
  } catch {
    return json
  }
}

function shortened(value: JsonValue, length: number): JsonValue {
  if (Array.isArray(value))
    return value.length <= length ? value : [...value.slice(0, length), `… and ${value.length - length} more`]
  if (typeof value !== 'string' || value.length <= length + 40) return value
  const tail = Math.floor(length / 4)
  return `${value.slice(0, length - tail)}… ${value.length - length} characters …${value.slice(-tail)}`
}
