import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { ask, curlLine, judge } from './ask.mjs'

const answer = (message: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, result: { message } })

describe('an answer', () => {
  it('of the echo agent is right', () => {
    expect(judge(200, answer({ role: 'ROLE_AGENT', parts: [{ text: 'Echo: Hello' }] }), 'Hello')).toEqual({
      text: 'Echo: Hello',
    })
  })

  it.each([
    [500, 'Internal error', 'the answer has a wrong status: 500 Internal error'],
    [200, '<html>', 'the answer is not JSON: 200 <html>'],
    [200, '{"jsonrpc":"2.0","id":1,"error":{"code":-32603}}', 'the answer is no message of the agent: 200'],
    [200, answer({ role: 'ROLE_USER', parts: [{ text: 'Echo: Hello' }] }), 'the answer is no message of the agent'],
    [200, answer({ role: 'ROLE_AGENT', parts: [{ text: 'Hello' }] }), 'the agent said something else'],
    [200, answer({ role: 'ROLE_AGENT', parts: [] }), 'the agent said something else'],
  ])('with %s and %s is wrong', (status, body, problem) => {
    expect(judge(status, body, 'Hello')).toMatchObject({ problem: expect.stringContaining(problem) as string })
  })
})

it('says that nobody answers', async () => {
  expect((await ask('http://127.0.0.1:9', 'Hello')).problem).toContain('no answer:')
})

it('gives a line for a shell that sends the same', async () => {
  let sent = ''
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => (sent += text))
    request.on('end', () => response.end(answer({ role: 'ROLE_AGENT', parts: [{ text: "Echo: it's" }] })))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const before = await ask(url, 'Hello')
    expect(before.problem).toContain('something else')
    const { params } = JSON.parse(sent) as { params: { message: { parts: object[] } } }
    expect(params.message.parts).toEqual([{ text: 'Hello' }])
    // The shell reads the line as one command with the same body.
    const printed = execFileSync('sh', ['-c', curlLine(url, 'Hello').replace(/^curl /, 'printf "%s\\n" ')], {
      encoding: 'utf8',
    })
    const body = JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '') as typeof params & { method: string }
    expect(body.method).toBe('SendMessage')
  } finally {
    server.close()
  }
})
