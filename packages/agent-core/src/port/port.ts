declare const portType: unique symbol

/**
 * A typed name for a service. Two copies of a package that make a port of the same name mean the same service,
 * because the key is `Symbol.for`.
 */
export interface Port<T> {
  readonly name: string
  readonly key: symbol
  /** Type only. */
  readonly [portType]?: T
}

/** The service type of a port. */
export type PortService<P> = P extends Port<infer T> ? T : never

/**
 * Names a service.
 *
 * @example
 * ```ts
 * const geocoder = port<{ find(place: string): Promise<string> }>('acme.geocoder')
 * ```
 */
export function port<T>(name: string): Port<T> {
  return { name, key: Symbol.for(`pf-agents.port:${name}`) }
}

/** A port with the service that answers it. */
export interface PortBinding<T = unknown> {
  readonly port: Port<T>
  readonly service: T
}

/** Binds a service to its port, checked for type. */
export function bind<T>(to: Port<T>, service: T): PortBinding {
  return { port: to, service }
}

/** What is bound, to look up by port. */
export interface Ports {
  /** The service, or `undefined` where nothing provides it. */
  find<T>(wanted: Port<T>): T | undefined
  /** The service. @throws PfError PF_FEATURE_MISSING where nothing provides it. */
  get<T>(wanted: Port<T>): T
}
