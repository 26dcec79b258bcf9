import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratch } from '../scratch/scratch'
import { completeSpecifiers } from './specifiers.mjs'

it('names the file of every relative import in declarations', () => {
  const folder = scratch({
    'index.d.ts': [
      "import { type A } from './a'",
      "export * from './folder'",
      'export type B = import("./a").A',
      "import 'node:fs'",
      "export { c } from 'package'",
      "export { d } from './done.js'",
    ].join('\n'),
    'a.d.ts': 'export type A = 1',
    'folder/index.d.ts': "export type C = import('..').B\nexport { type A } from '../a'\nexport type D = import('.').C",
  })
  completeSpecifiers(folder)
  expect(readFileSync(join(folder, 'index.d.ts'), 'utf8')).toBe(
    [
      "import { type A } from './a.js'",
      "export * from './folder/index.js'",
      'export type B = import("./a.js").A',
      "import 'node:fs'",
      "export { c } from 'package'",
      "export { d } from './done.js'",
    ].join('\n'),
  )
  expect(readFileSync(join(folder, 'folder/index.d.ts'), 'utf8')).toBe(
    "export type C = import('../index.js').B\nexport { type A } from '../a.js'\nexport type D = import('./index.js').C",
  )
})

it('leaves examples in comments and strings alone', () => {
  const text = [
    "/** Don't `import agent from './agent'`. */",
    "// import x from './y'",
    "export type Media = 'text/*' | \"import './z'\"",
    "export type Path = `from './${string}'`",
    "export { a } from './a'",
    '/** ends with */',
  ].join('\n')
  const folder = scratch({ 'index.d.ts': text, 'a.d.ts': 'export declare const a: 1' })
  completeSpecifiers(folder)
  expect(readFileSync(join(folder, 'index.d.ts'), 'utf8')).toBe(text.replace("'./a'", "'./a.js'"))
})

it('stops at an import of a declaration that was not written', () => {
  const folder = scratch({ 'index.d.ts': "export * from './gone'" })
  expect(() => completeSpecifiers(folder)).toThrow('imports ./gone, for which no declaration was written')
})
