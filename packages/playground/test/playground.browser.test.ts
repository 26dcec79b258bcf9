// The page in a real browser, over the real server.
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { secret } from '@pf-agents/agent-core'
import { apiKey } from '@pf-agents/auth'
import { dualAgent } from '@pf-agents/dual-agent'
import { startNode } from '@pf-agents/testing/node'
import axe, { type AxeResults } from 'axe-core'
import { describe, expect } from 'vitest'
import {
  browserTest,
  eventually,
  hidden,
  type Locator,
  type Page,
  screenshot,
  shown,
  watchOf,
} from '../../../tooling/browser/browser-test'
import subject from '../../../tooling/sut/agui-agent'
import { playground } from '../src/playground'
import { breakable } from './breakable'
import { buildPage } from './build-page'
import { demoAgent, Gate } from './demo-agent'

buildPage()
/** Nothing is logged, and a run waits for its reader for as long as a loaded machine may take to reload a page. */
const patient = { logger: { log: () => {} }, features: { 'agui-stream': { graceMs: 120_000 } } } as const

/** A server of its own for each test, with the page open. */
async function begin(open: (options?: object) => Promise<Page>, options: object = {}) {
  const gates = { slow: new Gate() }
  const app = await startNode(dualAgent(demoAgent(gates), { ...patient, add: [playground()] }))
  const page = await open(options)
  await page.goto(`${app.url}/playground`)
  await shown(page.getByRole('heading', { name: 'rail-desk' }).last())
  return { gates, app, page, [Symbol.asyncDispose]: () => app.close() }
}

const log = (page: Page) => page.getByRole('log')
const form = (page: Page) => page.getByRole('form')
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()
const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click()
const panel = (page: Page) => page.getByRole('complementary', { name: 'Inspector' })
async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.keyboard.press('Enter')
}

browserTest('shows who the agent is, and all that it says and does', async ({ openPage }) => {
  await using run = await begin(openPage)
  const { page } = run
  await screenshot(page, 'playground-welcome')
  await press(page, 'Plan a trip to Salzburg')
  await shown(log(page).getByRole('link', { name: 'trip.ics' }))
  await shown(log(page).getByRole('cell', { name: '07:40' }))
  expect(await log(page).locator('strong').allTextContents()).toContain('07:40')
  await log(page).getByText('Thought').click()
  await shown(log(page).getByText('Direct trains first, then the fare.'))
  await log(page).getByText('search_trains').click()
  await shown(log(page).getByText('"RJ 568"'))

  await panel(page)
    .getByRole('button', { name: /^Plan a trip/ })
    .click()
  await shown(panel(page).getByText('$0.0042'))
  await shown(panel(page).getByText('Calls search_trains'))
  expect(await panel(page).getByRole('region', { name: 'States' }).getByRole('listitem').allTextContents()).toEqual([
    expect.stringMatching(/^working/),
    'completed',
  ])
  await screenshot(page, 'playground-task')
  await tab(page, 'State')
  await shown(panel(page).getByText('"Salzburg"'))
  await tab(page, 'Artifacts')
  await shown(panel(page).getByRole('group', { name: 'Artifact trip.ics' }))
  await tab(page, 'Events')
  await page.getByRole('searchbox').fill('tool')
  expect(await panel(page).locator('.events code').allTextContents()).toEqual([
    'TOOL_CALL_RESULT',
    'TOOL_CALL_END',
    'TOOL_CALL_ARGS',
    'TOOL_CALL_START',
  ])
  await tab(page, 'Agent')
  await shown(panel(page).getByText('JSONRPC 1.0'))
  await tab(page, 'A2A')
  await shown(panel(page).getByRole('cell', { name: '07:40' }))
  await shown(panel(page).getByText('completed', { exact: true }))
})

