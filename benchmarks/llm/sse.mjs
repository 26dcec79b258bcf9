const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'm' }
const event = (choice, more = {}) =>
  `data: ${JSON.stringify({ ...head, choices: choice ? [{ index: 0, finish_reason: null, ...choice }] : [], ...more })}\n\n`

const first = event({ delta: { role: 'assistant', content: '' } })
const last =
  event({ delta: {}, finish_reason: 'stop' }) +
  event(undefined, { usage: { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 } }) +
  'data: [DONE]\n\n'
const words = ['The', ' quick', ' brown', ' fox', ' jumps', ' over', ' the', ' lazy', ' dog', '.\n', ' größer', ' "so"']

/** One megabyte of text deltas as a provider sends them, a word each, cut at whole events. */
function megabyte() {
  const events = []
  let length = 0
  for (let index = 0; length < 1_000_000; index++) {
    const text = event({ delta: { content: words[index % words.length] } })
    events.push(text)
    length += Buffer.byteLength(text)
  }
  return { bytes: Buffer.from(events.join('')), deltas: events.length }
}

/**
 * An answer of so many megabytes as a response, in chunks of so many bytes; made as it is read, so that it takes no
 * memory of its own.
 */
export function response(megabytes, chunkBytes) {
  const block = megabyte()
  const parts = [Buffer.from(first), ...Array(megabytes).fill(block.bytes), Buffer.from(last)]
  let part = 0
  let at = 0
  const body = new ReadableStream(
    {
      pull(controller) {
        const bytes = parts[part]
        if (bytes === undefined) return controller.close()
        const end = Math.min(at + chunkBytes, bytes.length)
        // A copy, as sockets give: readers may keep or transfer it.
        controller.enqueue(new Uint8Array(bytes.subarray(at, end)))
        at = end
        if (at === bytes.length) {
          part++
          at = 0
        }
      },
    },
    { highWaterMark: 0 },
  )
  return {
    deltas: block.deltas * megabytes,
    bytes: parts.reduce((sum, { length }) => sum + length, 0),
    response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
  }
}
