import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Builds the page where it is older than what it is made of: `npm test` has built it, a single test file has not. */
export function buildPage(): void {
  const built = join(root, 'dist/page/index.html')
  const since = existsSync(built) ? statSync(built).mtimeMs : 0
  const sources = readdirSync(join(root, 'page'), { recursive: true, encoding: 'utf8' })
  if (sources.every((file) => statSync(join(root, 'page', file)).mtimeMs <= since)) return
  execFileSync(process.execPath, ['build-page.mjs'], { cwd: root, stdio: 'inherit' })
}
