import { type Check, eachMember, type Members, wrongIf } from './check'
import { count, each, type Keywords, one, type Part, schema, schemas, type Takes } from './keyword'
import { numberOf } from './of-any'
import { unevaluated } from './of-objects'

const flag: Takes = [(given) => typeof given === 'boolean', 'true or false']

/** What is said of lists. */
export const ofLists: Keywords = {
  minItems: [
    count,
    (least: number) =>
      ({ length }: unknown[]) =>
        wrongIf(length < least, () => `Array has too few items (${length} < ${least}).`),
  ],
  maxItems: [
    count,
    (most: number) =>
      ({ length }: unknown[]) =>
        wrongIf(length > most, () => `Array has too many items (${length} > ${most}).`),
  ],
  prefixItems: [schemas, first],
  // A list is what `prefixItems` is called in older drafts, still met; `additionalItems` are its `items`.
  items: [
    schema,
    (given: unknown, part, keyword) =>
      Array.isArray(given) ? first(given, part, keyword) : rest(given, part, keyword, part.schema['prefixItems'] ?? []),
  ],
  additionalItems: [
    schema,
    (given: unknown, part, keyword) => {
      const { items } = part.schema
      return Array.isArray(items) ? rest(given, part, keyword, items) : undefined
    },
  ],
  minContains: [count],
  maxContains: [count],
  contains: [
    schema,
    (given: unknown, part, keyword) => {
      const check = one(given, part, keyword)
      const { minContains = 1, maxContains = Infinity } = part.schema as Record<string, number>
      return (value: unknown[], run, seen) => {
        let found = 0
        for (const [index, item] of value.entries()) {
          if (check(item, run.first) !== undefined) continue
          found++
          seen?.add(index)
        }
        return wrongIf(
          found < minContains || found > maxContains,
          () =>
            `Array must contain at ${found < minContains ? `least ${minContains}` : `most ${maxContains}`} items matching schema. ${found} items were found.`,
        )
      }
    },
  ],
  unevaluatedItems: [schema, unevaluated],
  uniqueItems: [
    flag,
    (given: boolean) => (value: unknown[], run) => {
      const at = new Map<number, number>()
      for (const [index, item] of given ? value.entries() : []) {
        const number = numberOf(item, run)
        const before = at.get(number)
        if (before !== undefined) return wrongIf(true, () => `Duplicate items at indexes ${before} and ${index}.`)
        at.set(number, index)
      }
      return undefined
    },
  ],
}

/** Each of the first by a schema of its own. */
function first(given: unknown[], part: Part, keyword: string): Check<Members> {
  const checks = each(given, part, keyword)
  return eachMember((index) => checks[index as number])
}

/** All after the first. */
function rest(given: unknown, part: Part, keyword: string, before: unknown): Check<Members> {
  const check = one(given, part, keyword)
  const { length } = before as unknown[]
  return eachMember((index) => (index as number) >= length && check)
}
