import { expect, it } from 'vitest'
import { describeIssues } from './describe-issues'

it('tells the first five problems, each by its place', () => {
  const issues = Array.from({ length: 8 }, (_, index) => ({ path: index === 0 ? '' : `/${index}`, message: 'Wrong.' }))
  expect(describeIssues(issues, 'input')).toBe('input: Wrong. /1: Wrong. /2: Wrong. /3: Wrong. /4: Wrong.')
})

it('tells no more of what a library says than people read', () => {
  const long = 'x'.repeat(1_000_000)
  const text = describeIssues([{ path: `/${long}`, message: `Unrecognized key: "${long}"` }], 'input')
  expect(text).toBe(`/${'x'.repeat(499)}…: Unrecognized key: "${'x'.repeat(481)}…`)
})
