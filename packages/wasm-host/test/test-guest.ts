/** The guest most tests of this package use: one component, one behaviour per path. */
export const testGuest = `
import * as store from 'wasi:keyvalue/store@0.2.0-draft2'
import * as atomics from 'wasi:keyvalue/atomics@0.2.0-draft2'
import * as batch from 'wasi:keyvalue/batch@0.2.0-draft2'
import * as config from 'wasi:config/store@0.2.0-draft-2024-09-27'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const encoder = new TextEncoder()
const text = (bytes) => bytes === undefined ? null : new TextDecoder().decode(bytes)
const reason = (error) => error.payload ? error.payload.tag : String(error && error.message || error)

const routes = {
  async '/hello'() { return new Response('hello') },
  async '/echo'(request) {
    return new Response(await request.text(), { headers: { 'x-method': request.method, 'x-url': request.url, 'x-header': request.headers.get('x-header') || '' } })
  },
  async '/upper'(request) {
    const { readable, writable } = new TransformStream()
    const writer = writable.getWriter(), reader = request.body.getReader(), decoder = new TextDecoder()
    const work = (async () => {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        await writer.write(encoder.encode(decoder.decode(value, { stream: true }).toUpperCase()))
      }
      await writer.close()
    })()
    work.catch(() => {})
    return new Response(readable)
  },
  async '/ticks'(request, url) {
    const count = Number(url.searchParams.get('count')), pause = Number(url.searchParams.get('pause') || 0)
    let n = 0
    return new Response(new ReadableStream({ async pull(c) {
      if (n === count) return c.close()
      if (pause) await sleep(pause)
      c.enqueue(encoder.encode('tick ' + n++ + '\\n'))
    } }))
  },
  async '/large'(request, url) {
    let left = Number(url.searchParams.get('chunks'))
    return new Response(new ReadableStream({ pull(c) { if (left-- === 0) return c.close(); c.enqueue(new Uint8Array(32768).fill(65)) } }))
  },
  async '/count'(request) {
    const reader = request.body.getReader()
    let bytes = 0
    for (;;) { const { done, value } = await reader.read(); if (done) break; bytes += value.byteLength }
    return new Response(String(bytes))
  },
  async '/wait'(request, url) { await sleep(Number(url.searchParams.get('ms'))); return new Response('waited') },
  async '/loop'() { for (;;); },
  async '/loop-after-head'() {
    // Long enough for the head to be out, on a busy machine as well.
    return new Response(new ReadableStream({ async pull(c) { c.enqueue(encoder.encode('start')); await sleep(1500); for (;;); } }))
  },
  async '/bomb'() { const held = []; for (;;) held.push(new Uint8Array(1 << 20).fill(1)) },
  async '/bomb-caught'() {
    const held = []
    try { for (;;) held.push(new Uint8Array(1 << 20).fill(1)) } catch (error) { held.length = 0; return new Response('caught', { status: 200 }) }
  },
  async '/trap'(request) { await import('trap:no-such-file'); return new Response('not reached') },
  async '/throw'() { throw new Error('on purpose') },
  async '/fetch'(request, url) {
    try {
      const response = await fetch(url.searchParams.get('url'))
      return new Response(await response.text(), { status: response.status, headers: { location: response.headers.get('location') || '', 'x-ok': 'yes' } })
    } catch (error) { return new Response(reason(error), { status: 418 }) }
  },
  async '/post'(request, url) {
    const response = await fetch(url.searchParams.get('url'), { method: 'POST', body: await request.text(), headers: { 'x-from': 'guest' } })
    return new Response(await response.text(), { status: response.status })
  },
  async '/fetch-and-leave'(request, url) { fetch(url.searchParams.get('url')).catch(() => {}); await sleep(50); return new Response('left') },
  async '/set'(request, url) { store.open(url.searchParams.get('store') || 'default').set(url.searchParams.get('key'), encoder.encode(url.searchParams.get('value'))); return new Response('set') },
  async '/get'(request, url) { const value = store.open('default').get(url.searchParams.get('key')); return Response.json({ value: text(value) }) },
  async '/delete'(request, url) { store.open('default').delete(url.searchParams.get('key')); return new Response('deleted') },
  async '/open'(request, url) { try { store.open(url.searchParams.get('store')); return new Response('open') } catch (error) { return new Response(reason(error)) } },
  async '/keys'() { const { keys, cursor } = store.open('default').listKeys(undefined); return Response.json({ keys, cursor: cursor ?? null }) },
  async '/increment'(request, url) { return new Response(String(atomics.increment(store.open('default'), url.searchParams.get('key'), BigInt(url.searchParams.get('by') || 1)))) },
  async '/cas-add'(request, url) {
    const bucket = store.open('default'), key = url.searchParams.get('key')
    let cas = atomics.Cas.new(bucket, key), tries = 0
    for (;;) {
      const next = Number(text(cas.current()) || 0) + 1
      if (url.searchParams.get('pause')) await sleep(Number(url.searchParams.get('pause')))
      try { atomics.swap(cas, encoder.encode(String(next))); return Response.json({ next, tries }) }
      catch (error) { if (!error.payload || error.payload.tag !== 'cas-failed') throw error; cas = error.payload.val; tries++ }
    }
  },
  async '/turn'(request, url) {
    const bucket = store.open('default'), key = 'lease/' + url.searchParams.get('name')
    const cas = atomics.Cas.new(bucket, key)
    if (cas.current() !== undefined) return new Response('taken', { status: 409 })
    atomics.swap(cas, encoder.encode('held'))
    while (!bucket.exists(url.searchParams.get('until'))) await sleep(20)
    bucket.delete(key)
    return new Response('had its turn')
  },
  async '/batch'() {
    const bucket = store.open('default')
    batch.setMany(bucket, [['batch/a', encoder.encode('1')], ['batch/b', encoder.encode('2')]])
    const many = batch.getMany(bucket, ['batch/a', 'batch/missing', 'batch/b']).map(([key, value]) => [key, text(value)])
    batch.deleteMany(bucket, ['batch/a', 'batch/b'])
    return Response.json({ many, left: bucket.exists('batch/a') })
  },
  async '/lease'(request, url) {
    const bucket = store.open('default')
    bucket.set('lease/' + url.searchParams.get('name'), encoder.encode('held'))
    if (url.searchParams.get('given-back')) bucket.delete('lease/' + url.searchParams.get('name'))
    const then = url.searchParams.get('then')
    if (then === 'loop') for (;;);
    if (then === 'throw') throw new Error('on purpose')
    if (then === 'trap') await import('trap:no-such-file')
    if (then === 'wait') await sleep(60000)
    if (then === 'bomb') { const held = []; for (;;) held.push(new Uint8Array(1 << 20).fill(1)) }
    return new Response('leased')
  },
  async '/config'(request, url) { return Response.json({ value: config.get(url.searchParams.get('key')) ?? null, all: config.getAll() }) },
  async '/log'() { console.log('to stdout'); console.error('to stderr'); return new Response('logged') },
  async '/random'() { return Response.json({ uuid: crypto.randomUUID(), now: Date.now() }) },
}

let served = 0
addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (url.pathname === '/instance') return event.respondWith(new Response(String(++served)))
  if (url.pathname === '/wait-until') {
    event.waitUntil((async () => { await sleep(Number(url.searchParams.get('ms'))); store.open('default').set('after', encoder.encode('done')) })())
    return event.respondWith(new Response('first'))
  }
  const route = routes[url.pathname]
  event.respondWith(route ? route(event.request, url) : new Response('no such route', { status: 404 }))
})


// Another letter behind the colon makes it behave otherwise, in a component that is built; see askedOtherwise.
const asked = 'configure-agent:plain'
export const discovery = {
  configureAgent() {
    const letter = asked.charAt(16)
    if (letter === 'l') for (;;);
    if (letter === 'u') {
      const tried = {}
      for (const [name, use] of [['store', () => store.open('default')], ['config', () => config.get('key')], ['random', () => crypto.randomUUID()]]) {
        try { use(); tried[name] = 'granted' } catch (error) { tried[name] = 'refused' }
      }
      return JSON.stringify(tried)
    }
    return JSON.stringify({ name: 'test-guest' })
  },
}
`

/**
 * The test guest whose `configure-agent` never returns (`loops`), or uses what it imports (`using`): the built component with
 * one text in its memory changed, for a build takes long.
 */
export function askedOtherwise(component: Uint8Array, how: 'loops' | 'using'): Uint8Array {
  const changed = Buffer.from(component)
  const plain = 'configure-agent:plain'
  let at = changed.indexOf(plain)
  if (at < 0) throw new Error('The text is not in the component.')
  for (; at >= 0; at = changed.indexOf(plain, at)) changed.write(plain.replace('plain', how), at)
  return changed
}
