/** What the assistant is told. Without a key its script notes it down by a tool, as a model would. */
export const question = 'Note that npm start works'

/** Which model an assistant with this environment asks. */
export function modelNamed(env) {
  for (const [variable, name] of [
    ['OPENAI_API_KEY', 'OpenAI'],
    ['ANTHROPIC_API_KEY', 'Anthropic'],
    ['GEMINI_API_KEY', 'Gemini'],
    ['OLLAMA_HOST', 'Ollama'],
  ])
    if (env[variable]) return name
  return undefined
}

/**
 * Asks the assistant by a stream (SendStreamingMessage of A2A 1.0) and tells every piece of its answer as it comes.
 * Gives the answer, how long it took, in how many pieces it came, and what is wrong with it, if anything.
 */
export async function think(url, text, onPiece) {
  const start = performance.now()
  const seen = { text: '', pieces: 0, state: '' }
  try {
    const response = await fetch(`${url}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'a2a-version': '1.0' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'SendStreamingMessage',
        params: { message: { messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: [{ text }] } },
      }),
      signal: AbortSignal.timeout(120_000),
    })
    if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
      return { problem: `no stream: ${response.status} ${(await response.text()).slice(0, 500)}` }
    await eachEvent(response.body, (event) => note(event, seen, onPiece))
  } catch (error) {
    return { problem: `no answer: ${error.cause?.message ?? error.message}` }
  }
  return { ...seen, milliseconds: Math.round(performance.now() - start), problem: wrong(seen) }
}

function note({ result, error }, seen, onPiece) {
  if (error) throw new Error(JSON.stringify(error))
  const piece = result.artifactUpdate?.artifact.parts.map((part) => part.text ?? '').join('')
  if (piece) {
    seen.text += piece
    seen.pieces++
    onPiece?.(piece)
  }
  seen.state = result.statusUpdate?.status.state ?? result.task?.status.state ?? seen.state
}

function wrong({ text, state }) {
  if (state !== 'TASK_STATE_COMPLETED') return `the task ended as ${state || 'nothing'}, saying ${JSON.stringify(text)}`
  return text === '' ? 'the assistant said nothing' : undefined
}

/** The JSON of every event of a stream. */
async function eachEvent(body, onEvent) {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const events = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = events.pop()
    for (const event of events) {
      const data = event.split('\n').find((line) => line.startsWith('data:'))
      if (data) onEvent(JSON.parse(data.slice('data:'.length)))
    }
  }
}
