import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { publishedPackages } from '../../generate/targets.mjs'
import { builtEntries } from '../lib/entries.mjs'
import { nodeScript } from '../lib/command.mjs'

const consumers = [
  { name: 'node with bundler resolution', target: 'node', module: 'esnext', moduleResolution: 'bundler' },
  { name: 'node with nodenext resolution', target: 'node', module: 'nodenext', moduleResolution: 'nodenext' },
  { name: 'wasm', target: 'wasm', module: 'esnext', moduleResolution: 'bundler' },
]

const environments = {
  node: { lib: ['ES2023', 'ES2024.Promise', 'ESNext.Disposable'], types: ['node'] },
  wasm: {
    lib: ['ES2023', 'ES2024.Promise', 'ESNext.Disposable', 'WebWorker', 'WebWorker.AsyncIterable'],
    types: [],
    customConditions: ['pf-wasm'],
  },
}

async function compile(root, folder, { name, target, module, moduleResolution }) {
  const home = join(folder, name.replaceAll(' ', '-'))
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }')
  const entries = builtEntries(root).filter((entry) => entry.target === target)
  writeFileSync(
    join(home, 'index.ts'),
    entries.map(({ specifier }, index) => `export * as entry${index} from '${specifier}'`).join('\n'),
  )
  const compilerOptions = {
    ...environments[target],
    target: 'es2022',
    module,
    moduleResolution,
    strict: true,
    noEmit: true,
    // Library checking is on: this is about the declarations, not about the one line of code.
    skipLibCheck: false,
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['index.ts'] }))
  const compiler = join(root, 'node_modules/typescript7/bin/tsc')
  const { ok, output } = await nodeScript(home, compiler, ['-p', '.', '--pretty', 'false'])
  if (ok) return []
  // Faults in the declarations of others are not ours to mend.
  return output
    .split(/^(?=\S.*\(\d+,\d+\): error )/m)
    .map((fault) => /^(.+?)(\(\d+,\d+\): error .*)$/s.exec(fault.trim()))
    .filter((match) => match && !match[1].includes('node_modules/'))
    .map(([, file, message]) => `${name}: ${relative(root, resolve(home, file))}${message}`)
}

/** Compiles a consumer of every published entry against the built declarations, with library checking on. */
export async function checkConsumers(root) {
  const folder = mkdtempSync(join(tmpdir(), 'pf-consumer-'))
  try {
    for (const { dir, manifest } of publishedPackages(root)) {
      const link = join(folder, 'node_modules', manifest.name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(join(root, dir), link)
    }
    const problems = []
    for (const consumer of consumers) problems.push(...(await compile(root, folder, consumer)))
    return { ok: problems.length === 0, output: problems.join('\n') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
