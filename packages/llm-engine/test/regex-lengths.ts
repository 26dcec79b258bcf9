import { vi } from 'vitest'

/**
 * The length of the longest text that a regular expression looks through while something is done. Texts beyond a thousand
 * characters match nothing here, so that an expression that takes their length squared is found without waiting for it.
 */
export async function longestForRegex(work: () => unknown): Promise<number> {
  // Everything that matches comes by here: test, replace, split, matchAll (ECMA-262 §22.2.7.1).
  const exec = RegExp.prototype.exec
  let longest = 0
  const spy = vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text: string) {
    longest = Math.max(longest, text.length)
    return text.length > 1000 ? null : exec.call(this, text)
  })
  try {
    await work()
  } finally {
    spy.mockRestore()
  }
  return longest
}
