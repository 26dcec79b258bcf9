import type { Interrupt } from '../interrupt/interrupt'
import { isJsonObject, type JsonObject } from '../model/json'
import { manyOf, nameOf, optionsOf } from './spoken'

/** What is asked, as a message says it; of several questions each with its name, and how they are answered. */
export function promptParts(interrupts: readonly Interrupt[]): { text: string }[] {
  const [first] = interrupts
  if (first === undefined || interrupts.length === 1) return interrupts.map(({ prompt }) => ({ text: prompt }))
  const questions = interrupts.map((one) => ({
    text: `${nameOf(one)}: ${one.prompt}${inBrackets(one, howToAnswer(one))}`,
  }))
  return [
    ...questions,
    { text: `Answer each on a line of its own that begins with its name, as in "${nameOf(first)}: …".` },
  ]
}

/** How a question is answered in words; `undefined` where any text will do, or only its schema can say it. */
export function howToAnswer({ kind, schema }: Interrupt): string | undefined {
  if (kind === 'approval') return 'Answer yes or no.'
  return schema && howToFit(schema)
}

function howToFit(schema: JsonObject): string | undefined {
  const options = optionsOf(schema)
  if (options !== undefined) return `Answer with one of: ${spellings(options).join(', ')}.`
  const several = manyOf(schema)
  if (several !== undefined) return `Answer with one or more of these, with commas between: ${several.join(', ')}.`
  const { type, anyOf, properties } = schema
  if (type === 'boolean') return 'Answer true or false.'
  if (type === 'integer') return 'Answer with a whole number.'
  if (type === 'number') return 'Answer with a number.'
  if (Array.isArray(anyOf)) {
    const ways = anyOf.flatMap((one) => (isJsonObject(one) ? (howToFit(one) ?? []) : []))
    return ways.at(-1)
  }
  if (type !== 'object' || !isJsonObject(properties)) return undefined
  const fields = Object.entries(properties).map(([name, of]) =>
    isJsonObject(of) && typeof of['type'] === 'string' ? `${name} (${of['type']})` : name,
  )
  return `Answer with data, or its JSON, that has: ${fields.join(', ')}.`
}

/** Each word once, however many ways of writing it there are. */
function spellings(options: readonly string[]): string[] {
  const words = new Map<string, string>()
  for (const option of options) if (!words.has(option.toLowerCase())) words.set(option.toLowerCase(), option)
  return words.size < options.length ? [...words.values()] : [...options]
}

/** What is said behind a question; behind a list, on a line of its own. */
export function inBrackets({ prompt }: Interrupt, text: string | undefined): string {
  return text === undefined ? '' : `${prompt.includes('\n') ? '\n' : ' '}(${text})`
}
