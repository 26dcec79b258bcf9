import type { clients } from './clients'

type Client = (typeof clients)[number]

/** What a client made of a stream. */
export interface Reading {
  /** Types of the events its subscribers saw. */
  types: string[]
  /** Why the client gave the run up, where it did. */
  refused: string | undefined
  agent: InstanceType<Client['HttpAgent']>
  warnings: string[]
}

/** Lets a real client, with its verification on, read a stream as a server would send it. */
export async function readStream(
  { HttpAgent }: Client,
  frames: string,
  input: { threadId?: string; runId?: string; state?: object } = {},
): Promise<Reading> {
  const { threadId = 't', runId = 'r', state = {} } = input
  const agent = new HttpAgent({
    url: 'http://agent.test/agui',
    threadId,
    initialState: state,
    fetch: () => Promise.resolve(new Response(frames, { headers: { 'content-type': 'text/event-stream' } })),
  })
  const types: string[] = []
  const warnings: string[] = []
  const { warn, error } = console
  console.warn = (...words: unknown[]) => void warnings.push(words.map(String).join(' '))
  console.error = () => {}
  try {
    await agent.runAgent({ runId }, { onEvent: ({ event }) => void types.push(event.type) })
    return { types, refused: undefined, agent, warnings }
  } catch (problem) {
    return { types, refused: String(problem), agent, warnings }
  } finally {
    Object.assign(console, { warn, error })
  }
}

/** The events of a stream as they stand on the wire. */
// oxlint-disable-next-line typescript/no-explicit-any -- the wire is what is looked at
export function wireEvents(frames: string): any[] {
  return frames
    .split('\n\n')
    .flatMap((frame) => frame.split('\n').filter((line) => line.startsWith('data: ')))
    .map((line) => JSON.parse(line.slice(6)))
}
