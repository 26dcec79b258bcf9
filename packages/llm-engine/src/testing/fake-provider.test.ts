import { expect, it } from 'vitest'
import { createFakeProvider } from './fake-provider'

const url = 'http://fake.test/v1/chat/completions'
const post = (body: string): RequestInit => ({ method: 'POST', body })

it('tells usage in a stream of Chat Completions as the real one does: where it is asked for it', async () => {
  const { fetch } = createFakeProvider(() => ({ text: 'Hi' }))
  const told = async (options: object) =>
    (await (await fetch(url, post(JSON.stringify({ model: 'm', ...options })))).text()).includes('"usage"')
  expect(await told({ stream: true })).toBe(false)
  expect(await told({ stream: true, stream_options: { include_usage: true } })).toBe(true)
  expect(await told({})).toBe(true)
})

it('refuses what is no JSON in the words of the wire, and counts no turn for it', async () => {
  const provider = createFakeProvider([{ text: 'Hi' }])
  const refusal = await provider.fetch(url, post('{"model"'))
  expect([refusal.status, await refusal.json()]).toMatchObject([400, { error: { message: expect.any(String) } }])
  expect(provider.requests).toEqual([])
  expect((await provider.fetch(url, post('{}'))).status).toBe(200)
})
