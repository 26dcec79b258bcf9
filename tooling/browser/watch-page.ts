import { type Page } from 'playwright-core'

/** What went wrong in a page. */
export type PageWatch = {
  /** One sentence for each problem so far that was not allowed. */
  problems: () => string[]
  /** Problems that match are what the test is about. */
  allow: (pattern: RegExp) => void
}

const local = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Collects what a page must not do: throw, write an error to the console, ask for something that is not there, or ask
 * anybody but this machine for anything.
 */
export function watchPage(page: Page): PageWatch {
  const found: string[] = []
  const allowed: RegExp[] = []
  const problem = (text: string): void => void found.push(text)
  page.on('pageerror', (error) => problem(`threw: ${error.stack || `${error.name}: ${error.message}`}`))
  page.on('crash', () => problem('crashed'))
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    const { url } = message.location()
    problem(`console: ${message.text()}${url ? ` (${url})` : ''}`)
  })
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (/^(https?|wss?):$/.test(protocol) && !local.has(hostname)) problem(`asked another machine: ${request.url()}`)
  })
  return {
    problems: () => found.filter((text) => !allowed.some((pattern) => pattern.test(text))),
    allow: (pattern) => void allowed.push(pattern),
  }
}