describe.each(['desktop', 'phone'] as const)('on a %s', (size) => {
  browserTest('asks whether a tool may be called', async ({ openPage }) => {
    await using run = await begin(openPage, { size })
    const { page } = run
    await say(page, 'Pay for the trip')
    await shown(form(page).getByText('The agent wants to call pay with'))
    await shown(form(page).getByText('"amount": 49'))
    if (size === 'desktop') await shown(panel(page).getByText('input required'))
    if (size === 'phone') await screenshot(page, 'playground-phone-approval')
    await press(page, 'Approve')
    await shown(log(page).getByText('Paid 49 €.'))
    await hidden(form(page).getByRole('button', { name: 'Approve' }))

    await say(page, 'Pay again')
    await page.getByLabel('Reason, if you deny it').fill('too much')
    await press(page, 'Deny')
    await shown(log(page).getByText('Nothing was paid: too much.'))
  })

  browserTest('asks by a form, and lets nothing go that is not filled', async ({ openPage }) => {
    await using run = await begin(openPage, { size })
    const { page } = run
    await say(page, 'Book seats')
    await shown(form(page).getByText('How would you like to travel?'))
    if (size === 'desktop') await shown(panel(page).getByText('input required'))
    if (size === 'desktop') await screenshot(page, 'playground-form')
    await press(page, /^Answer/)
    expect(await page.getByLabel('Seats').evaluate('document.activeElement.validity.valueMissing')).toBe(true)
    await page.getByLabel('Seats').fill('2')
    await page.getByLabel('first').check()
    await page.getByRole('radio', { name: 'No', exact: true }).check()
    await page.getByLabel('Day').fill('2027-04-30')
    await press(page, /^Answer/)
    await shown(log(page).getByText('Booked 2 in first class'))
    await shown(log(page).getByText('{"seats":2,"class":"first","quiet":false,"day":"2027-04-30"}'))
  })

  browserTest('stops a run', async ({ openPage }) => {
    await using run = await begin(openPage, { size })
    const { page } = run
    await say(page, 'slow')
    await shown(log(page).getByText('The first half.'))
    await press(page, 'Stop')
    await shown(log(page).getByText('Stopped.'))
    await say(page, 'and now?')
    await shown(log(page).getByText('You said: and now?'))
  })

  browserTest('joins a run again that is under way, after a reload in its middle', async ({ openPage }) => {
    await using run = await begin(openPage, { size })
    const { page, gates } = run
    await say(page, 'slow')
    await shown(log(page).getByText('The first half.'))
    await page.reload()
    await shown(log(page).getByText('The first half.'))
    await shown(page.getByRole('button', { name: 'Stop' }))
    gates.slow.open()
    await shown(log(page).getByText('The first half. The second half.'))
    await shown(page.getByRole('button', { name: 'Send' }))
    expect(await log(page).getByText('The first half.').count()).toBe(1)
  })

  browserTest('takes up a task that waits', async ({ openPage }) => {
    await using run = await begin(openPage, { size })
    const { page } = run
    await say(page, 'Pay for the trip')
    await shown(page.getByRole('button', { name: 'Approve' }))
    await press(page, /^New/)
    await shown(log(page).getByText('Finds trains, books seats and pays for them.'))
    if (size === 'phone') await press(page, 'Inspect')
    await panel(page)
      .getByRole('button', { name: /^Pay for the trip/ })
      .click()
    await shown(panel(page).getByText('Asks: approval'))
    if (size === 'phone') await screenshot(page, 'playground-phone-task')
    await press(page, 'Resume: 1 open question')
    await press(page, 'Approve')
    await shown(log(page).getByText('Paid 49 €.'))
  })
})

browserTest('is dark where the system is, or somebody says so', async ({ openPage }) => {
  await using run = await begin(openPage, { colorScheme: 'dark' })
  const { page } = run
  await press(page, 'Plan a trip to Salzburg')
  await shown(log(page).getByRole('link', { name: 'trip.ics' }))
  const background = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')
  await shown(panel(page).getByText('completed'))
  const dark = await background()
  await screenshot(page, 'playground-dark')
  await press(page, 'Colours: as the system')
  expect(await background()).not.toBe(dark)
  await page.reload()
  await shown(page.getByRole('button', { name: 'Colours: light' }))
  expect(await background()).not.toBe(dark)
})

browserTest('is used by the keyboard alone', async ({ openPage }) => {
  await using run = await begin(openPage)
  const { page } = run
  const { keyboard } = page
  await eventually(() => page.evaluate('document.activeElement.id')).toBe('message')
  await keyboard.type('one')
  await keyboard.press('Shift+Enter')
  await keyboard.type('two')
  await keyboard.press('Enter')
  await shown(log(page).getByText('You said: one'))
  await keyboard.type('slow')
  await keyboard.press('Enter')
  await shown(log(page).getByText('The first half.'))
  await keyboard.press('Escape')
  await shown(log(page).getByText('Stopped.'))
  await page.getByRole('tab', { name: 'Tasks' }).focus()
  await keyboard.press('ArrowRight')
  await shown(panel(page).getByText('No shared state'))
})

