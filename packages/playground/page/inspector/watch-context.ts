import type { Task } from '@pf-agents/agent-core'
import { a2aClient } from '../session/a2a'
import { type Problem, problemOf } from '../session/problem'
import { soon } from '../session/soon'

/** A conversation over A2A, as far as it is known. */
export interface A2aView {
  tasks?: readonly Task[]
  /** The task that is watched. */
  live?: string
  problem?: Problem
}

const active = new Set(['submitted', 'working'])

/** Lists the tasks of a context over A2A, and watches the one that goes on. Returns how to stop. */
export function watchContext(root: string, contextId: string, onChange: (view: A2aView) => void): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const client = a2aClient(root)
  const run = async (): Promise<void> => {
    const { tasks } = await client.listTasks({ contextId, includeArtifacts: true, historyLength: 20 }, { signal })
    onChange({ tasks })
    const live = tasks.find(({ status }) => active.has(status.state))
    if (live === undefined) return
    const stream = client.subscribeToTask({ id: live.id }, { signal })
    const show = soon(() => {
      const { task } = stream
      if (task !== undefined && !signal.aborted)
        onChange({ tasks: tasks.map((one) => (one.id === task.id ? { ...task } : one)), live: live.id })
    })
    for await (const _event of stream) show.ask()
    show.now()
    const after = await client.listTasks({ contextId, includeArtifacts: true, historyLength: 20 }, { signal })
    onChange({ tasks: after.tasks })
  }
  run().catch((error: unknown) => {
    if (!signal.aborted) onChange({ problem: problemOf(error) })
  })
  return () => stop.abort()
}
