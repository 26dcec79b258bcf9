import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { discoveryWit, worldWit } from './wit'

it('imports what a bundle uses and nothing else', () => {
  const wit = worldWit(['wasi:config/store@0.2.0-rc.1'])
  expect(wit).toContain(
    'world agent {\n  import wasi:config/store@0.2.0-rc.1;\n  export wasi:http/incoming-handler@0.2.10;\n  export pf:agent/discovery@1.0.0;\n}',
  )
  expect(wit).toContain('package wasi:config@0.2.0-rc.1 {')
  expect(wit).not.toContain('wasi:keyvalue')
  expect(worldWit([])).not.toContain('  import ')
})

it('is the same whatever order the imports come in', () => {
  const imports = [
    'wasi:keyvalue/store@0.2.0-draft2',
    'wasi:keyvalue/atomics@0.2.0-draft2',
    'wasi:config/store@0.2.0-draft-2024-09-27',
  ]
  expect(worldWit(imports)).toBe(worldWit(imports.toReversed()))
  expect(worldWit(imports).match(/package wasi:keyvalue/g)).toHaveLength(1)
})

it('refuses an interface it has no text for', () => {
  expect(() => worldWit(['wasi:sockets/tcp@0.2.0'])).toThrow('No WIT text for wasi:sockets/tcp@0.2.0.')
})

it('is what platform authors are given', () => {
  expect(readFileSync(new URL('./discovery.wit', import.meta.url), 'utf8')).toBe(
    `package pf:agent@1.0.0;\n\n${discoveryWit
      .replace(/^package [^{]+\{\n/, '')
      .replace(/\}\n$/, '')
      .replace(/^ {2}/gm, '')}`,
  )
})
