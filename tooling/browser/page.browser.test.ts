import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { browserTest, eventually, screenshot, shown, viewports, watchOf } from './browser-test'

const pages: Record<string, string> = {
  '/': '<title>Good</title><h1>Hello</h1><script>document.cookie = "seen=1"</script>',
  '/throws': '<script>setTimeout(() => { throw new Error("on purpose") })</script>',
  '/console': '<script>console.error("said so")</script>',
  '/missing': '<script src="/nothing.js"></script>',
  '/elsewhere': '<img src="https://cdn.example/logo.png">',
}
const server = createServer((request, response) => {
  const body = pages[request.url ?? '']
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(body)
})
let url: string
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A page without an icon asks for one.
  pages['/favicon.ico'] = ''
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

browserTest('shows a page in the sizes of a desktop and of a phone', async ({ openPage }) => {
  for (const size of ['desktop', 'phone'] as const) {
    const page = await openPage({ size })
    await page.goto(url)
    await shown(page.getByRole('heading', { name: 'Hello' }))
    expect(await page.evaluate('[innerWidth, devicePixelRatio]')).toEqual([
      size === 'phone' ? 980 : viewports.desktop.viewport.width,
      size === 'phone' ? 2 : 1,
    ])
    await screenshot(page, `harness-${size}`)
  }
})

browserTest('gives each page a profile of its own', async ({ openPage }) => {
  const first = await openPage()
  await first.goto(url)
  expect(await first.context().cookies()).toHaveLength(1)
  expect(await (await openPage()).context().cookies()).toEqual([])
})

describe('what goes wrong in a page', () => {
  const cases = [
    ['/throws', /threw: Error: on purpose/],
    ['/console', /console: said so/],
    ['/missing', /console: Failed to load resource.* 404/],
    ['/elsewhere', /asked another machine: https:\/\/cdn\.example\/logo\.png|ERR_NAME_NOT_RESOLVED/],
  ] as const
  for (const [path, problem] of cases) {
    browserTest(`${path} is told, and allowed by name alone`, async ({ openPage }) => {
      const page = await openPage()
      const { problems, allow } = watchOf(page)
      await page.goto(url + path)
      await eventually(() => problems().join('\n')).toMatch(problem)
      allow(/another problem/)
      expect(problems()).not.toEqual([])
      allow(problem)
      expect(problems()).toEqual([])
    })
  }
})
