import type { Operation, WireStreamResponse, WireTask } from '@pf-agents/a2a-protocol'

type Outgoing = ((event: WireStreamResponse) => WireStreamResponse) | undefined

/** What an operation answers, with the tasks and messages in it as the extensions make them. */
export function extendedAnswer(operation: Operation, result: object, outgoing: Outgoing): object {
  if (outgoing === undefined) return result
  const task = (one: WireTask): WireTask => {
    const out = outgoing({ task: one })
    return 'task' in out ? out.task : one
  }
  switch (operation) {
    case 'SendMessage':
      return outgoing(result as WireStreamResponse)
    case 'GetTask':
    case 'CancelTask':
      return task(result as WireTask)
    case 'ListTasks':
      return { ...result, tasks: (result as { tasks: WireTask[] }).tasks.map(task) }
    default:
      return result
  }
}
