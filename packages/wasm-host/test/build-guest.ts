/** Builds guests for this package's tests, cached by content. */
import { componentize } from '@bytecodealliance/componentize-js'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { guestWorlds, type GuestWorld } from './guest-wit'

/** Where built guests and their transpiled forms are kept between runs. */
export const testCache = join(import.meta.dirname, '../node_modules/.cache/pf-wasm-host')

/** Path of a component made from guest source. */
export async function buildGuest(source: string, world: GuestWorld = 'spin'): Promise<string> {
  const wit = guestWorlds
  const digest = createHash('sha256').update(JSON.stringify([source, world, wit])).digest('hex').slice(0, 24)
  const file = join(testCache, `${digest}.wasm`)
  if (existsSync(file)) return file
  await mkdir(testCache, { recursive: true })
  const { component } = await componentize(source, wit, { worldName: world } as Parameters<typeof componentize>[2])
  // Test files run side by side and may want the same guest: the name appears only when the file is whole.
  const staging = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`
  await writeFile(staging, component)
  await rename(staging, file)
  return file
}
