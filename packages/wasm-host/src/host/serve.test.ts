import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestHost, type TestHost } from '../../test/test-host'

let host: TestHost
beforeAll(async () => {
  host = await startTestHost()
})
afterAll(() => host.close())

test('answers over HTTP with method, URL, headers and body', async () => {
  const response = await fetch(`${host.url}/echo?x=1`, { method: 'POST', body: 'the body', headers: { 'x-header': 'value' } })
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('the body')
  expect(Object.fromEntries(response.headers)).toMatchObject({ 'x-method': 'POST', 'x-url': `${host.url}/echo?x=1`, 'x-header': 'value' })
})

test('each request has an instance of its own', async () => {
  for (let index = 0; index < 4; index++) expect(await (await fetch(`${host.url}/instance`)).text()).toBe('1')
})
