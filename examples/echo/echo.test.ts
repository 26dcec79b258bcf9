import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { startEntry } from '../../packages/testing/test/start-entry'
import { echoes } from './scenario'

const file = (name: string) => new URL(name, import.meta.url).pathname

it('echoes on Node', { timeout: 60_000 }, async () => {
  await using app = await startEntry(file('main.node.ts'))
  await echoes(app.url)
})

it('is one agent file for both entries', () => {
  for (const entry of ['main.node.ts', 'main.spin.ts'])
    expect(readFileSync(file(entry), 'utf8')).toContain("import agent from './agent.ts'")
})
