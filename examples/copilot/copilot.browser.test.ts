import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createProxy, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { createFakeProvider } from '@pf-agents/llm-engine/testing'
import type { StartedApp } from '@pf-agents/testing/node'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { startEntry } from '../../packages/testing/test/start-entry'
import {
  browserTest,
  eventually,
  hidden,
  type Page,
  screenshot,
  shown,
  watchOf,
} from '../../tooling/browser/browser-test'

const file = (name: string) => new URL(name, import.meta.url).pathname

const story = 'Vienna is lovely in spring, and the desk can take you there. '.repeat(20).trim()
/** What a model says behind the desk: what the traveller said last decides. */
const provider = createFakeProvider(({ body }) => {
  const messages = body['messages'] as { role: string; content?: unknown }[]
  const said = JSON.stringify(messages.findLast(({ role }) => role === 'user')?.content)
  const last = messages.at(-1)
  if (said.includes('story')) return { text: story, headers: { 'x-held': said } }
  if (!said.includes('cheapest')) return { text: 'The desk knows three cities.' }
  if (last?.role === 'user') return { toolCalls: [{ name: 'mark_flight', arguments: { number: 'PF 105' } }] }
  return { text: `It is marked: ${JSON.stringify(last?.content)}` }
})
/** Lets a model that stopped in the middle of its story go on. */
let goOn: () => void = () => {}
const model = createServer((incoming, outgoing) => {
  void (async () => {
    const request = new Request(`http://model${incoming.url}`, { method: 'POST', body: await text(incoming) })
    const answer = await provider.handle(request)
    const told = await answer.text()
    const half = answer.headers.has('x-held') ? told.indexOf('\n\n', told.length / 2) + 2 : told.length
    outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    outgoing.write(told.slice(0, half))
    if (half < told.length) await new Promise<void>((resolve) => (goOn = resolve))
    outgoing.end(told.slice(half))
  })()
})
let app: StartedApp
beforeAll(async () => {
  execFileSync(process.execPath, [file('build.mjs')], { stdio: 'inherit' })
  await once(model.listen(0, '127.0.0.1'), 'listening')
  const { port } = model.address() as AddressInfo
  app = await startEntry(file('main.node.ts'), { OLLAMA_HOST: `http://127.0.0.1:${port}` })
})
afterAll(async () => {
  await app?.close()
  model.closeAllConnections()
  model.close()
})

const log = (page: Page) => page.getByRole('log', { name: 'Conversation' })
const board = (page: Page) => page.getByRole('complementary', { name: 'Your trip' })
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()
async function say(page: Page, words: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(words)
  await page.keyboard.press('Enter')
}
/** Fills in where the trip goes, once the desk asks. */
async function search(page: Page): Promise<void> {
  await page.getByLabel('From').fill('Lisbon')
  await page.getByLabel('To', { exact: true }).fill('Vienna')
  await page.getByLabel('Day').fill('2027-04-30')
  await press(page, 'Answer')
}
const threadOf = (page: Page): string => decodeURIComponent(new URL(page.url()).hash.slice(1))

browserTest('chats, and streams what the model says', async ({ openPage }) => {
  const page = await openPage()
  await page.goto(app.url)
  await shown(page.getByRole('heading', { name: 'Where to?' }))
  await say(page, 'Hello')
  await shown(log(page).getByText('The desk knows three cities.'))
  await shown(log(page).getByText('Hello', { exact: true }))
  expect(threadOf(page)).not.toBe('')
  await press(page, 'New trip')
  await shown(page.getByRole('heading', { name: 'Where to?' }))
  expect(threadOf(page)).toBe('')
})

