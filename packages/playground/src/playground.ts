import {
  defineFeature,
  type FeatureRoute,
  PfError,
  type RequestInfo,
  runStorePort,
  type ServedAgent,
} from '@pf-agents/agent-core'
import { checkHost, hostNames } from './access/check-host'
import { checkSameOrigin } from './access/check-same-origin'
import { apiHeaders, withPageHeaders } from './access/headers'
import { indexFile, pageFile, pageFiles } from './page-files'
import type { PlaygroundConfig } from './playground-config'
import { listTasks } from './tasks/list-tasks'
import { readTask } from './tasks/read-task'

/** Options of {@link playground}. */
export interface PlaygroundOptions {
  /** Where the page is. Default `/playground`. */
  path?: string
  /** Where `aguiStream` answers. Default `/agui`. */
  agui?: string
  /**
   * Names under which the page may be asked for beside `localhost` and addresses: any other name in `Host` is refused, so
   * that no page from elsewhere reaches this one by a name of its own that points to this machine. Default none.
   */
  hosts?: readonly string[]
}

/**
 * Serves a page to talk to the agent over AG-UI, and to look into its tasks. It is there only where this feature is: nothing
 * adds it by itself but `pf dev`.
 *
 * The page's own files are public; what it shows of tasks is only what the caller may see, as on every protocol.
 *
 * @throws PfError PF_CONFIG_INVALID where an option is not valid
 * @example
 * ```ts
 * const app = dualAgent(agent, { add: process.env['PF_PLAYGROUND'] ? [playground()] : [] })
 * const { url } = await serve(app, { port: 3000 })
 * console.log(`${url}/playground`)
 * ```
 */
export const playground = (options: PlaygroundOptions = {}) => {
  const base = pathOf(options.path ?? '/playground', 'path')
  const agui = pathOf(options.agui ?? '/agui', 'agui')
  const allowed = hostNames(options.hosts ?? [])
  return defineFeature({
    name: 'playground',
    targets: ['node'],
    unavailable: {
      reason: 'its page is read from files and talks over AG-UI, which needs streams',
      alternative: 'serve the agent on Node with `pf dev` to play with it',
    },
    requires: [runStorePort],
    setup({ ports, agents }) {
      const store = ports.get(runStorePort)
      const route = (path: string, handle: (info: RequestInfo) => Promise<Response> | Response): FeatureRoute => ({
        method: 'GET',
        path: base + path,
        public: true,
        handle(_request, info) {
          checkHost(info, allowed)
          return handle(info)
        },
      })
      const api = (path: string, read: (request: Request, info: RequestInfo) => Promise<object>): FeatureRoute => ({
        method: 'GET',
        path: `${base}/api${path}`,
        async handle(request, info) {
          checkHost(info, allowed)
          checkSameOrigin(info)
          return Response.json(await read(request, info), { headers: apiHeaders })
        },
      })
      return {
        routes: [
          // One route for both forms of the path: relative addresses of the page begin at its folder.
          route('', (info) => (info.path.endsWith('/') ? withPageHeaders(info, pageFile(indexFile)) : toFolder(base))),
          ...pageFiles.map((file) => route(`/${file.name}`, (info) => withPageHeaders(info, pageFile(file)))),
          route('/config.json', (info) =>
            Response.json(configOf(agentOf(agents, info), toRoot(base), agui.slice(1)), { headers: apiHeaders }),
          ),
          api('/tasks', (request, info) => listTasks(store, request, info)),
          api('/tasks/:taskId', (request, info) => readTask(store, request, info)),
        ],
      }
    },
  })
}

function configOf({ agent }: ServedAgent, root: string, agui: string): PlaygroundConfig {
  const { name, description, version, skills } = agent
  return {
    name,
    description,
    version,
    skills: skills.map((skill) => ({
      id: skill.id,
      name: skill.name,
      description: skill.description,
      examples: skill.examples ?? [],
    })),
    agui: root + agui,
    root,
  }
}

function agentOf(agents: readonly ServedAgent[], { tenant }: RequestInfo): ServedAgent {
  const found = agents.find((one) => one.tenant === tenant)
  if (found === undefined)
    throw new PfError('PF_TENANT_NOT_FOUND', 'No agent is served for this tenant. Use a tenant from the agent card.')
  return found
}

/** Relative, so that it is right below a tenant and inside another server. */
const toFolder = (path: string): Response =>
  new Response(null, { status: 308, headers: { location: `${path.slice(path.lastIndexOf('/') + 1)}/` } })

/** From the folder of the page to the root of the app. */
const toRoot = (path: string): string => '../'.repeat(path.split('/').length - 1)

function pathOf(path: string, option: string): string {
  if (!/^(?:\/[A-Za-z0-9._~-]+)+\/?$/.test(path)) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `playground: "${option}" begins with "/" and has letters, digits, "-", "_", "." and "~" only, such as "/${option}".`,
    )
  }
  return path.replace(/\/$/, '')
}
