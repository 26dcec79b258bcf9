import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildGuest, testCache } from '../../test/build-guest'
import { testGuest } from '../../test/test-guest'
import { describeComponent } from './describe-component'

/** Answers by the third letter of its name, so that one build serves all cases. */
const guest = (body: string) => `
import * as store from 'wasi:keyvalue/store@0.2.0-draft2'
import * as config from 'wasi:config/store@0.2.0-draft-2024-09-27'
addEventListener('fetch', (event) => event.respondWith(new Response('unused')))
export const discovery = { configureAgent() { ${body} } }
`
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
    const file = await buildGuest(
      guest(`
      const tried = {}
      for (const [name, use] of [['store', () => store.open('default')], ['config', () => config.get('key')], ['random', () => crypto.randomUUID()]]) {
        try { use(); tried[name] = 'granted' } catch (error) { tried[name] = 'refused' }
      }
      return JSON.stringify(tried)`),
    )
    // An import that throws ends the instance: the first use is the answer.
    await expect(describeComponent(file, options)).rejects.toThrow(
      /wasi:keyvalue\/store\.open; it must not use any import/,
    )
  }, 120_000)

  test('one that never returns is ended', async () => {
    const file = await buildGuest(guest('for (;;);'))
    await expect(describeComponent(file, { ...options, timeoutMs: 300 })).rejects.toThrow(
      'did not return within 300 ms',
    )
  }, 120_000)

  test('what is not a component is refused', async () => {
    const file = join(tmpdir(), `pf-not-a-component-${process.pid}.wasm`)
    await writeFile(file, 'text')
    await expect(describeComponent(file, options)).rejects.toMatchObject({ code: 'PF_COMPONENT_INVALID' })
  })
})
