import { type FeatureRoute, PfError } from '@pf-agents/agent-core'

/** A route with the feature that brought it. */
export interface OwnedRoute extends FeatureRoute {
  readonly owner: string
  /** Answered even where the app has no room for more requests. */
  readonly always?: boolean
}

/** Static segments go before `:name` ones, those before `*`: what is more exact is tried first. */
function rankOf(path: string): string {
  return path
    .split('/')
    .slice(1)
    .map((segment) => (segment === '*' ? '2' : segment.startsWith(':') ? '1' : '0'))
    .join('')
    .padEnd(32, '0')
}

/**
 * Sorts routes so that the more exact ones come first.
 * @throws PfError PF_FEATURE_CONFLICT where two are the same, PF_CONFIG_INVALID where a path is none
 */
export function orderRoutes(routes: readonly OwnedRoute[], tenants: ReadonlySet<string>): OwnedRoute[] {
  const taken = new Map<string, OwnedRoute>()
  for (const route of routes) {
    const { method, path, owner } = route
    if (!path.startsWith('/') || path.slice(0, -1).includes('*')) {
      throw new PfError(
        'PF_CONFIG_INVALID',
        `The route "${path}" of "${owner}" is no path: it begins with "/", and "*" stands only at its end.`,
      )
    }
    const first = path.split('/')[1] ?? ''
    if (tenants.has(first)) {
      throw new PfError(
        'PF_FEATURE_CONFLICT',
        `The tenant "${first}" has the name of the route ${path} of "${owner}". Give it another name.`,
      )
    }
    const key = `${method} ${path.replace(/:\w+/g, ':').replace(/(?<=.)\/$/, '')}`
    const other = taken.get(key)
    if (other !== undefined) {
      throw new PfError(
        'PF_FEATURE_CONFLICT',
        `"${other.owner}" and "${owner}" both serve ${method} ${path}. Give one of them another path.`,
      )
    }
    taken.set(key, route)
  }
  const ranks = new Map(routes.map((route) => [route, rankOf(route.path)]))
  return routes.toSorted((a, b) => compare(ranks.get(a) as string, ranks.get(b) as string))
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
