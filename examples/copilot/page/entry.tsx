import type { Message, ToolCall, ToolMessage } from '@ag-ui/client'
import { type Part, PartView } from './part'

/** A message as it stands in the conversation. */
export function Entry({ message, results }: { message: Message; results: ReadonlyMap<string, ToolMessage> }) {
  switch (message.role) {
    case 'user':
      return <p class="said own">{typeof message.content === 'string' ? message.content : '(a file)'}</p>
    case 'assistant':
      return (
        <>
          {message.content && <p class="said">{message.content}</p>}
          {message.toolCalls?.map((call) => (
            <Call key={call.id} call={call} result={results.get(call.id)} />
          ))}
        </>
      )
    case 'reasoning':
      return (
        <details class="reasoning">
          <summary>Thought about it</summary>
          <p>{message.content}</p>
        </details>
      )
    case 'activity': {
      const { name, parts } = message.content as { name?: string; parts?: Part[] }
      if (parts === undefined) return null
      return (
        <section class="result" aria-label={name ?? 'Result'}>
          {name !== undefined && <h3>{name}</h3>}
          {parts.map((part, index) => (
            <PartView key={index} part={part} />
          ))}
        </section>
      )
    }
    default:
      return null
  }
}

/** A call of a tool, the agent's or the page's, and what came of it. */
function Call({ call, result }: { call: ToolCall; result: ToolMessage | undefined }) {
  const { name, arguments: json } = call.function
  return (
    <details class="call">
      <summary>
        <code>{name}</code> {result === undefined ? 'was called' : 'is done'}
      </summary>
      <pre>{pretty(json)}</pre>
      {result !== undefined && <pre>{typeof result.content === 'string' ? pretty(result.content) : '(files)'}</pre>}
    </details>
  )
}

/** JSON that may be only half there yet. */
function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2)
  } catch {
    return json
  }
}
