import { eachMember, wrongIf } from './check'
import { count, each, type Keywords, one, schema, schemas } from './keyword'
import { print } from './of-any'
import { unevaluated } from './of-objects'

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
  prefixItems: [
    schemas,
    (given: unknown[], part, keyword) => {
      const checks = each(given, part, keyword)
      return eachMember((index) => checks[index as number])
    },
  ],
  items: [
    schema,
    (given: unknown, part, keyword) => {
      const check = one(given, part, keyword)
      const { prefixItems = [] } = part.schema as Record<string, unknown[]>
      return eachMember((index) => (index as number) >= prefixItems.length && check)
    },
  ],
  minContains: [count],
  maxContains: [count],
  contains: [
    schema,
    (given: unknown, part, keyword) => {
      const check = one(given, part, keyword)
      const { minContains = 1, maxContains = Infinity } = part.schema as Record<string, number>
      return (value: unknown[], _, seen) => {
        let found = 0
        for (const [index, item] of value.entries()) {
          if (check(item, true) !== undefined) continue
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
    schema,
    (given: unknown) => (value: unknown[]) => {
      const at = new Map<string, number>()
      for (const [index, item] of given === true ? value.entries() : []) {
        const text = print(item)
        const before = at.get(text)
        if (before !== undefined) return wrongIf(true, () => `Duplicate items at indexes ${before} and ${index}.`)
        at.set(text, index)
      }
      return undefined
    },
  ],
}
