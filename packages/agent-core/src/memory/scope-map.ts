import type { Scope } from '../port/scope'

/** A map from scope to value. Nested rather than keyed by a joined text: no text is made per look-up, none can collide. */
export class ScopeMap<V> {
  private readonly tenants = new Map<string, Map<string, V>>()

  get(scope: Scope): V | undefined {
    return this.tenants.get(scope.tenant)?.get(scope.principalId)
  }

  set(scope: Scope, value: V): void {
    let principals = this.tenants.get(scope.tenant)
    if (principals === undefined) this.tenants.set(scope.tenant, (principals = new Map<string, V>()))
    principals.set(scope.principalId, value)
  }

  ofTenant(tenant: string): Iterable<V> {
    return this.tenants.get(tenant)?.values() ?? []
  }

  delete(scope: Scope): void {
    const principals = this.tenants.get(scope.tenant)
    if (principals?.delete(scope.principalId) && principals.size === 0) this.tenants.delete(scope.tenant)
  }
}
