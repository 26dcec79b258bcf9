// @node24-only: computes alone, which is the same on every Node
// What clients end a run over is taken from the clients themselves: the checks of their verifiers, and the schema of each
// event. Each is broken by a stream; behind the guard none is.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clients } from '../../test/clients'
import { fatalStreams, whole } from '../../test/fatal-streams'
import { readStream } from '../../test/read-stream'
import type { WireEvent } from '../wire/event'
import { downgrade, profileOf } from '../wire/profile'
import { createOutboundGuard, type OutboundGuardOptions } from './outbound-guard'

const require = createRequire(import.meta.url)
const ids = { threadId: 't', runId: 'r' }

function guarded(events: readonly WireEvent[], options: Partial<OutboundGuardOptions> = {}): WireEvent[] {
  const guard = createOutboundGuard({ ...ids, state: {}, ...options })
  return [...events.flatMap((event) => guard.push(event)), ...guard.end()]
}

const framesOf = (events: readonly WireEvent[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')

/** What was read already: most that is wrong is put right in the same way. */
const read = new Set<string>()

async function isTaken(events: readonly WireEvent[], label: string): Promise<void> {
  const ends = events.filter(({ type }) => type === 'RUN_FINISHED' || type === 'RUN_ERROR')
  expect(ends, `${label}`).toHaveLength(1)
  expect(events.at(-1), `${label}`).toBe(ends[0])
  for (const client of clients) {
    const profile = profileOf(client.version === '1.0.0' ? '1.0' : undefined, {
      subagents: client.version === '0.0.59',
    })
    const frames = framesOf(events.flatMap((event) => downgrade(event, profile, () => {}) ?? []))
    if (read.has(client.version + frames)) continue
    read.add(client.version + frames)
    const { refused, warnings } = await readStream(client, frames)
    expect(refused, `${label}, ${client.version}\n${frames}`).toBeUndefined()
    expect(warnings, `${label}, ${client.version}\n${frames}`).toEqual([])
  }
}

/** What a client's own checks say of events, the schema left aside. */
function verdictOf(name: string, events: readonly WireEvent[]): Promise<string | undefined> {
  const { transformChunks, verifyEvents } = require(name)
  // Of the client's own copy: one that is not its own would be none to it.
  const { from } = createRequire(require.resolve(name))('rxjs')
  return new Promise((resolve) => {
    from(events)
      .pipe(transformChunks(), verifyEvents())
      .subscribe({ error: (error: Error) => resolve(error.message), complete: () => resolve(undefined) })
  })
}

/** The checks of a client: what each says, as its source has it, with anything in place of what it names. */
function checksOf(name: string): { text: string; pattern: RegExp }[] {
  const { sources, sourcesContent } = JSON.parse(readFileSync(`${require.resolve(name)}.map`, 'utf8')) as {
    sources: string[]
    sourcesContent: string[]
  }
  const texts = sources.flatMap((source, index) => {
    if (!/\/(?:verify\/verify|chunks\/transform)\.ts$/.test(source)) return []
    return [
      ...(sourcesContent[index] as string).matchAll(
        /new (?:AGUI)?Error\(\s*(?:isSpan\s*\?\s*(`[^]*?`)\s*:\s*(`[^]*?`)|(`[^]*?`,?\s*\)|"[^"]*"))/g,
      ),
    ].flatMap(([, one, two, three]) => [one, two, three].filter((found) => found !== undefined))
  })
  return [...new Set(texts)].flatMap((quoted) => {
    const text = quoted.replace(/^["`]|["`],?\s*\)?$/g, '')
    // What old clients say to themselves: they look for it before.
    if (/^No [a-z ]+ to close$/.test(text)) return []
    const parts = withoutHoles(text).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return [{ text, pattern: new RegExp(`^${parts.join('[^]*')}$`) }]
  })
}

/** A template, cut where it names something: what is named may be a template itself. */
function withoutHoles(template: string): string[] {
  const parts: string[] = []
  let part = ''
  let depth = 0
  for (let at = 0; at < template.length; at++) {
    if (template.startsWith('${', at)) {
      if (depth++ === 0) {
        parts.push(part)
        part = ''
      }
      at++
    } else if (depth > 0 && template[at] === '{') depth++
    else if (depth > 0 && template[at] === '}') depth--
    else if (depth === 0) part += template[at]
  }
  return [...parts, part]
}

const packages = { '1.0.0': '@ag-ui/client', '0.0.59': '@ag-ui/client-0.0.59', '0.0.57': '@ag-ui/client-0.0.57' }

describe.each(Object.entries(packages))('what client %s ends a run over', (version, name) => {
  it('is all in the list of streams', async () => {
    const checks = checksOf(name)
    // That they are found at all.
    expect(checks.length).toBeGreaterThan(version === '0.0.57' ? 20 : 40)
    const verdicts = await Promise.all(fatalStreams.map(({ events }) => verdictOf(name, events)))
    const missing = checks.filter(({ pattern }) => !verdicts.some((verdict) => verdict && pattern.test(verdict)))
    expect(missing.map(({ text }) => text)).toEqual([])
  })
})

describe.each(fatalStreams)('$rule', ({ rule, events }) => {
  it('is what some client ends a run over', async () => {
    const verdicts = await Promise.all(Object.values(packages).map((name) => verdictOf(name, events)))
    expect(verdicts.some((verdict) => verdict !== undefined)).toBe(true)
  })

  it('is kept by the guard, and refused in strict mode', async () => {
    await isTaken(guarded(events), rule)
    expect(() => guarded(events, { mode: 'strict' })).toThrow(expect.objectContaining({ code: 'PF_STREAM_INVALID' }))
  })
})

type Step = string | number

/** Where something stands in a value, the value itself left out. */
function pathsIn(value: unknown, path: Step[] = []): Step[][] {
  if (typeof value !== 'object' || value === null) return path.length > 0 ? [path] : []
  const inner = Object.entries(value).flatMap(([key, one]) =>
    pathsIn(one, [...path, Array.isArray(value) ? +key : key]),
  )
  return path.length > 0 ? [path, ...inner] : inner
}

function changed(value: unknown, path: readonly Step[], to: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return to
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<Step, unknown>
  if (rest.length === 0 && to === undefined) delete copy[step]
  else copy[step] = changed(copy[step], rest, to)
  return copy
}

/** Ways in which a field can be something else than it has to be. */
const others = [undefined, null, 42, 1.5, -1, '', 'other', true, [], [null], {}, { type: 'other' }]

describe('an event whose field', () => {
  const cases = whole.flatMap((event, index) =>
    [...pathsIn(event), ['timestamp'], ['metadata'], ['rawEvent'], ['subagentRunId'], ['extra']]
      .filter(([step]) => step !== 'type')
      .map((path) => ({ index, path, label: `${(event as WireEvent).type}.${path.join('.')}` })),
  )
  it('is whole is let through, as it is', async () => {
    const out = guarded(whole as WireEvent[], { mode: 'strict', clientTools: new Set(['look']) })
    expect(out.map(({ type }) => type)).toEqual(whole.map((event) => (event as WireEvent).type))
    await isTaken(out, 'whole')
  })

  it.each(cases)(
    '$label is anything else than it has to be makes no run that a client ends',
    async ({ index, path }) => {
      for (const other of others) {
        const events = whole.map((event, at) => (at === index ? changed(event, path, other) : event)) as WireEvent[]
        await isTaken(guarded(events), JSON.stringify(other) ?? 'undefined')
      }
    },
  )
})

// The protocol's own streams for consumers, where a checkout of `ag-ui-protocol/ag-ui` is at hand:
// AGUI_STREAMS=…/spec/1.0/conformance/streams
const official = process.env['AGUI_STREAMS']

describe.runIf(official !== undefined)("the protocol's own streams", () => {
  const folder = official ?? dirname('')
  const files = official === undefined ? [] : readdirSync(folder).filter((file) => file.endsWith('.json'))
  it.each(files)('%s', async (file) => {
    const { name, stream, expect: expected } = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    await isTaken(guarded(stream), name)
    if (expected.outcome === 'failed' && stream.length > 0)
      expect(() => guarded(stream, { ...idsOf(stream), mode: 'strict' })).toThrow(
        expect.objectContaining({ code: 'PF_STREAM_INVALID' }),
      )
  })
})

function idsOf(stream: { threadId?: string; runId?: string }[]): { threadId: string; runId: string } {
  const { threadId = 't', runId = 'r' } = stream[0] ?? {}
  return { threadId, runId }
}
