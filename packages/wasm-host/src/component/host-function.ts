/** Finds the host's implementation of an imported function, as its name in the WIT says. */
import { camelCase, pascalCase } from './canonical/names'

/** What a host gives: interface without version → functions in camelCase, resources as classes in PascalCase. */
export type HostImports = Record<string, Record<string, unknown>>

type Callable = (...args: unknown[]) => unknown

/** A call of the function `name` of `owner`, whoever implements it in the imports at hand. */
export function hostFunction(owner: string, name: string): (imports: HostImports, args: unknown[]) => unknown {
  const missing = (): never => {
    throw new Error(`this host has no ${owner}#${name}`)
  }
  const [, form, resource = '', method = ''] = /^\[(constructor|method|static)\]([^.]+)(?:\.(.+))?$/.exec(name) ?? []
  const resourceKey = pascalCase(resource)
  const key = camelCase(form ? method : name)
  if (form === 'method')
    return (_, [self, ...rest]) => {
      const call = (self as Record<string, Callable>)[key]
      return call ? call.apply(self, rest) : missing()
    }
  if (form === 'constructor')
    return (imports, args) => {
      const Class = imports[owner]?.[resourceKey] as (new (...args: unknown[]) => unknown) | undefined
      return Class ? new Class(...args) : missing()
    }
  if (form === 'static')
    return (imports, args) => {
      const Class = imports[owner]?.[resourceKey] as Record<string, Callable> | undefined
      const call = Class?.[key]
      return call ? call.apply(Class, args) : missing()
    }
  return (imports, args) => {
    const call = imports[owner]?.[key] as Callable | undefined
    return call ? call(...args) : missing()
  }
}
