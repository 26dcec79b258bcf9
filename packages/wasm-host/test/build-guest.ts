/** Builds guests for this package's tests, cached by content. */
import { componentize } from '@bytecodealliance/componentize-js'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { guestWorlds, type GuestWorld } from './guest-wit'

/** Where built guests and their transpiled forms are kept between runs. */
export const testCache = join(import.meta.dirname, '../node_modules/.cache/pf-wasm-host')

/** Path of a component made from guest source. */
export async function buildGuest(source: string, world: GuestWorld = 'spin'): Promise<string> {
  const digest = createHash('sha256')
    .update(JSON.stringify([source, world, guestWorlds]))
    .digest('hex')
    .slice(0, 24)
  const file = join(testCache, `${digest}.wasm`)
  if (existsSync(file)) return file
  await mkdir(testCache, { recursive: true })
  return once(file, () => build(file, source, world))
}

async function build(file: string, source: string, world: GuestWorld): Promise<string> {
  const { component } = await componentize(source, guestWorlds, { worldName: world } as Parameters<
    typeof componentize
  >[2])
  // The name appears only when the file is whole.
  const staging = `${file}.${process.pid}`
  await writeFile(staging, component)
  await rename(staging, file)
  return file
}

/** Runs `work` unless another process is at it (test files run side by side): then waits for its result. */
async function once(file: string, work: () => Promise<string>): Promise<string> {
  const lock = `${file}.lock`
  const started = Date.now()
  for (;;) {
    try {
      await mkdir(lock)
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (existsSync(file)) return file
      // Left by a run that was ended in the middle.
      if (Date.now() - started > 100_000) await rm(lock, { recursive: true, force: true })
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  try {
    return existsSync(file) ? file : await work()
  } finally {
    await rm(lock, { recursive: true, force: true })
  }
}