describe.each(['desktop', 'phone'] as const)('on a %s', (size) => {
  browserTest('shows what is asked from its beginning, below all that was said', async ({ openPage }) => {
    await using run = await begin(openPage, { size })
    const { page } = run
    await press(page, 'Plan a trip to Salzburg')
    await shown(log(page).getByRole('link', { name: 'trip.ics' }))
    await say(page, 'Book seats')
    const isSeen = async (locator: Locator): Promise<boolean> => {
      const box = await locator.boundingBox()
      const around = await log(page).boundingBox()
      return !!box && !!around && box.y >= around.y && box.y + box.height <= around.y + around.height
    }
    const answer = form(page).getByRole('button', { name: 'Answer', exact: true })
    const seats = form(page).getByRole('spinbutton', { name: 'Seats' })
    await eventually(() => isSeen(form(page).getByText('How would you like to travel?'))).toBe(true)
    await eventually(() => isSeen(seats)).toBe(true)
    if (size === 'phone') {
      // Where not all of it has room, it still begins where it begins.
      await page.setViewportSize({ width: 390, height: 500 })
      await eventually(() => isSeen(form(page).getByText('How would you like to travel?'))).toBe(true)
      expect(await isSeen(answer)).toBe(false)
    }
    expect(await page.evaluate('document.activeElement.className')).toBe('questions')
    await page.keyboard.press('Tab')
    await page.keyboard.type('2')
    await eventually(() => seats.inputValue()).toBe('2')
    await form(page).getByText('first').click()
    await answer.click()
    await shown(log(page).getByText('Booked 2 in first class'))
    if (size === 'desktop') await eventually(() => page.evaluate('document.activeElement.id')).toBe('message')
  })
})

browserTest('makes no HTML of what an agent says', async ({ openPage }) => {
  await using run = await begin(openPage)
  const { page } = run
  const said =
    '<img src=x onerror="document.title=1"> <b>bold</b> [run](javascript:document.title=2) ![pic](http://x.example/p.png)'
  await say(page, said)
  await shown(log(page).getByRole('article', { name: 'Agent' }).getByText('<b>bold</b>'))
  expect(await log(page).locator('img, b, a').count()).toBe(0)
  expect(await page.title()).toBe('rail-desk · Playground')
  // Nor could it: the browser refuses text as HTML, code of text, and scripts of others.
  watchOf(page).allow(/Trusted|Content Security Policy/)
  const tries = [`document.body.innerHTML = '<b>x</b>'`, `document.write('<p>x')`]
  for (const code of tries) await expect(page.evaluate(code)).rejects.toThrow(/Trusted|unsafe-eval/)
  await page
    .evaluate(
      `document.head.append(Object.assign(document.createElement('script'), { src: 'data:text/javascript,document.title=3' }))`,
    )
    .catch(() => {})
  expect(await page.title()).toBe('rail-desk · Playground')
})

browserTest('says what failed, and goes on behind it', async ({ openPage }) => {
  await using run = await begin(openPage)
  const { page } = run
  await say(page, 'fail')
  await shown(page.getByRole('alert').getByText('The timetable is not available.'))
  await say(page, 'again')
  await shown(log(page).getByText('You said: again'))
  await hidden(page.getByRole('alert'))
})

browserTest('joins a run again by itself where the connection breaks', async ({ openPage }) => {
  const gates = { slow: new Gate() }
  await using app = await startNode(dualAgent(demoAgent(gates), { ...patient, add: [playground()] }))
  await using way = await breakable(app.url)
  const page = await openPage()
  // The browser says so itself.
  watchOf(page).allow(/console: Failed to load resource: net::ERR_/)
  await page.goto(`${way.url}/playground`)
  await say(page, 'slow')
  await shown(log(page).getByText('The first half.'))
  await page.evaluate(`
    window.alerts = []
    new MutationObserver(() => window.alerts.push(document.querySelector('[role=alert]')?.textContent ?? ''))
      .observe(document.body, { childList: true, subtree: true })`)
  way.break()
  gates.slow.open()
  await shown(log(page).getByText('The first half. The second half.'))
  await hidden(page.getByRole('alert'))
  expect(await page.evaluate('window.alerts.join()')).toContain('The connection broke')
})

browserTest('gives runs what its settings say, and types what tools of the page give', async ({ openPage }) => {
  await using app = await startNode(dualAgent(subject, { ...patient, add: [playground()] }))
  const page = await openPage()
  await page.goto(`${app.url}/playground`)
  const play = async (scenario: string, tools = ''): Promise<void> => {
    await press(page, /^Run settings/)
    await page.getByLabel('Forwarded props').fill('{')
    await shown(page.getByText('This is no JSON'))
    await page.getByLabel('Forwarded props').fill(JSON.stringify({ scenario }))
    await page.getByLabel('Tools of the page').fill(tools)
    await press(page, 'Apply')
    await say(page, scenario)
  }
  await play('frontend-tool', '[{"name":"pick","description":"Picks a colour","parameters":{}}]')
  await page.getByLabel('What did pick give?').fill('"red"')
  await press(page, 'Send the result')
  await shown(log(page).getByText('The page picked "red".'))

  await play('multi-interrupt')
  await page.getByLabel('Which day?').fill('Friday')
  await page.getByLabel('How many people?').fill('0')
  await press(page, 'Send answers')
  await shown(log(page).getByText('A table on Friday for 0.'))

  await play('reasoning')
  await shown(log(page).getByText('Here is the answer.'))
  await shown(log(page).getByText('helper'))
  await play('huge')
  await shown(log(page).getByText('That was a lot.'))
  await play('error-mid')
  await shown(page.getByRole('alert').getByText('PF_INTERNAL'))
})

