import { describe, expect, it } from 'vitest'
import { fieldKind, type FieldSchema } from '../../page/form/field-kind'

describe('what a schema is asked with', () => {
  it.each<[FieldSchema | undefined, object]>([
    [undefined, { kind: 'text', input: 'long' }],
    [{ type: 'string' }, { kind: 'text', input: 'text' }],
    [
      { type: 'string', format: 'date' },
      { kind: 'text', input: 'date' },
    ],
    [
      { type: 'string', format: 'email' },
      { kind: 'text', input: 'email' },
    ],
    [
      { type: 'string', format: 'uuid' },
      { kind: 'text', input: 'text' },
    ],
    [
      { type: 'string', maxLength: 4000 },
      { kind: 'text', input: 'long' },
    ],
    [{ type: 'integer' }, { kind: 'number', whole: true }],
    [{ type: ['number', 'null'] }, { kind: 'number', whole: false }],
    [{ type: 'boolean' }, { kind: 'yes-no' }],
    [{ type: ['string', 'number'] }, { kind: 'json' }],
    [{ type: 'object' }, { kind: 'json' }],
    [{ type: 'array', items: { type: 'string' } }, { kind: 'json' }],
    [{}, { kind: 'json' }],
  ])('%j', (schema, kind) => expect(fieldKind(schema)).toEqual(kind))

  it('choices, by their values or by their titles', () => {
    expect(fieldKind({ enum: ['a', 1, false, null] })).toEqual({
      kind: 'choice',
      choices: [
        { value: 'a', label: 'a' },
        { value: 1, label: '1' },
        { value: false, label: 'false' },
        { value: null, label: 'null' },
      ],
    })
    expect(fieldKind({ oneOf: [{ const: 'x', title: 'The first' }, { const: 'y' }] })).toEqual({
      kind: 'choice',
      choices: [
        { value: 'x', label: 'The first' },
        { value: 'y', label: 'y' },
      ],
    })
    expect(fieldKind({ type: 'array', items: { enum: ['a', 'b'] } })).toMatchObject({ kind: 'choices' })
  })

  it('the plain form of several', () => {
    const yes = { type: 'string', enum: ['yes', 'no'] }
    expect(fieldKind({ anyOf: [{ type: 'object' }, { type: 'boolean' }, yes] })).toEqual({ kind: 'yes-no' })
    expect(fieldKind({ anyOf: [{ type: 'object' }, { type: 'string' }] })).toEqual({ kind: 'text', input: 'text' })
    expect(fieldKind({ anyOf: [{ type: 'object' }, { type: 'array' }] })).toEqual({ kind: 'json' })
  })

  it('fields of an object', () => {
    const kind = fieldKind({ type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'] })
    expect(kind).toEqual({
      kind: 'object',
      fields: [
        { name: 'a', schema: { type: 'string' }, required: true },
        { name: 'b', schema: {}, required: false },
      ],
    })
  })
})
