import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StartedApp } from '@pf-agents/testing/node'
import { startEntry } from '../../packages/testing/test/start-entry'
import { travelDesk } from './scenario'

const file = (name: string) => new URL(name, import.meta.url).pathname

describe('the travel desk on Node', () => {
  let app: StartedApp
  beforeAll(async () => {
    app = await startEntry(file('main.node.ts'))
  })
  afterAll(() => app.close())
  travelDesk(() => app.url)
})

it('is one agent file for both entries', () => {
  for (const entry of ['main.node.ts', 'main.spin.ts'])
    expect(readFileSync(file(entry), 'utf8')).toContain("import agent from './agent.ts'")
})