describe('books a trip', () => {
  browserTest('with a form, choices, seats picked in the page, and an approval', async ({ openPage }) => {
    const page = await openPage({ viewport: { width: 1280, height: 900 } })
    await page.goto(app.url)
    await board(page).getByLabel('Travellers').selectOption('2')
    await press(page, 'Book a trip')
    await search(page)
    // State of the desk, shown by the page.
    await shown(board(page).getByRole('heading', { name: 'Lisbon → Vienna' }))
    await press(page, /PF 101/)
    await shown(board(page).getByText('258 €'))

    // The tool of the page, by keyboard: the first seat has the focus, arrows move, Space picks.
    const cabin = page.getByRole('grid', { name: 'Cabin of PF 101' })
    await shown(cabin)
    const free = await cabin.locator('[aria-disabled=false]').all()
    const seats = await Promise.all(free.slice(0, 2).map((seat) => seat.innerText()))
    await eventually(() => cabin.evaluate('document.activeElement.dataset.seat')).toBe('1A')
    await page.keyboard.press('ArrowDown')
    await eventually(() => cabin.evaluate('document.activeElement.dataset.seat')).toBe('2A')
    const taken = cabin.locator('[aria-disabled=true]').first()
    await taken.focus()
    await page.keyboard.press('Space')
    expect(await taken.getAttribute('aria-selected')).toBe('false')
    for (const seat of seats) {
      await cabin.getByRole('gridcell', { name: `Seat ${seat}`, exact: true }).focus()
      await page.keyboard.press('Space')
    }
    await screenshot(page, 'copilot-seats')
    await press(page, `Take ${seats.join(', ')}`)

    await shown(page.getByRole('region', { name: `258 € for 2, seats ${seats.join(', ')}` }))
    await shown(board(page).getByText(seats.join(', ')))
    await press(page, 'Yes')
    await shown(log(page).getByRole('link', { name: 'Add to your calendar' }))
    await shown(board(page).getByText(/^TD-/))
    await screenshot(page, 'copilot-desktop')

    const link = log(page).getByRole('link', { name: 'Add to your calendar' })
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(download.suggestedFilename()).toMatch(/^TD-.*\.ics$/)
    // The same conversation over the other protocol.
    const { tasks } = await createA2AClient({ url: app.url }).listTasks({ contextId: threadOf(page) })
    expect(tasks).toMatchObject([{ status: { state: 'completed' } }])
  })

  browserTest('on a phone, without caring for seats, and not for that price', async ({ openPage }) => {
    const page = await openPage({ size: 'phone' })
    await page.goto(app.url)
    await press(page, 'Book a trip')
    await search(page)
    await press(page, /PF 105/)
    await page.getByLabel('Your answer').fill('1')
    await press(page, 'Answer')
    await shown(page.getByRole('grid', { name: 'Cabin of PF 105' }))
    await screenshot(page, 'copilot-phone-seats')
    await press(page, 'Any seat')
    await shown(page.getByText('89 € for 1. Book it, yes or no?'))
    await screenshot(page, 'copilot-phone')
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await press(page, 'Lisbon → Vienna')
    await shown(board(page).getByText('Total'))
    await press(page, 'Lisbon → Vienna')
    await hidden(board(page))
    await press(page, 'No')
    await shown(log(page).getByText('Nothing was booked.'))
  })
})

describe('shares its state', () => {
  browserTest(
    'both ways: what is wished in the page binds the desk, what the desk finds stands in the page',
    async ({ openPage }) => {
      const page = await openPage({ colorScheme: 'dark' })
      await page.goto(app.url)
      const fare = page.getByLabel(/Highest fare/)
      await fare.fill('100')
      await press(page, 'Which flights are there?')
      await search(page)
      const flights = board(page).getByRole('listitem')
      await shown(flights.getByText('PF 105'))
      expect(await flights.count()).toBe(1)
      await screenshot(page, 'copilot-dark')
      // Changed between two runs of the thread.
      await fare.fill('200')
      await say(page, 'Which flights are there?')
      await search(page)
      await eventually(() => flights.count()).toBe(2)
      await page.getByText('Shared state').click()
      expect(JSON.parse(await board(page).locator('.raw pre').innerText())).toMatchObject({
        wishes: {},
        trip: { flights: [{ number: 'PF 105' }, { number: 'PF 101' }] },
      })
    },
  )

  browserTest('the model marks a flight in the page, and is told that it is done', async ({ openPage }) => {
    const page = await openPage()
    await page.goto(app.url)
    await say(page, 'Which flights are there?')
    await search(page)
    await shown(board(page).getByText('PF 105'))
    await say(page, 'Show me the cheapest')
    await shown(log(page).getByText(/It is marked: .*PF 105/))
    await shown(board(page).locator('.marked').getByText('Look here'))
  })
})

describe('stops', () => {
  browserTest('what the model says, by Escape', async ({ openPage }) => {
    const page = await openPage()
    await page.goto(app.url)
    await say(page, 'Tell me a story, until I stop you')
    await shown(log(page).getByText(/Vienna is lovely/))
    await page.keyboard.press('Escape')
    await shown(log(page).getByText('Canceled.'))
    expect(
      (
        await log(page)
          .getByText(/Vienna is lovely/)
          .innerText()
      ).length,
    ).toBeLessThan(story.length)
    const { tasks } = await createA2AClient({ url: app.url }).listTasks({ contextId: threadOf(page) })
    expect(tasks).toMatchObject([{ status: { state: 'canceled' } }])
    // The thread goes on.
    await say(page, 'Hello')
    await shown(log(page).getByText(/three/))
  })

  browserTest('a question that nobody wants to answer', async ({ openPage }) => {
    const page = await openPage()
    await page.goto(app.url)
    await press(page, 'Book a trip')
    await shown(page.getByLabel('From'))
    await press(page, 'Cancel')
    await shown(log(page).getByText('Canceled.'))
    await hidden(page.getByLabel('From'))
    const { tasks } = await createA2AClient({ url: app.url }).listTasks({ contextId: threadOf(page) })
    expect(tasks).toMatchObject([{ status: { state: 'canceled' } }])
  })
})

