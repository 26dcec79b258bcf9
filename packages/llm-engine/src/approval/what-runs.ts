/** What a call that waits for an approval will run with: as JSON text, and whether that text is all of it. */
export interface WhatRuns {
  json: string
  /** Exactly this runs. False: not all of it is JSON, the text only describes it. */
  isWhole: boolean
  /** The kind of the first value that can have more to it than the text says. Absent where the text is all that matters. */
  hidden?: string
}

/** An object that is being written: its values, with their names or as a list. */
interface Frame {
  of: object
  names: readonly string[] | undefined
  values: ArrayLike<unknown>
  at: number
  end: string
}

/** A longer text is not kept in a checkpoint. */
const longest = 1_048_576
/** Objects that are wholly told by their text, their entries or their bytes. Those of other classes can have a private side. */
const open: readonly object[] = [Date, URL, RegExp, Map, Set, DataView].map(({ prototype }) => prototype)
const typedArrays: unknown = Object.getPrototypeOf(Uint8Array.prototype)

/**
 * What a call runs with, as its schema has made it. What is no JSON stands as an object whose only key is its kind, in
 * brackets. Nothing recurses: it may be as deep as it likes.
 *
 * @param length - characters of a text and entries of a list, of which the rest is only counted; default: all
 */
export function whatRuns(args: unknown, length = Number.POSITIVE_INFINITY): WhatRuns {
  const frames: Frame[] = []
  const within = new Set<object>()
  let json = ''
  let isWhole = true
  let hidden = ''

  /** Begins what is no JSON. */
  const other = (kind: string, isHidden = true): string => {
    isWhole = false
    if (isHidden) hidden ||= kind
    return `{${JSON.stringify(`(${kind})`)}:`
  }

  const write = (value: unknown): void => {
    if (value === null || typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value))
      json += JSON.stringify(shortened(value, length))
    else if (typeof value === 'function') json += `${other('function')}${JSON.stringify(String(value.name))}}`
    else if (typeof value !== 'object')
      json += `${other(typeof value, typeof value === 'symbol')}${JSON.stringify(String(value as number | bigint | symbol | undefined))}}`
    else if (within.has(value)) json += `${other('circular')}null}`
    else begin(value)
  }

  const begin = (of: object): void => {
    const prototype = Object.getPrototypeOf(of) as object | null
    const isPlain = prototype === null || prototype === Object.prototype || Array.isArray(of)
    const content = contentOf(shortened(of, length))
    const isNamed = content === undefined
    // As JSON has it: what is undefined is not there.
    const fields = isNamed ? Object.entries(of).filter(([, one]) => one !== undefined) : []
    if (isPlain) lookAt(of, prototype)
    const start = isPlain ? '' : other(kindOf(of), !isOpen(of, prototype))
    const end = isPlain ? '' : '}'
    if (typeof content === 'string') {
      json += start + JSON.stringify(content) + end
      return
    }
    within.add(of)
    json += start + (isNamed ? '{' : '[')
    frames.push({
      of,
      names: isNamed ? fields.map(([name]) => name) : undefined,
      values: content ?? fields.map(([, one]): unknown => one),
      at: 0,
      end: (isNamed ? '}' : ']') + end,
    })
  }

  /** Fields that are not told, or that say what they like. */
  const lookAt = (of: object, prototype: object | null): void => {
    const keys = Reflect.ownKeys(of)
    if (Array.isArray(of)) {
      if (prototype !== Array.prototype) hidden ||= 'array of a class'
      // It stands behind the elements, and before all else that a list may have.
      if (keys.at(-1) === 'length') keys.pop()
    }
    for (const key of keys) {
      const { get, enumerable } = Reflect.getOwnPropertyDescriptor(of, key) ?? {}
      if (typeof key === 'symbol') isWhole = false
      if (typeof key === 'symbol' || get !== undefined || enumerable !== true) hidden ||= 'field that is no plain one'
    }
  }

  const tell = (value: unknown): void => {
    try {
      write(value)
    } catch (error) {
      json += `${other('unreadable')}${JSON.stringify(String((error as Error | undefined)?.message))}}`
    }
  }

  tell(args)
  for (let frame = frames.at(-1); frame !== undefined && json.length <= longest; frame = frames.at(-1)) {
    const { of, names, values, end } = frame
    const at = frame.at++
    if (at === values.length) {
      json += end
      within.delete(of)
      frames.pop()
      continue
    }
    if (at > 0) json += ','
    if (names !== undefined) json += `${JSON.stringify(names[at])}:`
    tell(values[at])
  }
  if (json.length > longest) return { json: `${json.slice(0, longest)}…`, isWhole: false, hidden: 'text without end' }
  return isWhole || hidden === '' ? { json, isWhole } : { json, isWhole, hidden }
}

/** What stands for it: a text, a list, or its fields where it is neither. */
function contentOf(value: unknown): string | ArrayLike<unknown> | undefined {
  if (Array.isArray(value)) return Array.from<unknown>(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'none' : value.toISOString()
  if (value instanceof URL || value instanceof RegExp) return String(value)
  if (value instanceof Map || value instanceof Set) return [...value]
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined
}

function kindOf(value: object): string {
  const name = (value.constructor as { name?: unknown } | undefined)?.name
  return typeof name === 'string' ? name : 'object'
}

/** Whether there is nothing to it that is not told. */
function isOpen(value: object, prototype: object): boolean {
  const { Buffer } = globalThis as { Buffer?: { prototype: object } }
  if (Object.getPrototypeOf(prototype) === typedArrays || prototype === Buffer?.prototype) {
    const { length } = value as Uint8Array
    return length <= longest && Reflect.ownKeys(value).length === length
  }
  return (
    open.includes(prototype) &&
    Reflect.ownKeys(value).every((key) => key === 'lastIndex' && value instanceof RegExp && value.lastIndex === 0)
  )
}

/** A part of what is long, with the number of what is left out. */
function shortened(value: unknown, length: number): unknown {
  if (Array.isArray(value))
    return value.length <= length ? value : [...value.slice(0, length), `… and ${value.length - length} more`]
  if (typeof value !== 'string' || value.length <= length + 40) return value
  const tail = Math.floor(length / 4)
  return `${value.slice(0, length - tail)}… ${value.length - length} characters …${value.slice(-tail)}`
}
