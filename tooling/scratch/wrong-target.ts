import { beforeAll, expect, it } from 'vitest'
import { compile } from './compile'

/**
 * Tests of what the compiler says of features on the wrong target.
 *
 * @param head - what all programs begin with
 * @param wrong - programs by their file, each with the one sentence that it is refused with
 * @param right - a program that nothing is said of
 */
export function testTargetTypes(
  head: string,
  wrong: Readonly<Record<string, readonly [code: string, sentence: string]>>,
  right: string,
): void {
  let said: Record<string, string>
  beforeAll(() => {
    const files = Object.entries(wrong).map(([name, [code]]) => [name, head + code])
    said = compile({ ...Object.fromEntries(files), 'right.ts': head + right })
  })

  it.each(Object.entries(wrong))('a feature on the wrong target is a compile error: %s', (name, [, sentence]) => {
    expect(said[name]).toContain(sentence)
    expect(said[name]?.match(/error TS/g)).toHaveLength(1)
  })

  it('takes what fits', () => {
    expect(said['right.ts']).toBe('')
  })
}