browserTest('asks for credentials where the agent wants to know who calls', async ({ openPage }) => {
  const keys = apiKey({ accept: { ada: { credential: secret('ADA') } } })
  await using app = await startNode(
    dualAgent(subject, { ...patient, auth: [keys], variables: { get: () => 'let-me-in' }, add: [playground()] }),
  )
  const page = await openPage()
  watchOf(page).allow(/401|PF_UNAUTHENTICATED/)
  await page.goto(`${app.url}/playground`)
  await shown(panel(page).getByText('The agent asks who you are'))
  await say(page, 'hello')
  await shown(log(page).getByText('Set your credentials under “Headers”'))
  await press(page, /^Run settings/)
  await page.getByLabel('Headers').fill('X-API-Key: let-me-in')
  await press(page, 'Apply')
  await hidden(panel(page).getByText('The agent asks who you are'))
  await shown(log(page).getByText('Echo: hello'))
  await say(page, 'hello again')
  await shown(log(page).getByText('Echo: hello again'))
  await shown(panel(page).getByText('hello again'))
})

browserTest('shows a run over A2A while it goes on', async ({ openPage }) => {
  await using run = await begin(openPage)
  const { page, gates } = run
  await say(page, 'slow')
  await shown(log(page).getByText('The first half.'))
  await tab(page, 'A2A')
  await shown(panel(page).getByText('watching by SubscribeToTask'))
  await shown(
    panel(page)
      .getByRole('group', { name: /^Artifact/ })
      .getByText('The first half.'),
  )
  gates.slow.open()
  await shown(
    panel(page)
      .getByRole('group', { name: /^Artifact/ })
      .getByText('The first half. The second half.'),
  )
  await shown(panel(page).getByText('completed', { exact: true }))
})

browserTest('takes up what began over A2A', async ({ openPage }) => {
  await using run = await begin(openPage)
  const { page, app } = run
  const client = createA2AClient({ url: app.url })
  const sent = await client.sendMessage({ message: { ...userMessage('Pay for the trip'), contextId: 'from-a2a' } })
  const id = 'task' in sent ? sent.task.id : ''
  await panel(page)
    .getByRole('button', { name: /^Pay for the trip/ })
    .click()
  await press(page, 'Resume: 1 open question')
  await shown(log(page).getByText('Pay for the trip', { exact: true }))
  expect(page.url()).toMatch(/#thread=from-a2a$/)
  await press(page, 'Approve')
  await shown(log(page).getByText('Paid 49 €.'))
  expect(await client.getTask({ id })).toMatchObject({ contextId: 'from-a2a', status: { state: 'completed' } })
})

/** What a checker of accessibility has to say of a part of the page as it stands. */
async function barriers(page: Page, part: string): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(part)})`)
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

describe.each([
  ['light', 'desktop'],
  ['dark', 'phone'],
] as const)('in %s colours on a %s', (colorScheme, size) => {
  browserTest('puts nothing in the way of those who do not see it, or not well', async ({ openPage }) => {
    // The checker is code from outside the page.
    await using run = await begin(openPage, { colorScheme, size, bypassCSP: true })
    const { page } = run
    await page.evaluate(axe.source)
    await press(page, 'Plan a trip to Salzburg')
    await shown(log(page).getByRole('link', { name: 'trip.ics' }))
    await log(page).getByText('Thought').click()
    await log(page).getByText('search_trains').click()
    await say(page, 'Book seats')
    await shown(form(page).getByText('How would you like to travel?'))
    expect(await barriers(page, 'body')).toEqual([])
    if (size === 'phone') await press(page, 'Inspect')
    const shows = { Artifacts: 'Artifact trip.ics', Events: 'Filter by type', A2A: 'Artifact answer', Agent: 'Skills' }
    for (const [name, shown] of Object.entries(shows)) {
      await tab(page, name)
      await panel(page).getByLabel(shown).or(panel(page).getByPlaceholder(shown)).first().waitFor()
      expect(await barriers(page, '.inspector')).toEqual([])
    }
    await tab(page, 'Tasks')
    await panel(page)
      .getByRole('button', { name: /^Plan a trip/ })
      .click()
    await shown(panel(page).getByText('Calls search_trains'))
    expect(await barriers(page, '.inspector')).toEqual([])
  })
})
