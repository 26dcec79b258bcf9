/** Asks for a page and for the script and styles it names: what is wrong with it, if anything. */
export async function lookAt(url) {
  try {
    const page = await fetch(url, { signal: AbortSignal.timeout(30_000) })
    const html = await page.text()
    if (page.status !== 200) return { problem: `the page has a wrong status: ${page.status} ${html.slice(0, 500)}` }
    const files = [...html.matchAll(/(?:src|href)="([^":]+)"/g)].map(([, file]) => file)
    if (files.length === 0) return { problem: 'the page names no script' }
    for (const file of files) {
      const { status } = await fetch(new URL(file, url), { signal: AbortSignal.timeout(30_000) })
      if (status !== 200) return { problem: `${file} has a wrong status: ${status}` }
    }
    return {}
  } catch (error) {
    return { problem: `no answer: ${error.cause?.message ?? error.message}` }
  }
}
