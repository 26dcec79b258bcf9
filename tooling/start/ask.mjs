/** What is sent: SendMessage of A2A 1.0 over JSON-RPC. */
const requestBody = (text, id) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'SendMessage',
  params: { message: { messageId: id, role: 'ROLE_USER', parts: [{ text }] } },
})

const headers = { 'content-type': 'application/json', 'a2a-version': '1.0' }

/** The same request for a shell. */
export function curlLine(url, text) {
  const fields = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`)
  return `curl -s ${url}/ ${fields.join(' ')} -d '${JSON.stringify(requestBody(text, 'm-1'))}'`
}

/** Sends a message to an echo agent: what it said, how long it took, and what is wrong with it, if anything. */
export async function ask(url, text) {
  const start = performance.now()
  try {
    const response = await fetch(`${url}/`, {
      method: 'POST',
      headers,
      body: JSON.stringify(requestBody(text, crypto.randomUUID())),
      signal: AbortSignal.timeout(30_000),
    })
    const body = await response.text()
    const milliseconds = Math.round(performance.now() - start)
    return { milliseconds, ...judge(response.status, body, text) }
  } catch (error) {
    return { problem: `no answer: ${error.cause?.message ?? error.message}` }
  }
}

/** What an answer says, and what is wrong with it. */
export function judge(status, body, text) {
  const wrong = (what) => ({ problem: `${what}: ${status} ${body.slice(0, 500)}` })
  if (status !== 200) return wrong('the answer has a wrong status')
  let answer
  try {
    answer = JSON.parse(body)
  } catch {
    return wrong('the answer is not JSON')
  }
  const message = answer.result?.message
  if (message?.role !== 'ROLE_AGENT') return wrong('the answer is no message of the agent')
  const said = message.parts?.map((part) => part.text ?? '').join('')
  return said === `Echo: ${text}` ? { text: said } : wrong('the agent said something else')
}
