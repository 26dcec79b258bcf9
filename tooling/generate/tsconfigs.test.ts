// Targets, layer 4, types: neutral sources are compiled as a component sees them.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { writeUnavailable } from '../build/unavailable.mjs'
import { scratch, workspaceRoot } from '../scratch/scratch'
import { exportsOf } from './targets.mjs'
import { neutralConfig, packageTsconfigs } from './tsconfigs.mjs'

const neutral = {
  name: '@pf-agents/fixture',
  type: 'module',
  pf: {
    targets: { '.': ['node', 'wasm'], './node': ['node'] },
    unavailable: { './node': { reason: 'it listens on a socket', alternative: 'use the handler' } },
  },
}
const nodeOnly = {
  name: '@pf-agents/files',
  type: 'module',
  pf: {
    targets: { '.': ['node'] },
    unavailable: { '.': { reason: 'it needs a file system', alternative: 'use spinStorage()' } },
  },
}

const editorConfigs = (packages: { dir: string; manifest: object; guest?: boolean }[]) =>
  Object.fromEntries(
    packages.flatMap((entry) =>
      Object.entries(packageTsconfigs(entry)).map(([file, config]) => [join(entry.dir, file), config]),
    ),
  )

/** A workspace of a neutral package, whose sources are given, and one for Node alone, built. */
async function workspace(files: Record<string, string>) {
  const packages = [
    { dir: 'packages/fixture', manifest: neutral },
    { dir: 'packages/files', manifest: nodeOnly, guest: true },
  ]
  const config = { ...neutralConfig(packages), extends: join(workspaceRoot, 'tooling/tsconfig/neutral.json') }
  const root = JSON.parse(readFileSync(join(workspaceRoot, 'tsconfig.json'), 'utf8'))
  root.compilerOptions.typeRoots = [join(workspaceRoot, 'node_modules/@types')]
  const folder = scratch({
    'tsconfig.json': { ...root, extends: join(workspaceRoot, 'tooling/tsconfig/node.json') },
    'tsconfig.neutral.json': config,
    'packages/fixture/package.json': { ...neutral, exports: exportsOf(neutral) },
    ...editorConfigs(packages),
    'packages/files/package.json': { ...nodeOnly, exports: exportsOf(nodeOnly) },
    'packages/files/src/guest/index.ts': 'export {}',
    'packages/files/src/index.ts': 'export const fileStorage = (file: string) => file\n',
    'packages/files/dist/index.js': 'export const fileStorage = (file) => file\n',
    'packages/files/dist/index.d.ts': 'export declare const fileStorage: (file: string) => string\n',
    'packages/fixture/src/index.ts': 'export {}',
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [join('packages/fixture/src', name), text])),
  })
  await writeUnavailable(nodeOnly, join(folder, 'packages/files/dist'))
  // What the package manager's link would be.
  const link = join(folder, 'packages/fixture/node_modules/@pf-agents')
  mkdirSync(link, { recursive: true })
  symlinkSync(join(folder, 'packages/files'), join(link, 'files'))
  return folder
}

/** What the compiler says about the neutral sources of such a workspace. */
async function compileNeutral(files: Record<string, string>) {
  const compiler = join(workspaceRoot, 'node_modules/typescript7/bin/tsc')
  return spawnSync(process.execPath, [compiler, '-p', 'tsconfig.neutral.json', '--pretty', 'false'], {
    cwd: await workspace(files),
    encoding: 'utf8',
  }).stdout
}

/** What an editor shows in each file of such a workspace: the language server is asked the way editors do. */
async function inEditor(files: Record<string, string>): Promise<Record<string, string[]>> {
  const folder = await workspace(files)
  const server = spawn(process.execPath, [join(workspaceRoot, 'node_modules/typescript/lib/tsserver.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const path = (name: string) => join(folder, 'packages/fixture/src', name)
  const names = Object.keys(files)
  const send = (seq: number, command: string, file: string) =>
    server.stdin.write(`${JSON.stringify({ seq, type: 'request', command, arguments: { file: path(file) } })}\n`)
  names.forEach((name, index) => {
    send(index * 2 + 1, 'open', name)
    send(index * 2 + 2, 'semanticDiagnosticsSync', name)
  })
  const shown: Record<string, string[]> = {}
  for await (const line of createInterface({ input: server.stdout })) {
    if (!line.startsWith('{')) continue
    const answer = JSON.parse(line) as { type: string; request_seq: number; success: boolean; body: { text: string }[] }
    const name = names[answer.request_seq / 2 - 1]
    if (answer.type !== 'response' || name === undefined) continue
    expect(answer.success).toBe(true)
    shown[name] = answer.body.map(({ text }) => text)
    if (Object.keys(shown).length === names.length) break
  }
  server.kill()
  return shown
}

it('has no Node globals and no Node modules', async () => {
  const output = await compileNeutral({
    'index.ts':
      "import { readFile } from 'node:fs/promises'\nexport const all = () => [process.env, Buffer.from('a'), __dirname, readFile]\n",
  })
  expect(output).toMatch(/Cannot find (module|name) 'node:fs\/promises'/)
  expect(output).toMatch(/Cannot find name 'process'/)
  expect(output).toMatch(/Cannot find name 'Buffer'/)
  expect(output).toMatch(/Cannot find name '__dirname'/)
})

it('says why a package for Node alone can not be used', async () => {
  const output = await compileNeutral({
    'index.ts': "import { fileStorage } from '@pf-agents/files'\nexport const store = fileStorage('a.db')\n",
  })
  expect(output).toContain(
    '@pf-agents/files does not work on wasm (only on node): it needs a file system. Instead, use spinStorage().',
  )
})

it('has the web platform, and leaves files for Node and tests to the other configuration', async () => {
  const node = 'export const env = process.env\n'
  expect(
    await compileNeutral({
      'index.ts': 'export const get = (url: string) => fetch(new URL(url), { signal: AbortSignal.timeout(1) })\n',
      'node.ts': node,
      'node/server.ts': node,
      'files.node.ts': node,
      'index.test.ts': node,
    }),
  ).toBe('')
})

it('sees guest code of a package for Node alone the same way', async () => {
  const output = await compileNeutral({ '../../files/src/guest/index.ts': 'export const env = process.env\n' })
  expect(output).toContain("packages/files/src/guest/index.ts(1,20): error TS2591: Cannot find name 'process'")
})

it('shows the same in an editor, and Node in the files for Node', async () => {
  const node = 'export const env = process.env\n'
  const shown = await inEditor({
    'index.ts': "import { fileStorage } from '@pf-agents/files'\nexport const store = fileStorage('a.db')\n",
    'env.ts': node,
    'node.ts': node,
    'node/server.ts': node,
    'index.test.ts': node,
    '../../files/src/index.ts': node,
    '../../files/src/guest/index.ts': node,
  })
  expect(shown['index.ts']?.join()).toContain(
    '@pf-agents/files does not work on wasm (only on node): it needs a file system.',
  )
  expect(shown['env.ts']?.join()).toContain("Cannot find name 'process'")
  expect(shown['../../files/src/guest/index.ts']?.join()).toContain("Cannot find name 'process'")
  for (const name of ['node.ts', 'node/server.ts', 'index.test.ts', '../../files/src/index.ts']) {
    expect(shown[name]).toEqual([])
  }
})
