import type { Interrupt, InterruptAnswer } from '../interrupt/interrupt'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json'
import { takesText } from '../schema/compile-json'

/** What a question is called by people: what its answer fills. */
export function nameOf({ slot, id }: Interrupt): string {
  return slot ?? id
}

/**
 * A text as the answer to a question: one of its options however it is spelled, several of them with commas between;
 * where the question does not take text, what the text says as JSON (`3`, `true`).
 */
export function spoken({ schema }: Interrupt, text: string): JsonValue {
  if (schema === undefined) return text
  const options = optionsOf(schema)
  if (options !== undefined) return options.includes(text) ? text : (chosen(options, text) ?? text)
  if (takesText(schema)) return text
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    const several = manyOf(schema)
    return (several && listed(several, text)) ?? text
  }
}

/**
 * The answers of a text that names a question at the beginning of each line: `city: Rome`. Nothing where a line names
 * none, or it can't be told which: people are asked again rather than misunderstood.
 */
export function spokenByName(open: readonly Interrupt[], text: string): InterruptAnswer[] {
  const answers = new Map<string, InterruptAnswer>()
  for (const written of text.split('\n')) {
    const line = written.trim().replace(/^[-*] /, '')
    if (line === '') continue
    const one = open.filter((question) => after(line, question) !== undefined).sort(longestName)[0]
    const said = one && after(line, one)
    if (one === undefined || said === undefined || answers.has(one.id) || namesAnother(open, one, said)) return []
    answers.set(one.id, { interruptId: one.id, status: 'resolved', payload: spoken(one, said) })
  }
  return [...answers.values()]
}

/** What a question may be answered with, where that is one of a few texts. */
export function optionsOf(schema: JsonObject): readonly string[] | undefined {
  const values = schema['enum']
  return Array.isArray(values) && values.every((value) => typeof value === 'string') ? values : undefined
}

/** What a question may be answered with, where that is a list of a few texts. */
export function manyOf({ type, items }: JsonObject): readonly string[] | undefined {
  return type === 'array' && isJsonObject(items) ? optionsOf(items) : undefined
}

/** What a line says behind the name of a question. */
function after(line: string, question: Interrupt): string | undefined {
  for (const name of [nameOf(question), question.id]) {
    if (!folded(line).startsWith(folded(name))) continue
    const [, said] = /^\s*[:=]\s*(.*)$/.exec(line.slice(name.length)) ?? []
    if (said !== undefined) return said
  }
  return undefined
}

/** Whether a line goes on with the answer to another question: of `a: 1, b: 2` nobody knows what `a` is. */
function namesAnother(open: readonly Interrupt[], own: Interrupt, said: string): boolean {
  const words = folded(said).split(/[\s,;]+/)
  return open.some((one) => one !== own && words.some((word) => word.startsWith(`${folded(nameOf(one))}:`)))
}

function longestName(a: Interrupt, b: Interrupt): number {
  return nameOf(b).length - nameOf(a).length
}

/** The option that is meant, where it is one. */
function chosen(options: readonly string[], text: string): string | undefined {
  const [one, ...others] = options.filter((option) => folded(option) === folded(text))
  return others.length === 0 ? one : undefined
}

/** The options that a list in words has. An option may have commas itself. */
function listed(options: readonly string[], text: string): string[] | undefined {
  const pieces = text.split(/[,;\n]/).filter((piece) => piece.trim() !== '')
  const all: string[] = []
  for (let from = 0; from < pieces.length;) {
    let to = Math.min(pieces.length, from + 8)
    let one: string | undefined
    for (; to > from && one === undefined; to--) one = chosen(options, pieces.slice(from, to).join(','))
    if (one === undefined) return undefined
    all.push(one)
    from = to + 1
  }
  return all.length === 0 ? undefined : [...new Set(all)]
}

function folded(text: string): string {
  return text.trim().toLowerCase()
}
