/** Values cross into a guest and back: through flat parameters, through memory, and as parameters in memory. */
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { describe, expect, test } from 'vitest'
import { ComponentInstance, prepareComponent } from '../component-instance'
import { linkComponent } from '../link-component'
import { codecOf } from './codec-of'
import { wasm } from '../../wasm-engine'

type Passing = (value: unknown) => unknown

/**
 * A component whose `run` hands its parameter to the host's `pass` and gives back what that returned. The parser checks
 * the core signature made from our own flattening against the component's types.
 */
async function passing(type: string, host: Passing): Promise<{ run: Passing; instance: ComponentInstance }> {
  const build = async (flat: readonly string[], results: number) => {
    const spilled = flat.length > 16
    const params = spilled ? ['i32'] : flat
    const param = `(param ${params.join(' ')})`
    const gets = params.map((_, index) => `(local.get ${index})`).join('')
    const far = results > 1
    return parse(`(component
      (import "test:pass/types" (instance $host (type $t' ${type}) (export "t" (type $t (eq $t'))) (export "pass" (func (param "it" $t) (result $t)))))
      (alias export $host "pass" (func $pass)) (alias export $host "t" (type $t))
      (core module $libc
        (memory (export "memory") 2) (global $next (mut i32) (i32.const 4096))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
          (local.set $at (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1))) (i32.sub (i32.const 0) (local.get 2))))
          (global.set $next (i32.add (local.get $at) (local.get 3))) (local.get $at)))
      (core instance $libc (instantiate $libc))
      (core func $lowered (canon lower (func $pass) (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
      (core module $main
        (import "host" "pass" (func $pass ${far ? `(param ${[...params, 'i32'].join(' ')})` : `${param} (result ${flat[0]})`}))
        (func (export "run") ${param} (result ${far ? 'i32' : flat[0]})
          ${far ? `(call $pass ${gets} (i32.const 1024)) (i32.const 1024)` : `(call $pass ${gets})`}))
      (core instance $main (instantiate $main (with "host" (instance (export "pass" (func $lowered))))))
      (func $run (param "it" $t) (result $t) (canon lift (core func $main "run") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
      (instance $out (export "run" (func $run)))
      (export "test:pass/out" (instance $out)))`)
  }
  // A first, flat guess gives the type; its flattening then gives the signature.
  const typed = linkComponent(
    await parse(`(component (import "test:pass/types" (instance $host (type $t' ${type}) (export "t" (type $t (eq $t'))) (export "pass" (func (result $t)))))
      (alias export $host "pass" (func $f)) (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable))
      (core instance $i (instantiate $m)) (core func (canon lower (func $f) (memory (core memory $i "m")) (realloc (core func $i "r")))))`),
  ).plan.lowered[0]?.type.result
  if (!typed) throw new Error(`no type in ${type}`)
  const { flat } = codecOf(typed)
  const { plan, modules } = linkComponent(await build(flat, flat.length))
  const instance = new ComponentInstance(
    prepareComponent(
      plan,
      modules.map((module) => new wasm.Module(module)),
    ),
    () => undefined,
  )
  instance.begin({ 'test:pass/types': { pass: host } })
  return { run: instance.exports['test:pass/out']?.['run'] as Passing, instance }
}

const some = '(option u8)'
const cases: [type: string, values: unknown[]][] = [
  ['bool', [true, false]],
  ['u8', [0, 255]],
  ['s8', [-128, 127]],
  ['u16', [0, 65_535]],
  ['s16', [-32_768, 32_767]],
  ['u32', [0, 4_294_967_295]],
  ['s32', [-2_147_483_648, 2_147_483_647]],
  ['u64', [0n, 2n ** 64n - 1n]],
  ['s64', [-(2n ** 63n), 2n ** 63n - 1n]],
  ['f32', [0.5, -0, Infinity]],
  ['f64', [0.1, -1e300]],
  ['char', ['a', '😀', '\u0000']],
  ['string', ['', 'plain', 'grüße 😀', '\ufefftext', 'a\u0000b']],
  ['(list u8)', [new Uint8Array(0), Uint8Array.of(1, 2, 255)]],
  ['(list u16)', [[], [1, 65_535]]],
  ['(list string)', [[], ['a', '', 'ccc']]],
  [
    '(list (tuple u8 u64 string))',
    [
      [
        [1, 2n, 'x'],
        [255, 2n ** 64n - 1n, ''],
      ],
    ],
  ],
  ['(record (field "a-field" u8) (field "b" u64) (field "c" string))', [{ aField: 7, b: 9n, c: 'see' }]],
  ['(tuple u8 u16 u8 u32)', [[1, 2, 3, 4]]],
  ['(flags "one" "two-words" "three")', [{ one: true, twoWords: false, three: true }]],
  ['(enum "first" "second")', ['first', 'second']],
  ['(option string)', [undefined, '', 'some']],
  [some, [undefined, 0]],
  [
    '(result u32 (error string))',
    [
      { tag: 'ok', val: 3 },
      { tag: 'err', val: 'why' },
    ],
  ],
  ['(result (error u8))', [{ tag: 'ok' }, { tag: 'err', val: 1 }]],
  [
    '(variant (case "none") (case "small" u8) (case "wide" u64) (case "real" f32) (case "long" f64) (case "text" string))',
    [
      { tag: 'none' },
      { tag: 'small', val: 200 },
      { tag: 'wide', val: 2n ** 63n },
      { tag: 'real', val: -0.5 },
      { tag: 'long', val: 1.25e-300 },
      { tag: 'text', val: 'text' },
    ],
  ],
  [
    `(variant (case "whole" u32) (case "real" f32))`,
    [
      { tag: 'whole', val: 4_294_967_295 },
      { tag: 'real', val: 1.5 },
    ],
  ],
  [
    `(tuple ${Array.from({ length: 17 }, (_, index) => (index % 2 ? 'u64' : 'u8')).join(' ')})`,
    [Array.from({ length: 17 }, (_, index) => (index % 2 ? BigInt(index) : index))],
  ],
]

