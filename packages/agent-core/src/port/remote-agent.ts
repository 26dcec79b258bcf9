import type { Message } from '../model/message'
import type { Task } from '../model/task'
import { port } from './port'

/** What every call to a remote agent takes. */
export interface RemoteCallOptions {
  signal?: AbortSignal
  /** Milliseconds for the whole call. */
  timeoutMs?: number
}

/** Another agent, reached over a protocol. a2a-client implements it. */
export interface RemoteAgent {
  /** Sends a message and waits for the answer or the next stop. */
  send(
    message: Message,
    options?: RemoteCallOptions & { returnImmediately?: boolean },
  ): Promise<{ message: Message; task?: undefined } | { task: Task; message?: undefined }>
  task(taskId: string, options?: RemoteCallOptions): Promise<Task>
  cancel(taskId: string, options?: RemoteCallOptions): Promise<Task>
}

/** Finds a remote agent by its address. */
export interface RemoteAgents {
  connect(url: string): Promise<RemoteAgent>
}
/** Port of remote agents. */
export const remoteAgentsPort = port<RemoteAgents>('pf.remote-agents')
