import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** A browser that is running, and how to end it. */
export type LaunchedBrowser = { browser: Browser; close: () => Promise<void> }

/** How long a loaded machine may take to bring the browser up. */
const startTimeoutMs = 120_000

const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-proxy-server',
  // Nothing but this machine is resolved: a page that needs the internet fails its test.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
]

/**
 * Starts Chromium without a window, with a profile of its own that goes with it. It listens on no port: it is driven
 * over a pipe, and ends when the pipe does, so that it does not outlive a test process that is killed.
 */
export async function launchChromium(executablePath: string): Promise<LaunchedBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'pf-browser-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  try {
    const browser = await chromium.launch({
      executablePath,
      headless: true,
      args: flags,
      timeout: startTimeoutMs,
      env: { ...process.env, HOME: folder, TMPDIR: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
    })
    return {
      browser,
      close: async () => {
        await browser.close()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}
