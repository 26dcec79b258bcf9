import { SetupError, run, workspaceEnv } from './process.mjs'

/** Builds every package through turbo. Returns false when everything was in the cache. */
export async function build(root, packageManager) {
  // pnpm has to be on PATH for turbo, which starts the build scripts through it; `exec` puts it there.
  const args = ['-y', packageManager, 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only']
  const notice = setTimeout(() => console.log('Building the packages (only what has changed) …'), 1500)
  const { code, output } = await run('npx', args, { cwd: root, env: workspaceEnv(root), quiet: true })
  clearTimeout(notice)
  if (code !== 0) {
    process.stderr.write(output)
    throw new SetupError('The packages could not be built; the output above says why.')
  }
  const [, cached, total] = /Cached:\s+(\d+) cached, (\d+) total/.exec(output) ?? []
  if (cached === total) return false
  console.log(`Built ${Number(total) - Number(cached)} of ${total} packages.`)
  return true
}
