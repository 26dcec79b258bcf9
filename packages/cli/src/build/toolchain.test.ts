import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { engineKey } from './componentize'
import { toolchainVersions } from './toolchain'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pf-toolchain-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function install(place: string, version: string): string {
  const directory = join(folder, place)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ version }))
  return directory
}

it('has the versions that componentize-js resolves, where it is linked', () => {
  const scope = 'store/node_modules/@bytecodealliance'
  const real = install(`${scope}/componentize-js`, '0.23.0')
  install(`${scope}/jco`, '1.15.1')
  install(`${scope}/wizer`, '10.0.0')
  // Of the user: not what componentize-js works with.
  install('node_modules/@bytecodealliance/jco', '2.0.0')
  symlinkSync(real, join(folder, 'node_modules/@bytecodealliance/componentize-js'))
  expect(toolchainVersions(folder)).toBe('0.23.0 1.15.1 10.0.0')
  const key = engineKey('wit', toolchainVersions(folder))
  install(`${scope}/jco`, '1.16.0')
  expect(engineKey('wit', toolchainVersions(folder))).not.toBe(key)
})

it('finds all of what is installed', () => {
  expect(toolchainVersions()).toMatch(/^\d+\.\d+\.\d+ \d+\.\d+\.\d+ \d+\.\d+\.\d+$/)
})
