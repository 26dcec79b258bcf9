import type { JsonValue } from '@pf-agents/agent-core'

/** What a call that waits for an approval will run with: as JSON text, and whether that text is all of it. */
export interface WhatRuns {
  json: string
  /** Exactly this runs. False: not all of it is JSON, the text only describes it. */
  isWhole: boolean
}

/** A longer text is not kept in a checkpoint. */
const longest = 1_048_576
/** How deep a description goes, and how many values it has. */
const deepest = 20
const most = 10_000

/** What a call runs with, as its schema has made it. */
export function whatRuns(args: unknown): WhatRuns {
  const described = new Description()
  const json = JSON.stringify(described.of(args, deepest))
  if (json.length > longest) return { json: `${json.slice(0, longest)}… ${json.length} characters`, isWhole: false }
  return { json, isWhole: described.isWhole }
}

/** Makes JSON of anything: what is none stands as an object whose only key is its kind, in brackets. */
class Description {
  isWhole = true
  readonly #within = new Set<object>()
  #count = 0

  of(value: unknown, depth: number): JsonValue {
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (typeof value === 'function') return this.#other('function', value.name)
    if (typeof value !== 'object')
      return this.#other(typeof value, String(value as number | bigint | symbol | undefined))
    if (this.#within.has(value)) return this.#other('circular', null)
    if (depth === 0 || ++this.#count > most) return this.#other('more', null)
    this.#within.add(value)
    try {
      return this.#object(value, depth - 1)
    } catch (error) {
      return this.#other('unreadable', String((error as Error | undefined)?.message))
    } finally {
      this.#within.delete(value)
    }
  }

  #object(value: object, depth: number): JsonValue {
    if (Array.isArray(value)) return Array.from(value, (one: unknown) => this.of(one, depth))
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return this.#fields(value, depth)
    const made = value.constructor as { name?: unknown } | undefined
    const kind = typeof made?.name === 'string' ? made.name : 'object'
    if (value instanceof Date) return this.#other(kind, Number.isNaN(value.getTime()) ? 'none' : value.toISOString())
    if (value instanceof URL || value instanceof RegExp) return this.#other(kind, String(value))
    if (value instanceof Map) return this.#other(kind, this.of([...value.entries()], depth))
    if (value instanceof Set) return this.#other(kind, this.of([...value.values()], depth))
    if (ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      return this.#other(kind, this.of([...bytes], depth))
    }
    return this.#other(kind, this.#fields(value, depth))
  }

  #fields(value: object, depth: number): JsonValue {
    const fields: [string, JsonValue][] = []
    for (const [name, one] of Object.entries(value)) {
      // As JSON has it: what is undefined is not there.
      if (one !== undefined) fields.push([name, this.of(one, depth)])
    }
    if (Object.getOwnPropertySymbols(value).length > 0) this.isWhole = false
    return Object.fromEntries(fields)
  }

  #other(kind: string, value: JsonValue): JsonValue {
    this.isWhole = false
    return { [`(${kind})`]: value }
  }
}
