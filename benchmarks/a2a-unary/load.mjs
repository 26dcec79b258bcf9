// Sends SendMessage requests over kept-alive connections and checks that the answers are right.
import autocannon from 'autocannon'

const [port, mode, seconds, connections] = process.argv.slice(2)
const url = `http://127.0.0.1:${port}/`
const body = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'SendMessage',
  params: {
    message: { messageId: 'm-1', role: 'ROLE_USER', parts: [{ text: mode === 'task' ? 'task please' : 'hello' }] },
  },
})
const headers = { 'content-type': 'application/json', 'a2a-version': '1.0' }

const probe = await (await fetch(url, { method: 'POST', headers, body })).json()
const text =
  mode === 'task' ? probe.result?.task?.artifacts?.[0]?.parts?.[0]?.text : probe.result?.message?.parts?.[0]?.text
const state = probe.result?.task?.status?.state
if (
  text !== (mode === 'task' ? 'Echo: task please' : 'Echo: hello') ||
  (mode === 'task' && state !== 'TASK_STATE_COMPLETED')
) {
  console.error(`Wrong answer: ${JSON.stringify(probe)}`)
  process.exit(1)
}

const load = (duration) =>
  autocannon({ url, method: 'POST', headers, body, connections: Number(connections), duration })
await load(1)
const result = await load(Number(seconds))
if (result.non2xx > 0 || result.errors > 0) {
  console.error(`${result.non2xx} answers that are not 2xx, ${result.errors} errors.`)
  process.exit(1)
}
process.send({
  rate: Math.round(result.requests.total / result.duration),
  p50: result.latency.p50,
  p99: result.latency.p99,
})