describe('values', () => {
  test.each(cases)('%s', async (type, values) => {
    const seen: unknown[] = []
    const isResult = type.startsWith('(result')
    const { run } = await passing(type, (value) => {
      seen.push(value)
      if (!isResult) return value
      const { tag, val } = value as { tag: string; val?: unknown }
      if (tag === 'err') throw val
      return val
    })
    for (const value of values) {
      if (!isResult) {
        expect(run(value)).toEqual(value)
        continue
      }
      const { tag, val } = value as { tag: string; val?: unknown }
      if (tag === 'ok') expect(run(value)).toEqual(val)
      else expect(() => run(value)).toThrow(expect.objectContaining({ payload: val }))
    }
    expect(seen).toEqual(values)
  })

  test('lone surrogates become what UTF-8 has for them', async () => {
    const { run } = await passing('string', (value) => value)
    expect(run('a\ud800b')).toBe('a\ufffdb')
  })

  test.each([
    ['u8', 256, /no whole number/],
    ['u8', 1.5, /no whole number/],
    ['u64', 2n ** 64n, /does not fit/],
    ['string', 5, /a string was expected/],
    ['(enum "one")', 'two', /none of one/],
    ['(variant (case "one"))', { tag: 'two' }, /none of one/],
  ])('a host value that is no %s is refused, not bent: %s', async (type, value, reason) => {
    const { run } = await passing(type, () => value)
    const sound =
      type === 'string' ? '' : type === 'u64' ? 1n : type === 'u8' ? 1 : type.includes('enum') ? 'one' : { tag: 'one' }
    expect(() => run(sound)).toThrow(reason)
  })
})

describe('a guest that breaks the rules', () => {
  const guest = async (body: string, type = '(list u8)') => {
    const { plan, modules } = linkComponent(
      await parse(`(component
        (import "test:x/y" (instance $host (export "thing" (type $thing (sub resource))) (export "put" (func (param "it" ${type}))) (export "hold" (func (param "it" (borrow $thing))))))
        (alias export $host "put" (func $put)) (alias export $host "hold" (func $hold))
        (core module $libc (memory (export "memory") 1))
        (core instance $libc (instantiate $libc))
        (core func $lput (canon lower (func $put) (memory (core memory $libc "memory")))) (core func $lhold (canon lower (func $hold)))
        (core module $m (import "h" "put" (func $put (param i32 i32))) (import "h" "hold" (func $hold (param i32))) (func (export "run") ${body}))
        (core instance $i (instantiate $m (with "h" (instance (export "put" (func $lput)) (export "hold" (func $lhold))))))
        (func $run (canon lift (core func $i "run")))
        (instance $out (export "run" (func $run))) (export "test:x/out" (instance $out)))`),
    )
    const instance = new ComponentInstance(
      prepareComponent(
        plan,
        modules.map((module) => new wasm.Module(module)),
      ),
      () => undefined,
    )
    const got: unknown[] = []
    instance.begin({
      'test:x/y': { put: (it: unknown) => void got.push(it), hold: (it: unknown) => void got.push(it) },
    })
    return { run: instance.exports['test:x/out']?.['run'] as () => void, got, instance }
  }

  test.each([
    [
      'an address outside of its memory',
      '(call $put (i32.const 65530) (i32.const 100))',
      '(list u8)',
      /outside of its memory/,
    ],
    ['a length that wraps around', '(call $put (i32.const 8) (i32.const -1))', '(list u8)', /outside of its memory/],
    ['a list between addresses', '(call $put (i32.const 1) (i32.const 1))', '(list u32)', /between addresses/],
    ['a handle it was never given', '(call $hold (i32.const 1))', '(list u8)', /is no test:x\/y#thing/],
    ['a negative handle', '(call $hold (i32.const -1))', '(list u8)', /is no test:x\/y#thing/],
  ])('%s ends it', async (_, body, type, reason) => {
    const { run, got } = await guest(body, type)
    expect(run).toThrow(reason)
    expect(got).toEqual([])
  })

  test('bytes that are not UTF-8 are no string', async () => {
    const { run } = await guest('(call $put (i32.const 0) (i32.const 1))', 'string')
    expect(run).not.toThrow()
    const bad = await guest('(call $put (i32.const 0) (i32.const 1))', 'string')
    const memory = bad.instance.core[0]?.exports['memory'] as { buffer: ArrayBuffer }
    new Uint8Array(memory.buffer)[0] = 0xff
    expect(bad.run).toThrow('not UTF-8')
  })

  test('handles of another resource and of an earlier instance are worth nothing', async () => {
    const { run, got, instance } = await guest('(call $hold (i32.const 1))')
    const thing = { name: 'thing' }
    expect(instance.handles.add('test:x/y#thing', thing)).toBe(1)
    run()
    expect(got).toEqual([thing])
    instance.handles.remove('test:x/y#thing', 1)
    instance.handles.add('test:x/y#other', {})
    expect(run).toThrow(/is no test:x\/y#thing/)
    instance.handles.clear()
    instance.handles.add('test:x/y#thing', thing)
    const imports = instance.imports
    instance.begin(imports)
    expect(run).toThrow(/is no test:x\/y#thing/)
  })
})
