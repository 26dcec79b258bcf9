/** A worker thread: serves the requests its host gives it, many at a time while they wait. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { NodeTransport } from '../outbound/node-transport'
import { RemoteTransport } from '../outbound/remote-transport'
import type { OutboundTransport } from '../outbound/transport'
import { BEAT, BEAT_MS, type FromWorker, type ToWorker, type WorkerSetup } from '../protocol/messages'
import { createImports } from '../wasi/imports'
import { KvStore } from '../wasi/keyvalue/kv-store'
import { GuestRequest } from './guest-request'
import { InstancePool } from './instance-pool'
import { quietSqliteWarning } from './quiet-sqlite-warning'
import { RunQueue } from './run-queue'
import { shellFactory } from './shell-factory'
import { warmUp } from './warm-up'

const port = parentPort
if (!port) throw new Error('this file runs as a worker thread of the wasm host')
const setup = workerData as WorkerSetup
quietSqliteWarning()
const post = (message: FromWorker, transfer?: ArrayBuffer[]): void => port.postMessage(message, transfer ?? [])

const requests = new Map<number, GuestRequest>()
const queue = new RunQueue((who) => Atomics.store(setup.beat, BEAT.running, who instanceof GuestRequest ? who.id : 0))
const kv = setup.kvFile === undefined ? undefined : new KvStore(setup.kvFile)
const remote = setup.mode === 'threads' ? new RemoteTransport(post) : undefined
const local = remote ? undefined : new NodeTransport(setup.outbound, setup.self)
const transport: OutboundTransport = remote ?? (local as NodeTransport)
const capabilities = { kv, transport, stores: new Set(setup.stores), draft: setup.draft, variables: setup.variables }
const pool = new InstancePool(
  {
    shell: shellFactory(setup.compiled, setup.mode),
    importsFor: (context) => createImports(context, capabilities),
    queue,
    block: remote && block,
  },
  setup.pool,
)

const beat = setInterval(() => {
  Atomics.add(setup.beat, BEAT.count, 1)
  Atomics.store(setup.beat, BEAT.pooled, pool.size)
  Atomics.store(setup.beat, BEAT.memoryKb, pool.heldBytes / 1024)
}, BEAT_MS)

function close(): void {
  clearInterval(beat)
  pool.close()
  local?.close()
  kv?.close()
  port?.close()
}

/** Waits on the thread itself for news from the host, still beating: only a guest that runs without a pause falls silent. */
function block(maxMs: number): void {
  const seen = Atomics.load(setup.beat, BEAT.signal)
  if (!drain()) Atomics.wait(setup.beat, BEAT.signal, seen, Math.min(maxMs, BEAT_MS))
  Atomics.add(setup.beat, BEAT.count, 1)
  drain()
}

function drain(): boolean {
  let any = false
  for (
    let next = receiveMessageOnPort(port as NonNullable<typeof port>);
    next;
    next = receiveMessageOnPort(port as NonNullable<typeof port>)
  ) {
    any = true
    receive(next.message as ToWorker)
  }
  return any
}

port.on('message', receive)

function receive(message: ToWorker): void {
  if (message.type === 'close') return close()
  if (message.type === 'outbound') return remote?.receive(message.call, message.event)
  if (message.type === 'start') {
    const request = new GuestRequest(message.id, post)
    requests.set(message.id, request)
    if (message.body) request.body.push(message.body)
    if (!message.more) request.body.end()
    const onStart = remote && (() => (remote.request = message.id))
    void request.run(message, setup.run, queue, () => pool.take(), onStart).finally(() => requests.delete(message.id))
    return
  }
  const request = requests.get(message.id)
  if (!request) return
  if (message.type === 'body') {
    if (message.chunk) request.body.push(message.chunk)
    if (message.end) request.body.end()
    if (message.broken) request.body.fail('the request body broke off')
  } else if (message.type === 'credit') request.sink.credit(message.bytes)
  else if (message.type === 'disconnect') request.disconnect()
  else request.abort(message.reason)
}

pool.fill()
post({ type: 'ready' })
if (setup.warm) await warmUp(pool, queue)
post({ type: 'warm' })
