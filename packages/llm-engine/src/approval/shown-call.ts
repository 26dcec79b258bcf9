import type { JsonValue } from '@pf-agents/agent-core'
import { parseObject } from '../wire/json'

const maxShown = 2000
/** Characters of each text of a call that is too long to be shown whole, and entries of each list, until all of it fits. */
const shownLengths = [400, 100, 30]

/** Characters that nobody sees, or that turn around what stands beside them. */
const unseen =
  /[\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]|\u034f|\u17b4|\u17b5|[\ufe00-\ufe0f\u180b-\u180f]|\ud834[\udd73-\udd7a]|\udb40[\udc00-\udfff]/g

/**
 * A call, for people. The arguments are JSON, so that they can't pose as more of the question. Of long ones each text is
 * shown in part, so that none of them can be hidden behind another.
 */
export function shownCall({ name, arguments: json }: { name: string; arguments: string }): string {
  return `"${name}" with ${withoutUnseen(shownArguments(json))}`
}

function shownArguments(json: string): string {
  const args = parseObject(json)
  // Written anew: blanks between arguments could push one out of view.
  let shown = JSON.stringify(args ?? json)
  if (shown.length <= maxShown) return shown
  for (const length of shownLengths) {
    shown = JSON.stringify(args ?? json, (_, value: JsonValue) => shortened(value, length))
    if (shown.length <= maxShown) break
  }
  const note = `(${json.length} characters`
  // So many that nobody could read them all.
  if (shown.length > 4 * maxShown) return `${shown.slice(0, 4 * maxShown)}… ${note}; the rest is NOT shown)`
  return `${shown} ${note}; long texts are shown in part)`
}

function shortened(value: JsonValue, length: number): JsonValue {
  if (Array.isArray(value))
    return value.length <= length ? value : [...value.slice(0, length), `… and ${value.length - length} more`]
  if (typeof value !== 'string' || value.length <= length + 40) return value
  const tail = Math.floor(length / 4)
  return `${value.slice(0, length - tail)}… ${value.length - length} characters …${value.slice(-tail)}`
}

function withoutUnseen(text: string): string {
  return text.replace(unseen, (chars) =>
    Array.from({ length: chars.length }, (_, at) => `\\u${chars.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  )
}
