// Events to the bytes of a stream, in memory: how many in a second. Ours are checked by the guard on their way, the
// peer's are not.
import { isDeepStrictEqual } from 'node:util'
import { EventEncoder } from '@ag-ui/encoder'
import { createFrameEncoder, createOutboundGuard } from '@pf-agents/agui-stream'

const [name, what] = process.argv.slice(2)
const ids = { threadId: 'thread', runId: 'run' }
const turns = 200

/** A run that only talks. */
function* talk() {
  yield { type: 'RUN_STARTED', ...ids, protocolVersion: '1.0' }
  for (let turn = 0; turn < turns; turn++) {
    const messageId = `message-${turn}`
    yield { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' }
    for (let at = 0; at < 20; at++) yield { type: 'TEXT_MESSAGE_CONTENT', messageId, delta: `word ${at} ` }
    yield { type: 'TEXT_MESSAGE_END', messageId }
  }
  yield { type: 'RUN_FINISHED', ...ids, outcome: { type: 'success' } }
}

/** A run that does some of everything. */
function* work() {
  yield { type: 'RUN_STARTED', ...ids, protocolVersion: '1.0' }
  yield { type: 'STATE_SNAPSHOT', snapshot: { count: 0, list: [], user: { name: 'Ann', theme: 'dark' } } }
  for (let turn = 0; turn < turns; turn++) {
    const thought = `thought-${turn}`
    const messageId = `message-${turn}`
    const toolCallId = `call-${turn}`
    yield { type: 'STEP_STARTED', stepName: 'turn' }
    yield { type: 'REASONING_START', messageId: thought }
    yield { type: 'REASONING_MESSAGE_START', messageId: thought, role: 'reasoning' }
    for (let at = 0; at < 4; at++) yield { type: 'REASONING_MESSAGE_CONTENT', messageId: thought, delta: `hm ${at} ` }
    yield { type: 'REASONING_MESSAGE_END', messageId: thought }
    yield { type: 'REASONING_END', messageId: thought }
    yield { type: 'TOOL_CALL_START', toolCallId, toolCallName: 'look' }
    yield { type: 'TOOL_CALL_ARGS', toolCallId, delta: '{"city":' }
    yield { type: 'TOOL_CALL_ARGS', toolCallId, delta: '"Lisbon"}' }
    yield { type: 'TOOL_CALL_END', toolCallId }
    yield { type: 'TOOL_CALL_RESULT', messageId: `result-${turn}`, toolCallId, content: '{"celsius":21}', role: 'tool' }
    yield { type: 'STATE_DELTA', delta: [{ op: 'replace', path: '/count', value: turn + 1 }] }
    yield { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' }
    for (let at = 0; at < 8; at++) yield { type: 'TEXT_MESSAGE_CONTENT', messageId, delta: `word ${at} ` }
    yield { type: 'TEXT_MESSAGE_END', messageId }
    yield { type: 'STEP_FINISHED', stepName: 'turn' }
  }
  yield { type: 'RUN_FINISHED', ...ids, outcome: { type: 'success' } }
}

/** Where frames go: into bytes at once, as into a socket's buffer. */
const buffer = Buffer.alloc(1 << 20)
let at = 0
function send(frame) {
  if (at + frame.length * 3 > buffer.length) at = 0
  at += buffer.write(frame, at)
}

const encoders = {
  ours(events, to) {
    const guard = createOutboundGuard({ ...ids, state: {}, mode: 'strict' })
    const encode = createFrameEncoder()
    for (const event of events) for (const legal of guard.push(event)) to(encode(legal))
  },
  encoder(events, to) {
    const encoder = new EventEncoder()
    for (const event of events) to(encoder.encodeSSE(event))
  },
}

const run = what === 'talk' ? talk : work
const encode = encoders[name]
const count = [...run()].length
// What comes out is what went in, whoever wrote it.
let shown = ''
encode(run(), (frame) => (shown += frame))
const read = shown.split('\n\n').slice(0, -1)
for (const [index, event] of [...run()].entries())
  if (!isDeepStrictEqual(JSON.parse(read[index].slice(6)), event)) throw new Error(`Wrong text: ${read[index]}`)
if (read.length !== count) throw new Error(`${read.length} frames of ${count} events.`)
for (let round = 0; round < 300; round++) encode(run(), send)
const rounds = 500
// Of processor time: whoever else is at work on the machine does not count.
const before = process.cpuUsage()
for (let round = 0; round < rounds; round++) encode(run(), send)
const { user, system } = process.cpuUsage(before)
process.send({ perSecond: (count * rounds * 1e6) / (user + system) })
