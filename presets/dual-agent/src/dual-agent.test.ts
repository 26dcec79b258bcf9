import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HttpAgent } from '@ag-ui/client'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { defineAgent } from '@pf-agents/agent-core'
import { mount } from '@pf-agents/app/node'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import { startNode } from '@pf-agents/testing/node'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { dualAgent } from './dual-agent'

const agent = defineAgent({
  name: 'counter',
  description: 'Counts to three',
  version: '1.0.0',
  async *onMessage({ text }) {
    yield `${text}: `
    for (const number of ['one ', 'two ', 'three']) yield number
  },
})
const quiet = { logger: { log: () => {} } }

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

async function askOverAgui(url: string, threadId: string): Promise<string> {
  const client = new HttpAgent({ url: `${url}/agui`, threadId })
  client.addMessage({ id: 'u1', role: 'user', content: 'AG-UI' })
  await client.runAgent({})
  return JSON.stringify(client.messages.at(-1)?.content)
}

async function askOverA2A(url: string): Promise<string | undefined> {
  const stream = createA2AClient({ url }).sendStreamingMessage({ message: userMessage('A2A') })
  for await (const _event of stream) void _event
  return stream.task?.artifacts?.[0]?.parts.map(({ text }) => text).join('')
}

async function speaksBoth(url: string): Promise<void> {
  const card = await fetch(`${url}/.well-known/agent-card.json`)
  expect(await card.json()).toMatchObject({ name: 'counter', capabilities: { streaming: true } })
  expect(await askOverA2A(url)).toBe('A2A: one two three')
  expect(await askOverAgui(url, 't1')).toBe('"AG-UI: one two three"')
}

describe('a dual agent', () => {
  it('speaks both, alone', async () => {
    await using app = await startNode(dualAgent(agent, quiet))
    await speaksBoth(app.url)
  })

  it('speaks both as a part of another server', async () => {
    const app = dualAgent(agent, quiet)
    const outer = express()
    mount(app, outer, '/agent')
    const server: Server = outer.listen(0, '127.0.0.1')
    closers.push(
      () => app.close(),
      () => server.close(),
    )
    await new Promise((resolve) => server.once('listening', resolve))
    await speaksBoth(`http://127.0.0.1:${(server.address() as AddressInfo).port}/agent`)
  })

  it('shares runs: what began over AG-UI is a task of A2A, and is there after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pf-preset-'))
    closers.push(() => rmSync(folder, { recursive: true }))
    const app = () => dualAgent(agent, { ...quiet, storage: sqliteStorage({ file: join(folder, 'agent.db') }) })
    const first = await startNode(app())
    await askOverAgui(first.url, 'thread-1')
    await first.close()
    await using second = await startNode(app())
    const { tasks } = await createA2AClient({ url: second.url }).listTasks({
      contextId: 'thread-1',
      includeArtifacts: true,
    })
    expect(tasks).toHaveLength(1)
    expect(tasks[0]).toMatchObject({ contextId: 'thread-1', status: { state: 'completed' } })
    expect(JSON.stringify(tasks[0]?.artifacts)).toContain('three')
  })

  it('has one protocol switched off', async () => {
    await using app = await startNode(dualAgent(agent, { ...quiet, features: { 'agui-stream': false } }))
    expect(await askOverA2A(app.url)).toBe('A2A: one two three')
    expect((await app.fetch('/agui', { method: 'POST', body: '{}' })).status).toBe(404)
  })

  it('says why it does not work in a component, in the words of its package', () => {
    const { pf } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect(dualAgent.definition.unavailable).toEqual(pf.unavailable['.'])
    expect(() => dualAgent(agent, { ...quiet, target: 'wasm' })).toThrow(
      'dual-agent does not work on wasm (only on node): it streams, and works in the background. Instead, use spinAgent() from @pf-agents/spin-agent, which speaks A2A.',
    )
  })
})
