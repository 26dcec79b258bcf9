import { type Agent, type AgentDefinition, type AnyFeature, defineAgent } from '@pf-agents/agent-core'
import { type App, type AppOptions, createApp } from '@pf-agents/app'
import { type RunningServer, serve, type ServeOptions } from '@pf-agents/app/node'
import { eventStream } from '@pf-agents/event-stream'
import { aguiStream } from '../src/agui-stream'
import type { AguiStreamOptions } from '../src/options'

/** What an app of a test is made of. */
export interface TestAppOptions {
  agui?: AguiStreamOptions
  app?: AppOptions
  add?: AnyFeature[]
  serve?: ServeOptions
}

/** An app that serves an agent of the test's own over AG-UI. */
export function aguiApp(agent: Partial<AgentDefinition> | Agent, { agui, app, add = [] }: TestAppOptions = {}): App {
  const defined = defineAgent({ name: 'ui', description: 'Under test', version: '1.0.0', ...agent } as AgentDefinition)
  return createApp(defined, [...add, eventStream(), aguiStream(agui)] as AnyFeature[], {
    logger: { log: () => {} },
    ...app,
  }) as App
}

/** The same app, served on a free port. */
export async function serveAgui(
  agent: Partial<AgentDefinition> | Agent,
  options?: TestAppOptions,
): Promise<RunningServer & { endpoint: string }> {
  const server = await serve(aguiApp(agent, options) as never, { port: 0, ...options?.serve })
  return Object.assign(server, { endpoint: `${server.url}/agui` })
}
