import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { longestFirst, slowest } from './longest-first.mjs'

const root = join(import.meta.dirname, '../..')

it('starts the slowest files first, then those with components, then the rest in the order they came', () => {
  const [first, second] = slowest as [string, string]
  const rest = ['packages/b/src/b.test.ts', 'packages/a/src/a.test.ts']
  const component = 'packages/a/test/new.component.test.ts'
  expect(longestFirst([...rest, second, component, first])).toEqual([first, second, component, ...rest])
})

it('lists each file once, and only files that are there', () => {
  expect(new Set(slowest).size).toBe(slowest.length)
  expect(slowest.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
