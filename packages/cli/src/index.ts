/**
 * What the `pf` command does, for programs: build an agent into a component, and find what does not work on a target.
 *
 * @module
 */
export {
  buildComponent,
  type BuildComponentOptions,
  type BuildStep,
  type BuiltComponent,
} from './build/build-component'
export { type Bundle, bundleComponent, type BundleOptions } from './build/bundle'
export { type World, type WorldInterfaces, worlds } from './build/worlds'
export { readDefinition } from './definition/definition'
export type { SignKeySource } from './sign/sign-key'
export { TargetGuard, type TargetGuardOptions, type Violation, violationText } from './guard/target-guard'