describe('loaded again in the middle', () => {
  browserTest('of an answer, it goes on with it', async ({ openPage }) => {
    const page = await openPage()
    await page.goto(app.url)
    await say(page, 'Tell me a long story')
    const answer = log(page).getByText(/Vienna is lovely/)
    await shown(answer)
    await page.reload()
    await shown(log(page).getByText('Tell me a long story'))
    await shown(answer)
    await shown(page.getByText('Working'))
    expect((await answer.innerText()).length).toBeLessThan(story.length)
    goOn()
    await eventually(() => answer.innerText()).toBe(story)
    await hidden(page.getByText('Working'))
    expect(provider.requests.filter(({ body }) => JSON.stringify(body).includes('long story'))).toHaveLength(1)
  })

  browserTest('of a booking, it asks again, and knows what somebody answered over A2A', async ({ openPage }) => {
    const page = await openPage()
    await page.goto(app.url)
    await press(page, 'Book a trip')
    await search(page)
    await shown(page.getByRole('button', { name: /PF 105/ }))
    await page.reload()
    await shown(page.getByRole('button', { name: /PF 105/ }))
    await shown(board(page).getByRole('heading', { name: 'Lisbon → Vienna' }))

    const client = createA2AClient({ url: app.url })
    const contextId = threadOf(page)
    const { tasks } = await client.listTasks({ contextId })
    await client.sendMessage({ message: { ...userMessage('PF 105'), contextId, taskId: tasks[0]?.id ?? '' } })
    // This page has not seen it: its answer comes too late, and is refused.
    watchOf(page).allow(/409|interrupt/i)
    await press(page, /PF 101/)
    await shown(page.getByRole('alert'))
    await press(page, 'Look again')
    await shown(page.getByText('For how many travellers?'))
    await shown(board(page).getByText('Yours'))
  })

  browserTest('by hand, where the connection was cut in the middle of an answer', async ({ openPage }) => {
    const page = await openPage()
    const sockets = new Set<Socket>()
    const proxy = createProxy((socket) => {
      const behind = connect(Number(new URL(app.url).port), '127.0.0.1')
      for (const one of [socket, behind]) sockets.add(one.on('error', () => one.destroy()))
      socket.pipe(behind).pipe(socket)
    })
    await once(proxy.listen(0, '127.0.0.1'), 'listening')
    try {
      await page.goto(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
      await say(page, 'Tell me a cut story')
      const answer = log(page).getByText(/Vienna is lovely/)
      await shown(answer)
      // The browser says so in the console, and the client leaves a rejection that nobody hears.
      watchOf(page).allow(/ERR_|network error|Failed to fetch/)
      for (const socket of sockets) socket.destroy()
      await shown(page.getByRole('alert'))
      await press(page, 'Look again')
      await shown(page.getByText('Working'))
      goOn()
      await eventually(() => answer.innerText()).toBe(story)
    } finally {
      proxy.close()
      for (const socket of sockets) socket.destroy()
    }
  })

  browserTest('of picking seats, it shows the cabin again', async ({ openPage }) => {
    const page = await openPage()
    await page.goto(app.url)
    await board(page).getByLabel('Travellers').selectOption('1')
    await press(page, 'Book a trip')
    await search(page)
    await press(page, /PF 101/)
    await shown(page.getByRole('grid', { name: 'Cabin of PF 101' }))
    await page.reload()
    await shown(page.getByRole('grid', { name: 'Cabin of PF 101' }))
    await press(page, 'Any seat')
    await shown(page.getByText('129 € for 1. Book it, yes or no?'))
    await press(page, 'Yes')
    await shown(board(page).getByText(/^TD-/))
    // All of it, once, for whoever comes later.
    await page.reload()
    await shown(board(page).getByText(/^TD-/))
    expect(await log(page).getByRole('link', { name: 'Add to your calendar' }).count()).toBe(1)
    expect(await log(page).getByText('Book a trip', { exact: true }).count()).toBe(1)
  })
})
