import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildGuest, testCache } from '../../test/build-guest'
import { askedOtherwise, testGuest } from '../../test/test-guest'
import { describeComponent } from './describe-component'

const options = { cacheDir: testCache }

describe('describeComponent', () => {
  beforeAll(() => buildGuest(testGuest).then(() => {}), 120_000)

  test('gives the definition, the interfaces, the world and the size', async () => {
    const file = await buildGuest(testGuest)
    const description = await describeComponent(file, options)
    expect(description).toMatchObject({ definition: '{"name":"test-guest"}', world: 'spin' })
    expect(description.exports).toEqual(['wasi:http/incoming-handler@0.2.10', 'pf:agent/discovery@1.0.0'])
    expect(description.imports).toContain('wasi:keyvalue/atomics@0.2.0-draft2')
    expect(description.size).toBeGreaterThan(10_000_000)
  })

  test('nothing is granted: not a store, not a variable, not randomness', async () => {
    const component = askedOtherwise(await readFile(await buildGuest(testGuest)), 'using')
    // An import that throws ends the instance: the first use is the answer.
    await expect(describeComponent(component, options)).rejects.toThrow(
      /wasi:keyvalue\/store\.open; it must not use any import/,
    )
  })

  test('one that never returns is ended', async () => {
    const component = askedOtherwise(await readFile(await buildGuest(testGuest)), 'loops')
    await expect(describeComponent(component, { ...options, timeoutMs: 300 })).rejects.toThrow(
      'did not return within 300 ms',
    )
  })

  test('what is not a component is refused', async () => {
    const file = join(tmpdir(), `pf-not-a-component-${process.pid}.wasm`)
    await writeFile(file, 'text')
    await expect(describeComponent(file, options)).rejects.toMatchObject({ code: 'PF_COMPONENT_INVALID' })
  })
})
