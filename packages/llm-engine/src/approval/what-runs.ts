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

/**
 * What a call runs with, as its schema has made it. What is no JSON stands as an object whose only key is its kind, in
 * brackets.
 */
export function whatRuns(args: unknown): WhatRuns {
  const within = new Set<object>()
  let count = 0
  let isWhole = true

  const other = (kind: string, value: JsonValue): JsonValue => {
    isWhole = false
    return { [`(${kind})`]: value }
  }

  const described = (value: unknown, depth: number): JsonValue => {
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (typeof value === 'function') return other('function', value.name)
    if (typeof value !== 'object') return other(typeof value, String(value as number | bigint | symbol | undefined))
    if (within.has(value)) return other('circular', null)
    if (depth === 0 || ++count > most) return other('more', null)
    within.add(value)
    try {
      return objectOf(value, depth - 1)
    } catch (error) {
      return other('unreadable', String((error as Error | undefined)?.message))
    } finally {
      within.delete(value)
    }
  }

  const objectOf = (value: object, depth: number): JsonValue => {
    if (Array.isArray(value)) return Array.from(value, (one: unknown) => described(one, depth))
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return fieldsOf(value, depth)
    const made = value.constructor as { name?: unknown } | undefined
    const kind = typeof made?.name === 'string' ? made.name : 'object'
    if (value instanceof Date) return other(kind, Number.isNaN(value.getTime()) ? 'none' : value.toISOString())
    if (value instanceof URL || value instanceof RegExp) return other(kind, String(value))
    if (value instanceof Map || value instanceof Set) return other(kind, described([...value], depth))
    if (ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      return other(kind, described([...bytes], depth))
    }
    return other(kind, fieldsOf(value, depth))
  }

  const fieldsOf = (value: object, depth: number): JsonValue => {
    const fields: [string, JsonValue][] = []
    for (const [name, one] of Object.entries(value)) {
      // As JSON has it: what is undefined is not there.
      if (one !== undefined) fields.push([name, described(one, depth)])
    }
    if (Object.getOwnPropertySymbols(value).length > 0) isWhole = false
    return Object.fromEntries(fields)
  }

  const json = JSON.stringify(described(args, deepest))
  if (json.length > longest) return { json: `${json.slice(0, longest)}… ${json.length} characters`, isWhole: false }
  return { json, isWhole }
}
