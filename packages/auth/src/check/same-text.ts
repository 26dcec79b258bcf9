/**
 * Whether two texts are equal, in a time that tells nothing of the secret one: every byte of what was presented is
 * looked at, wherever the first difference is. (Neither a component nor the Web Crypto API has such a comparison.)
 */
export function sameText(secret: string, presented: string): boolean {
  const encoder = new TextEncoder()
  const expected = encoder.encode(secret)
  const given = encoder.encode(presented)
  let difference = expected.length ^ given.length
  for (let at = 0; at < given.length; at++) {
    difference |= (given[at] as number) ^ (expected[at % (expected.length || 1)] ?? 0)
  }
  return difference === 0 && expected.length > 0
}
