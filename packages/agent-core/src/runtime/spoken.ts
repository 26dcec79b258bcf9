import type { Interrupt, InterruptAnswer } from '../interrupt/interrupt'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json'
import { takesText } from '../schema/compile-json'

/** What a question is called by people: what its answer fills. */
export function nameOf({ slot, id }: Interrupt): string {
  return slot ?? id
}

/**
 * A text as the answer to a question: one of its options however it is spelled, several of them with commas between;
 * where the question does not take text, what the text says as JSON (`3`, `true`). Takes time in proportion to the text.
 */
export function spoken({ schema }: Interrupt, text: string): JsonValue {
  if (schema === undefined) return text
  const options = optionsOf(schema)
  if (options !== undefined) return optionsIn(options)(text) ?? text
  if (takesText(schema)) return text
  const small = bare(text).toLowerCase()
  try {
    return JSON.parse(small === 'true' || small === 'false' ? small : text) as JsonValue
  } catch {
    return listed(manyOf(schema) ?? [], text) ?? text
  }
}

/**
 * The answers of a text that names a question at the beginning of each line: `city: Rome`. Nothing where a line names
 * none, or it can't be told which: people are asked again rather than misunderstood.
 */
export function spokenByName(questions: readonly Interrupt[], text: string): InterruptAnswer[] {
  const answers = new Map<string, InterruptAnswer>()
  const most = linesPerQuestion * questions.length
  const lines = text.trim().split('\n', most + 1)
  if (lines.length > most) return []
  for (const written of lines) {
    const trimmed = written.trim()
    const line = trimmed.startsWith('- ') || trimmed.startsWith('* ') ? trimmed.slice(2).trimStart() : trimmed
    if (line === '') continue
    let one: Interrupt | undefined
    let said = ''
    for (const question of questions) {
      const behind = after(line, question)
      if (behind === undefined || (one !== undefined && nameOf(one).length >= nameOf(question).length)) continue
      one = question
      said = behind
    }
    if (one === undefined || answers.has(one.id) || namesAnother(questions, one, said)) return []
    answers.set(one.id, { interruptId: one.id, status: 'resolved', payload: spoken(one, said) })
  }
  return [...answers.values()]
}

/** Lines of a text that answers by names, empty ones among them. */
const linesPerQuestion = 8

/** What a question may be answered with in words, where that is one of a few texts. */
export function optionsOf(schema: JsonObject): readonly string[] | undefined {
  const { enum: values, anyOf } = schema
  if (Array.isArray(values)) return values.every((value) => typeof value === 'string') ? values : undefined
  if (!Array.isArray(anyOf)) return undefined
  const ways = anyOf.filter(takesText).map((one) => (isJsonObject(one) ? optionsOf(one) : undefined))
  return ways.length > 0 && !ways.includes(undefined) ? ways.flatMap((one) => one ?? []) : undefined
}

/** What a question may be answered with, where that is a list of a few texts. */
export function manyOf({ type, items }: JsonObject): readonly string[] | undefined {
  return type === 'array' && isJsonObject(items) ? optionsOf(items) : undefined
}

/** What a line says behind the name of a question. */
function after(line: string, question: Interrupt): string | undefined {
  for (const name of namesOf(question)) {
    if (line.slice(0, name.length).toLowerCase() !== name) continue
    const rest = line.slice(name.length).trimStart()
    if (isSign(rest[0])) return rest.slice(1).trimStart()
  }
  return undefined
}

/** Whether a line goes on with the answer to another question: of `a: 1, b: 2` nobody knows what `a` is. */
function namesAnother(questions: readonly Interrupt[], own: Interrupt, said: string): boolean {
  const text = said.toLowerCase()
  for (const name of questions.flatMap((one) => (one === own ? [] : namesOf(one)))) {
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
      let end = at + name.length
      while (isBlank(text[end])) end++
      if (isSign(text[end]) && !/[\w-]/.test(text[at - 1] ?? '')) return true
    }
  }
  return false
}

function namesOf({ slot, id }: Interrupt): string[] {
  return [slot, id].flatMap((name) => (name === undefined || name.trim() === '' ? [] : name.trim().toLowerCase()))
}

/** Stands between the name of a question and its answer. */
function isSign(character: string | undefined): boolean {
  return character === ':' || character === '='
}

function isBlank(character: string | undefined): boolean {
  return character?.trim() === ''
}

/** Finds the option that is meant, where it is one: as it is written, in small letters, or as no other one is spelled. */
function optionsIn(options: readonly string[]): (text: string) => string | undefined {
  const written = new Set(options)
  const spelled = new Map<string, string | undefined>()
  for (const option of written) {
    const word = bare(option).toLowerCase()
    spelled.set(word, spelled.has(word) ? undefined : option)
  }
  return (text) => {
    const word = bare(text)
    const small = word.toLowerCase()
    return [text, text.trim(), word, small].find((one) => written.has(one)) ?? spelled.get(small)
  }
}

/** A text without what stands around a word: blanks, and what closes a sentence. */
function bare(text: string): string {
  const trimmed = text.trim()
  let end = trimmed.length
  while (end > 0 && (isBlank(trimmed[end - 1]) || '.!,;'.includes(trimmed[end - 1] as string))) end--
  return end === 0 ? trimmed : trimmed.slice(0, end)
}

/** The options that a list in words has. An option may have commas itself. What is far longer than all of them is no list. */
function listed(options: readonly string[], text: string): string[] | undefined {
  if (text.length > 1_000 + 10 * options.join().length) return undefined
  const chosen = optionsIn(options)
  const lengths = [...new Set(options.map((option) => piecesOf(option).length))].sort((a, b) => b - a)
  const pieces = piecesOf(text)
  const all = new Set<string>()
  for (let at = 0; at < pieces.length;) {
    const from = at
    for (const length of lengths) {
      const one = chosen(pieces.slice(at, at + length).join(','))
      if (one === undefined) continue
      all.add(one)
      at += length
      break
    }
    if (at === from) return undefined
  }
  return all.size === 0 ? undefined : [...all]
}

function piecesOf(list: string): string[] {
  return list.split(/[,;\n]/).filter((piece) => piece.trim() !== '')
}
