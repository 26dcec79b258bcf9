/** Made by `pf build` for the world it builds for: variables through `wasi:config`, or none in a world without it. */
declare module 'pf-host:config' {
  /** The value of a variable or secret, or `undefined` where the host has none of that name. */
  export function getVariable(name: string): string | undefined
}
