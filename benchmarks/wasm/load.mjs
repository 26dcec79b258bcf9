// Sends SendMessage to one server and checks every answer: the first request of a fresh server, requests one after the
// other, then many connections at once (`phases`).
import { Agent, request } from 'node:http'
import autocannon from 'autocannon'

const [port, said, options] = process.argv.slice(2)
const { serial, phases } = JSON.parse(options)
const body = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'SendMessage',
  params: { message: { messageId: 'm-1', role: 'ROLE_USER', parts: [{ text: said }] } },
})
const headers = { 'content-type': 'application/json', 'a2a-version': '1.0' }
const length = { 'content-length': Buffer.byteLength(body) }
const agent = new Agent({ keepAlive: true })

function send() {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const sent = request(
      { host: '127.0.0.1', port, path: '/', method: 'POST', headers: { ...headers, ...length }, agent },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => (text += chunk))
        response.on('end', () => {
          const ms = performance.now() - started
          try {
            const answer = JSON.parse(text).result?.message?.parts?.[0]?.text
            if (response.statusCode !== 200 || answer !== `Echo: ${said}`)
              throw new Error('another answer was expected')
            resolve(ms)
          } catch (error) {
            reject(new Error(`${error.message}: ${response.statusCode} ${text}`))
          }
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

const first = await send()
const latencies = []
for (let index = 0; index < serial; index++) latencies.push(await send())
latencies.sort((a, b) => a - b)
const at = (part) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))]
agent.destroy()

const rates = []
for (const { connections, ...limit } of phases) {
  const started = performance.now()
  const result = await autocannon({
    url: `http://127.0.0.1:${port}/`,
    method: 'POST',
    headers,
    body,
    connections,
    timeout: 30,
    verifyBody: (text) => text.includes(`"text":"Echo: ${said}"`),
    ...limit,
  })
  if (result.non2xx > 0 || result.errors > 0 || result.mismatches > 0) {
    console.error(
      `${result.non2xx} answers that are not 2xx, ${result.errors} errors, ${result.mismatches} wrong answers.`,
    )
    process.exit(1)
  }
  rates.push(
    limit.amount ? limit.amount / ((performance.now() - started) / 1000) : result.requests.total / result.duration,
  )
}
process.send({ first, p50: at(0.5), p99: at(0.99), rates })
