import {
  clockPort,
  conversationPort,
  defineFeature,
  type FeatureRoute,
  loggerPort,
  PfError,
  type RequestInfo,
  runStorePort,
  runStreamsPort,
} from '@pf-agents/agent-core'
import { checkOptions } from './check-options'
import type { AguiStreamOptions } from './options'
import { answerCancel } from './route/cancel'
import { capabilitiesOf } from './route/capabilities'
import { answerConnect } from './route/connect'
import { failure } from './route/fail'
import { CrossOrigin } from './route/headers'
import { answerRun } from './route/run'
import { Service } from './service'

/**
 * Serves agents over AG-UI 1.0: a run is a `POST` that answers with a stream of events.
 *
 * @throws PfError PF_CONFIG_INVALID where an option is not valid
 * @example
 * ```ts
 * const app = createApp(agent, [eventStream(), aguiStream()])
 * await serve(app, { port: 3000 })
 * // in the page: new HttpAgent({ url: 'http://127.0.0.1:3000/agui' })
 * ```
 */
export const aguiStream = (options: AguiStreamOptions = {}) => {
  checkOptions(options)
  const base = basePath(options.path ?? '/agui')
  const cors = new CrossOrigin(options.cors)
  return defineFeature({
    name: 'agui-stream',
    targets: ['node'],
    unavailable: {
      reason: 'it needs streams and work that outlive a request',
      alternative: 'serve the agent over A2A with a2aServer()',
    },
    requires: [runStreamsPort, runStorePort, conversationPort, clockPort, loggerPort],
    setup({ ports, agents }) {
      const service = new Service({
        agents,
        streams: ports.get(runStreamsPort),
        store: ports.get(runStorePort),
        conversation: ports.get(conversationPort),
        clock: ports.get(clockPort),
        logger: ports.get(loggerPort),
        options,
      })
      const route = (
        method: 'GET' | 'POST',
        path: string,
        answer: (request: Request, info: RequestInfo, headers: Record<string, string>) => Promise<Response> | Response,
        isPublic = false,
      ): FeatureRoute => ({
        method,
        path: base + path,
        public: isPublic,
        // Nothing between here and the page may hold the stream back to compress it.
        handle: (request, info) =>
          answer(request, info, { 'cache-control': 'no-cache, no-transform', ...cors.headers(info) }),
        fail: (error, _request, info) => failure(error, cors.headers(info)),
      })
      const connect = (request: Request, info: RequestInfo, headers: Record<string, string>) =>
        answerConnect(service, request, info, headers)
      const cancel = (_request: Request, info: RequestInfo, headers: Record<string, string>) =>
        answerCancel(service, info, headers)
      const routes: FeatureRoute[] = [
        route('POST', '', (request, info, headers) => answerRun(service, request, info, headers)),
        route('GET', '/threads/:threadId/connect', connect),
        route('POST', '/threads/:threadId/connect', connect),
        route('POST', '/threads/:threadId/cancel', cancel),
        route('POST', '/threads/:threadId/runs/:runId/cancel', cancel),
        route(
          'GET',
          '/capabilities',
          (_request, info, headers) =>
            Response.json(capabilitiesOf(service.agent(info), options.reasoning ?? true), { headers }),
          true,
        ),
      ]
      const preflights = [...new Set(routes.map(({ path }) => path))].map((path): FeatureRoute => ({
        method: 'OPTIONS',
        path,
        public: true,
        handle: (_request, info) => cors.preflight(info),
      }))
      return { routes: cors.isOn ? [...routes, ...preflights] : routes, close: () => service.close() }
    },
  })
}

/** The path without a slash at its end. */
function basePath(path: string): string {
  if (!/^(?:\/[A-Za-z0-9._~-]+)+\/?$/.test(path)) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      'aguiStream: "path" begins with "/" and has letters, digits, "-", "_", "." and "~" only, such as "/agui".',
    )
  }
  return path.replace(/\/$/, '')
}
