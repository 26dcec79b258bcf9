import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { rankOf, slowest } from './longest-first.mjs'

const root = join(import.meta.dirname, '../..')

it('starts the slowest files first, then those with components, then the rest', () => {
  const [first, second] = slowest as [string, string]
  const [other, component] = ['packages/b/src/b.test.ts', 'packages/a/test/new.component.test.ts']
  const sorted = [other, second, component, first].toSorted((a, b) => rankOf(a) - rankOf(b))
  expect(sorted).toEqual([first, second, component, other])
})

it('lists each file once, and only files that are there', () => {
  expect(new Set(slowest).size).toBe(slowest.length)
  expect(slowest.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
