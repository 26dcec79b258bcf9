import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const pf = fileURLToPath(new URL('bin.js', import.meta.resolve('@pf-agents/cli')))

/** `pf build` of one entry in a fresh process; with `fresh` nothing of earlier builds is used. */
export async function build(entry, world, out, { fresh = false } = {}) {
  const started = performance.now()
  await promisify(execFile)(process.execPath, [
    pf,
    'build',
    '--target',
    'wasm',
    entry,
    '--world',
    world,
    '-o',
    out,
    '--no-manifest',
    ...(fresh ? ['--no-cache'] : []),
  ])
  const seconds = (performance.now() - started) / 1000
  return { file: out, bytes: (await stat(out)).size, seconds }
}
