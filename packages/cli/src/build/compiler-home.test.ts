import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { compilerHome } from './compiler-home'

let folder: string
let bad: string
let good: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pf-home-'))
  good = join(folder, 'good')
  bad = join(folder, 'bad')
  mkdirSync(good)
  // What nobody can make a directory in, root included.
  writeFileSync(bad, '')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('is the recorded one where that can be written to, and nothing is made there', () => {
  expect(compilerHome([folder], () => good)).toBeUndefined()
  expect(readdirSync(good)).toEqual([])
})

it('is another one where the recorded one can not be written to, or is not recorded', () => {
  const none = () => {
    throw new Error('no such user')
  }
  for (const recorded of [() => bad, none]) expect(compilerHome([bad, good, folder], recorded)).toBe(good)
})
