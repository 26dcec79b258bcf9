import type { JsonPatchOperation, JsonValue } from '@pf-agents/agent-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diff } from './diff'
import { applyPatch, isEqual, PatchError } from './json-patch'

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>

describe('a JSON Patch', () => {
  it('that was made of two values makes the one of the other', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const patch = diff(before, after)
        if (patch !== undefined) expect(isEqual(applyPatch(before, patch), after)).toBe(true)
      }),
      { numRuns: 2000, seed: 7 },
    )
  })

  it('changes nothing of the value it is applied to', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const text = JSON.stringify(before)
        applyPatch(before, diff(before, after) ?? [])
        expect(JSON.stringify(before)).toBe(text)
      }),
      { numRuns: 500, seed: 8 },
    )
  })

  it('is short where little has changed', () => {
    const list = Array.from({ length: 200 }, (_, id) => ({ id, done: false }))
    const next = list.map((one) => (one.id === 100 ? { ...one, done: true } : one))
    expect(diff({ list }, { list: next })).toEqual([{ op: 'replace', path: '/list/100/done', value: true }])
    expect(diff({ list }, { list: list.slice(1) })).toEqual([{ op: 'remove', path: '/list/0' }])
  })

  it.each<[string, JsonValue, JsonPatchOperation[], JsonValue]>([
    ['adds behind the last', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    ['adds between', [1, 3], [{ op: 'add', path: '/1', value: 2 }], [1, 2, 3]],
    ['replaces the whole', { a: 1 }, [{ op: 'replace', path: '', value: null }], null],
    ['moves', { a: 1, b: {} }, [{ op: 'move', from: '/a', path: '/b/c' }], { b: { c: 1 } }],
    ['copies', { a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }], { a: [1], b: [1] }],
    ['tests', { a: { b: [1] } }, [{ op: 'test', path: '/a', value: { b: [1] } }], { a: { b: [1] } }],
    ['reads escapes', { '~/': 1 }, [{ op: 'replace', path: '/~0~1', value: 2 }], { '~/': 2 }],
    ['takes an empty name', { '': 1 }, [{ op: 'remove', path: '/' }], {}],
  ])('%s', (_name, before, patch, after) => {
    expect(applyPatch(before, patch)).toEqual(after)
  })

  it.each<[string, JsonValue, unknown]>([
    ['removes what is not there', {}, [{ op: 'remove', path: '/a' }]],
    ['replaces what is not there', {}, [{ op: 'replace', path: '/a', value: 1 }]],
    ['adds into nothing', {}, [{ op: 'add', path: '/a/b', value: 1 }]],
    ['adds beyond the end', [1], [{ op: 'add', path: '/2', value: 1 }]],
    ['counts with leading zeros', [1, 2], [{ op: 'remove', path: '/01' }]],
    ['replaces behind the last', [1], [{ op: 'replace', path: '/-', value: 1 }]],
    ['tests for another value', { a: 1 }, [{ op: 'test', path: '/a', value: '1' }]],
    ['moves into itself', { a: { b: 1 } }, [{ op: 'move', from: '/a', path: '/a/b' }]],
    ['removes the whole', {}, [{ op: 'remove', path: '' }]],
    ['has no value', {}, [{ op: 'add', path: '/a' }]],
    ['has no pointer', {}, [{ op: 'add', path: 'a', value: 1 }]],
    ['has a wrong escape', {}, [{ op: 'add', path: '/~2', value: 1 }]],
    ['reaches for a prototype', {}, [{ op: 'add', path: '/__proto__/a', value: 1 }]],
    ['reaches for it another way', {}, [{ op: 'add', path: '/constructor/prototype', value: 1 }]],
    ['has an unknown operation', {}, [{ op: 'merge', path: '/a', value: 1 }]],
    ['is no list', {}, { op: 'add', path: '/a', value: 1 }],
    ['has something that is no operation', {}, [null]],
  ])('is refused whole where it %s', (_name, document, patch) => {
    const first = Array.isArray(patch) && Array.isArray(document) ? [] : [{ op: 'add', path: '/first', value: 1 }]
    const all = Array.isArray(patch) ? [...first, ...(patch as [])] : patch
    expect(() => applyPatch(document, all as JsonPatchOperation[])).toThrow(PatchError)
    expect(document).not.toHaveProperty('first')
  })
})
