/** `wasi:config/store` (both drafts): the app's variables and secrets; an unknown name is none. */
export function config(variables: Readonly<Record<string, string>>) {
  return {
    'wasi:config/store': {
      get: (key: string) => (Object.hasOwn(variables, key) ? variables[key] : undefined),
      getAll: () => Object.entries(variables),
    },
  }
}
