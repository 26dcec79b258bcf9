import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { publishedPackages } from '../../generate/targets.mjs'
import { contentHash, passedBefore } from '../lib/cache.mjs'
import { command } from '../lib/command.mjs'

/** We publish ES modules alone: what CommonJS consumers and the oldest resolution see is not a fault. */
const otherResolutions = new Set(['node10', 'node16-cjs'])

async function lintProblems(tarball) {
  const { messages, pkg } = await publint({
    pack: { tarball },
    level: 'warning',
    strict: true,
  })
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`)
}

async function typeProblems(tarball) {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)))
  if (!analysis.types) return ['attw: the package has no types']
  return analysis.problems
    .filter(({ resolutionKind, resolutionOption }) => !otherResolutions.has(resolutionKind ?? resolutionOption))
    .map(({ kind, trace, ...where }) => `attw: ${kind} ${JSON.stringify(where)}`)
}

/** What publint and attw have to say about a tarball. */
export async function tarballProblems(data) {
  const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)
  return [...(await lintProblems(tarball)), ...(await typeProblems(tarball))]
}

const tarballName = ({ name, version }) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`

/** publint and attw over the tarballs that would be published; a package that passed is not packed again until it changes. */
export async function checkPackages(root) {
  const cache = passedBefore(root, 'packages')
  const lockfile = contentHash(root, ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'tooling/check/steps/packages.mjs'])
  const changed = publishedPackages(root)
    .map((entry) => ({
      ...entry,
      hash: contentHash(join(root, entry.dir), ['package.json', 'README.md', 'LICENSE', 'dist/**/*'], lockfile),
    }))
    .filter(({ manifest, hash }) => !cache.has(manifest.name, hash))
  if (changed.length === 0) return { ok: true, output: '' }

  const folder = mkdtempSync(join(tmpdir(), 'pf-pack-'))
  try {
    const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const filters = changed.flatMap(({ manifest }) => ['--filter', manifest.name])
    const packed = await command(root, 'npx', [
      '-y',
      packageManager,
      '-r',
      ...filters,
      'pack',
      '--pack-destination',
      folder,
    ])
    if (!packed.ok) return packed
    const problems = []
    for (const { manifest, hash } of changed) {
      const file = tarballName(manifest)
      if (!readdirSync(folder).includes(file)) throw new Error(`${manifest.name} was not packed as ${file}.`)
      const found = await tarballProblems(readFileSync(join(folder, file)))
      if (found.length === 0) cache.add(manifest.name, hash)
      problems.push(...found.map((problem) => `${manifest.name}: ${problem}`))
    }
    return { ok: problems.length === 0, output: problems.join('\n') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
