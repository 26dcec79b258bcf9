import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { buildGuest } from '../../test/build-guest'
import { testGuest } from '../../test/test-guest'
import { Malformed } from '../cache/core/binary'
import { linkComponent } from './link-component'
import { Unsupported } from './unsupported'
import { wasm } from '../wasm-engine'

const link = async (text: string) => linkComponent(await parse(text))

describe('a component of componentize-js', () => {
  test('gives its modules in order, the host functions between them, and its exports', async () => {
    const { plan, modules } = linkComponent(new Uint8Array(await readFile(await buildGuest(testGuest))))
    expect(modules).toHaveLength(plan.steps.length)
    for (const module of modules) expect(wasm.validate(module)).toBe(true)
    expect(plan.exports.map(({ interface: owner, name }) => `${owner}#${name}`)).toEqual([
      'wasi:http/incoming-handler#handle',
      'pf:agent/discovery#configure-agent',
    ])
    expect(plan.interfaces.imports).toContain('wasi:keyvalue/atomics@0.2.0-draft2')
    const poll = plan.lowered.find(({ interface: owner, name }) => owner === 'wasi:io/poll' && name === 'poll')
    const pollable = expect.stringMatching(/^wasi:io\/poll@0\.2\.\d+#pollable$/)
    expect(poll?.type).toEqual({
      params: [{ kind: 'list', of: { kind: 'borrow', resource: pollable } }],
      result: { kind: 'list', of: 'u32' },
    })
    expect(poll?.memory).toMatchObject({ from: 'step', name: 'memory' })
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  }, 120_000)

  test('a cut or damaged file is refused, never read on', async () => {
    const whole = new Uint8Array(await readFile(await buildGuest(testGuest)))
    const refusal = (bytes: Uint8Array) => {
      try {
        linkComponent(bytes)
        return undefined
      } catch (error) {
        return error
      }
    }
    for (const length of [0, 4, 9, 1000, whole.byteLength - 40])
      expect(refusal(whole.subarray(0, length)), `${length} bytes`).toBeInstanceOf(Malformed)
    // Types and imports stand before the modules; aliases, canonical functions and exports behind them.
    let seed = 1
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
    let refused = 0
    for (let round = 0; round < 300; round++) {
      const place = round % 2 === 0 ? 8 + random(10_000) : whole.byteLength - 1 - random(10_000)
      const before = whole[place] as number
      whole[place] = before ^ (1 + random(255))
      const error = refusal(whole)
      whole[place] = before
      if (!error) continue
      refused++
      expect(error instanceof Malformed || error instanceof Unsupported, `byte ${place}: ${String(error)}`).toBe(true)
    }
    expect(refused).toBeGreaterThan(50)
  }, 120_000)
})

describe('linking', () => {
  test('functions reach through nested components, instances put together by name, and aliases', async () => {
    const { plan } = await link(`(component
      (import "test:a/b@1.2.3" (instance $host
        (type $point' (record (field "x" u32))) (export "point" (type $point (eq $point')))
        (export "move" (func (param "by" $point) (result $point)))))
      (core module $main
        (import "up" "move" (func $move (param i32) (result i32)))
        (func (export "run") (param i32) (result i32) (call $move (local.get 0))))
      (alias export $host "move" (func $move))
      (alias export $host "point" (type $point))
      (core func $lowered (canon lower (func $move)))
      (core instance $up (export "move" (func $lowered)))
      (core instance $core (instantiate $main (with "up" (instance $up))))
      (func $run (param "by" $point) (result $point) (canon lift (core func $core "run")))
      (component $shim
        (type $p' (record (field "x" u32))) (import "point" (type $p (eq $p')))
        (import "run" (func $f (param "by" $p) (result $p)))
        (export $out "point" (type $p)) (export "run" (func $f) (func (param "by" $out) (result $out))))
      (instance $out (instantiate $shim (with "run" (func $run)) (with "point" (type $point))))
      (export "test:out/all@0.1.0" (instance $out)))`)
    expect(plan.lowered).toMatchObject([
      { interface: 'test:a/b', name: 'move', type: { params: [{ kind: 'record', fields: [['x', 'u32']] }] } },
    ])
    expect(plan.steps).toEqual([{ module: 0, imports: { up: { move: { from: 'host', index: 0 } } } }])
    expect(plan.exports).toMatchObject([
      { interface: 'test:out/all', name: 'run', core: { from: 'step', step: 0, name: 'run' } },
    ])
  })

  test('two instances with a resource of the same name keep them apart', async () => {
    const { plan } = await link(`(component
      (import "test:a/one" (instance $one (export "thing" (type $t (sub resource))) (export "take" (func (param "it" (own $t))))))
      (import "test:a/two" (instance $two (export "thing" (type $t (sub resource))) (export "take" (func (param "it" (own $t))))))
      (alias export $one "take" (func $f)) (alias export $two "take" (func $g))
      (core module $m (import "h" "f" (func (param i32))) (import "h" "g" (func (param i32))))
      (core func $lf (canon lower (func $f))) (core func $lg (canon lower (func $g)))
      (core instance (instantiate $m (with "h" (instance (export "f" (func $lf)) (export "g" (func $lg)))))))`)
    expect(plan.lowered.map(({ type }) => type.params[0])).toEqual([
      { kind: 'own', resource: 'test:a/one#thing' },
      { kind: 'own', resource: 'test:a/two#thing' },
    ])
  })

  test.each([
    ['an import that is no interface', '(component (import "f" (func)))', 'the import f'],
    ['a resource of its own', '(component (type (resource (rep i32))))', 'resources that the component defines itself'],
    [
      'other strings',
      `(component (core module $m (memory (export "m") 1) (func (export "f") (param i32 i32)) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable))
        (core instance $i (instantiate $m))
        (func (param "s" string) (canon lift (core func $i "f") (memory (core memory $i "m")) (realloc (core func $i "r")) string-encoding=utf16)))`,
      'strings that are not UTF-8',
    ],
    [
      'calls between components',
      `(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f"))) (core func (canon lower (func $f))))`,
      'components that call each other',
    ],
  ])('%s is refused by name', async (_, text, reason) => {
    await expect(link(text)).rejects.toThrow(reason)
  })
})
