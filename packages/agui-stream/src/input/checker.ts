import { type JsonObject, type JsonValue, PfError } from '@pf-agents/agent-core'

/** Issues that are told; more are not looked for. */
const issueLimit = 20
/** Characters of an id. */
const idLimit = 512

/** Told of what was left out of a request. */
export type OnWarning = (warning: string) => void

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Collects what is wrong with a request, by field. `null` counts as absent, as older clients have it. */
export class Checker {
  readonly #issues: { field: string; problem: string }[] = []
  readonly warn: OnWarning

  constructor(warn: OnWarning) {
    this.warn = warn
  }

  wrong(field: string, problem: string): void {
    this.#issues.push({ field, problem })
    if (this.#issues.length >= issueLimit) this.finish()
  }

  text(given: JsonObject, name: string, field: string): string {
    const value = given[name]
    if (typeof value === 'string') return value
    this.wrong(`${field}${name}`, 'must be a string')
    return ''
  }

  id(given: JsonObject, name: string, field: string): string {
    const value = this.text(given, name, field)
    if (value.length > idLimit || (value === '' && typeof given[name] === 'string'))
      this.wrong(`${field}${name}`, `must have 1 to ${idLimit} characters`)
    return value
  }

  optionalText(given: JsonObject, name: string, field: string): string | undefined {
    const value = given[name]
    return value === undefined || value === null ? undefined : this.text(given, name, field)
  }

  list(given: JsonObject, name: string, field: string): JsonValue[] {
    const value = given[name]
    if (value === undefined || value === null) return []
    if (Array.isArray(value)) return value
    this.wrong(`${field}${name}`, 'must be a list')
    return []
  }

  /** The objects of a list; what is none is wrong. */
  objects(values: readonly JsonValue[], field: string): { one: JsonObject; at: string }[] {
    return values.flatMap((one, index) => {
      const at = `${field}[${index}].`
      if (isObject(one)) return [{ one, at }]
      this.wrong(`${field}[${index}]`, 'must be an object')
      return []
    })
  }

  /** @throws PfError PF_RUN_INPUT_INVALID where something was wrong */
  finish(): void {
    if (this.#issues.length === 0) return
    const text = this.#issues.map(({ field, problem }) => `${field} ${problem}`).join('; ')
    throw new PfError('PF_RUN_INPUT_INVALID', `The run input is not valid: ${text}.`, {
      details: { issues: this.#issues },
    })
  }
}
