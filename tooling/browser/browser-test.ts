import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type BrowserContextOptions, type Locator, type Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { workspaceRoot } from '../scratch/scratch'
import { findChromium, needsChromium } from './find-chromium'
import { launchChromium } from './launch'
import { type PageWatch, watchPage } from './watch-page'

export type { Locator, Page } from 'playwright-core'

/** A test and its set-up may take long on a loaded machine; what waits longer than this waits for nothing. */
const testTimeout = 180_000
const stepTimeout = 60_000
vi.setConfig({ testTimeout, hookTimeout: testTimeout })

/** Sizes that pages are shown in. */
export const viewports = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
} satisfies Record<string, BrowserContextOptions>

export type OpenPageOptions = BrowserContextOptions & {
  /** The size of the page. Default: `desktop`. */
  size?: keyof typeof viewports
}

const watches = new WeakMap<Page, PageWatch>()
const results = join(workspaceRoot, '.test-results/browser')

/**
 * `it` of vitest, for tests in a real browser:
 *
 * ```ts
 * browserTest('greets', async ({ openPage }) => {
 *   const page = await openPage({ size: 'phone' })
 *   await page.goto(app.url)
 *   await page.getByRole('button', { name: 'Greet' }).click()
 *   await shown(page.getByText('Hello'))
 * })
 * ```
 *
 * One Chromium for a file, started by its first test. Every page has cookies and storage of its own, and what goes
 * wrong in it (see `watchPage`) fails the test, unless the test allows it. Without Chromium the test is skipped, with
 * the reason. A test that fails leaves a picture of its pages in `.test-results/browser`.
 */
export const browserTest = it
  // oxlint-disable-next-line no-empty-pattern -- vitest reads from the pattern what a fixture needs
  .extend('chromium', { scope: 'file' }, async ({}, { onCleanup }) => {
    const path = findChromium()
    if (path === undefined) return undefined
    const launched = await launchChromium(path)
    onCleanup(launched.close)
    return launched.browser
  })
  .extend('openPage', async ({ chromium, task, skip }, { onCleanup }) => {
    if (chromium === undefined) return skip(needsChromium)
    const pages: Page[] = []
    onCleanup(async () => {
      const problems = pages.flatMap((page) => watches.get(page)?.problems() ?? [])
      const failed = task.result?.state === 'fail' || problems.length > 0
      const name = task.name.replaceAll(/\W+/g, '-')
      for (const [index, page] of pages.entries()) {
        if (failed && !page.isClosed()) await picture(page, join(results, `${name}-${index}.png`))
        await page.context().close()
      }
      if (problems.length > 0) throw new Error(`What went wrong in the page:\n${problems.join('\n')}`)
    })
    return async ({ size = 'desktop', ...options }: OpenPageOptions = {}): Promise<Page> => {
      const context = await chromium.newContext({ ...viewports[size], reducedMotion: 'reduce', ...options })
      context.setDefaultTimeout(stepTimeout)
      const page = await context.newPage()
      watches.set(page, watchPage(page))
      pages.push(page)
      return page
    }
  })

/** What went wrong in a page so far, and how to allow what a test does on purpose. */
export function watchOf(page: Page): PageWatch {
  const watch = watches.get(page)
  if (watch === undefined) throw new Error('No page of openPage().')
  return watch
}

/** Waits until it can be seen. */
export const shown = (locator: Locator): Promise<void> => locator.waitFor({ state: 'visible' })

/** Waits until it is gone, or cannot be seen. */
export const hidden = (locator: Locator): Promise<void> => locator.waitFor({ state: 'hidden' })

/** `expect.poll` with the patience of a loaded machine: for what is not a matter of being seen. */
export const eventually = <T>(read: () => T): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: stepTimeout, interval: 50 })

/**
 * Pictures a page, for people to look at: into `.test-results/browser`, and with PF_TEST_SCREENSHOTS=docs over the one
 * in `docs/images`.
 */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['PF_TEST_SCREENSHOTS'] === 'docs' ? join(workspaceRoot, 'docs/images') : results
  await picture(page, join(folder, `${name}.png`))
}

async function picture(page: Page, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
}
