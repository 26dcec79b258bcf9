import { beforeAll, expect, test } from 'vitest'
import { buildGuest, testCache } from '../../test/build-guest'
import { startTestHost } from '../../test/test-host'
import { describeComponent } from '../discovery/describe-component'

const guest = `
import * as store from 'wasi:keyvalue/store@0.2.0-draft'
import * as atomics from 'wasi:keyvalue/atomics@0.2.0-draft'
import * as batch from 'wasi:keyvalue/batch@0.2.0-draft'
import * as config from 'wasi:config/store@0.2.0-rc.1'
const encoder = new TextEncoder(), text = (bytes) => bytes === undefined ? null : new TextDecoder().decode(bytes)
addEventListener('fetch', (event) => {
  const bucket = store.open('default')
  bucket.set('key', encoder.encode('value'))
  const counts = [atomics.increment(bucket, 'count', 2n), atomics.increment(bucket, 'count', 3n)].map(String)
  const { keys, cursor } = bucket.listKeys(undefined)
  const many = batch.getMany(bucket, ['key', 'missing']).map((pair) => pair ? [pair[0], text(pair[1])] : null)
  event.respondWith(Response.json({ counts, stored: text(bucket.get('count')), keys, cursor: cursor === undefined ? null : String(cursor), many, variable: config.get('name') ?? null }))
})
export const discovery = { configureAgent() { return '{}' } }
`

beforeAll(() => buildGuest(guest, 'wasmtime').then(() => {}), 120_000)

test('a component built for wasmtime runs with its own drafts', async () => {
  const component = await buildGuest(guest, 'wasmtime')
  expect(await describeComponent(component, { cacheDir: testCache })).toMatchObject({ world: 'wasmtime' })
  const host = await startTestHost({ component, variables: { name: 'given' } })
  try {
    expect(await host.json('/')).toEqual({
      counts: ['2', '5'],
      stored: '5',
      keys: ['count', 'key'],
      cursor: null,
      many: [['key', 'value'], null],
      variable: 'given',
    })
  } finally {
    await host.close()
  }
})
