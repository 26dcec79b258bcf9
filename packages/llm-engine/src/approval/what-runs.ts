import type { JsonValue } from '@pf-agents/agent-core'

/** What a call that waits for an approval will run with: as JSON text, and whether that text is all of it. */
export interface WhatRuns {
  json: string
  /** Exactly this runs. False: not all of it is JSON, the text only describes it. */
  isWhole: boolean
  /** The kind of the first value that can have more to it than the text says. Absent where the text is all that matters. */
  hidden?: string
}

/** A longer text is not kept in a checkpoint. */
const longest = 1_048_576
/** How deep a description goes, and how many values it has. */
const deepest = 20
const most = 10_000
/** Objects that are wholly told by their text, their entries or their bytes. Those of other classes can have a private side. */
const open: readonly object[] = [Date, URL, RegExp, Map, Set, DataView].map(({ prototype }) => prototype)
const typedArrays: unknown = Object.getPrototypeOf(Uint8Array.prototype)

/**
 * What a call runs with, as its schema has made it. What is no JSON stands as an object whose only key is its kind, in
 * brackets.
 */
export function whatRuns(args: unknown): WhatRuns {
  const within = new Set<object>()
  let count = 0
  let isWhole = true
  let hidden = ''

  const other = (kind: string, value: JsonValue, isHidden = true): JsonValue => {
    isWhole = false
    if (isHidden) hidden ||= kind
    return { [`(${kind})`]: value }
  }

  const described = (value: unknown, depth: number): JsonValue => {
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (typeof value === 'function') return other('function', value.name)
    if (typeof value !== 'object')
      return other(typeof value, String(value as number | bigint | symbol | undefined), typeof value === 'symbol')
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
    const prototype = Object.getPrototypeOf(value) as object | null
    if (Array.isArray(value)) {
      if (prototype !== Array.prototype) hidden ||= 'array of a class'
      return Array.from(value, (one: unknown) => described(one, depth))
    }
    if (prototype === Object.prototype || prototype === null) return fieldsOf(value, depth)
    const made = value.constructor as { name?: unknown } | undefined
    const kind = typeof made?.name === 'string' ? made.name : 'object'
    const isArray = Object.getPrototypeOf(prototype) === typedArrays
    const isOpen = isArray || (open.includes(prototype) && Reflect.ownKeys(value).every((key) => key === 'lastIndex'))
    return other(kind, contentOf(value, depth), !isOpen)
  }

  const contentOf = (value: object, depth: number): JsonValue => {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'none' : value.toISOString()
    if (value instanceof URL || value instanceof RegExp) return String(value)
    if (value instanceof Map || value instanceof Set) return described([...value], depth)
    if (!ArrayBuffer.isView(value)) return fieldsOf(value, depth)
    return described([...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)], depth)
  }

  const fieldsOf = (value: object, depth: number): JsonValue => {
    const fields: [string, JsonValue][] = []
    for (const [name, one] of Object.entries(value)) {
      // As JSON has it: what is undefined is not there.
      if (one !== undefined) fields.push([name, described(one, depth)])
    }
    for (const key of Reflect.ownKeys(value)) {
      const { get, enumerable } = Reflect.getOwnPropertyDescriptor(value, key) ?? {}
      if (typeof key === 'symbol') isWhole = false
      if (typeof key === 'symbol' || get !== undefined || enumerable !== true) hidden ||= 'field that is no plain one'
    }
    return Object.fromEntries(fields)
  }

  const json = JSON.stringify(described(args, deepest))
  if (json.length > longest)
    return { json: `${json.slice(0, longest)}… ${json.length} characters`, isWhole: false, hidden: 'text without end' }
  return isWhole || hidden === '' ? { json, isWhole } : { json, isWhole, hidden }
}
