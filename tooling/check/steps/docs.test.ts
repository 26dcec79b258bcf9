import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratch, workspaceRoot } from '../../scratch/scratch'
import { checkBlocks, codeBlocks } from './docs.mjs'

const fence = '```'
const page = (...blocks: string[]) => blocks.map((code) => `Words.\n\n${fence}${code}\n${fence}\n`).join('\n')

it('takes TypeScript blocks, and their file names', () => {
  const text = page('ts\n// agent.ts\nexport default 1', 'sh\nnpm test', 'ts no-check\nhalf a', 'ts\nconst a = 1')
  expect(codeBlocks(text)).toEqual([
    { file: 'agent.ts', line: 4, code: '// agent.ts\nexport default 1\n' },
    { file: 'block-2.ts', line: 23, code: 'const a = 1\n' },
  ])
})

function workspace(files: Record<string, string>) {
  const root = scratch({
    'tsconfig.json': {
      extends: join(workspaceRoot, 'tooling/tsconfig/node.json'),
      compilerOptions: { noEmit: true, paths: { '@pf-agents/*': ['./packages/*/src/index.ts'] } },
    },
    'packages/agent-core/src/index.ts': 'export const defineAgent = (agent: { name: string }) => agent\n',
    ...files,
  })
  symlinkSync(join(workspaceRoot, 'node_modules'), join(root, 'node_modules'))
  return root
}

it('compiles the blocks of a page against the sources, and against each other', async () => {
  const root = workspace({
    'README.md': page(
      "ts\n// agent.ts\nimport { defineAgent } from '@pf-agents/agent-core'\nexport default defineAgent({ name: 'echo' })",
      "ts\n// main.ts\nimport agent from './agent'\nconsole.log(agent.name, process.version)",
      "ts\nimport agent from './agent'\nexport const name = agent.name",
    ),
  })
  expect(await checkBlocks(root, ['README.md'])).toEqual({ ok: true, output: '', count: 3 })
})

it('gives the page and the line of what does not compile', async () => {
  const root = workspace({
    'README.md': page("ts\nimport { defineAgent } from '@pf-agents/agent-core'\n\ndefineAgent({ nme: 'echo' })"),
  })
  const { ok, output } = await checkBlocks(root, ['README.md'])
  expect(ok).toBe(false)
  expect(output).toMatch(/^README\.md:6: error TS2561: .*'nme' does not exist/)
})
