import type { WireEventOf } from '../wire/event'
import { type GuardScope, tagged } from './scope'

interface Step {
  readonly given: string
  readonly owner: string | undefined
  readonly stepName: string
}

/** Steps: keyed by name and owner, one of a name at a time. */
export class StepRules {
  readonly #scope: GuardScope
  /** Open steps, the innermost last. */
  #open: Step[] = []

  constructor(scope: GuardScope) {
    this.#scope = scope
  }

  start(event: WireEventOf<'STEP_STARTED'>): void {
    const { broken, ownerOf, emit } = this.#scope
    const owner = ownerOf(event)
    const given = event.stepName
    let stepName = given
    // Whoever owns it: older clients tell steps apart by their names alone.
    const isOpen = (name: string): boolean => this.#open.some((one) => one.stepName === name)
    if (this.#open.length > 0 && isOpen(stepName)) {
      if (this.#open.some((one) => one.stepName === stepName && one.owner === owner))
        broken('step-opened-twice', `The step ${given} is open already.`)
      for (let count = 2; isOpen(stepName); count++) stepName = `${given} (${count})`
    }
    this.#open.push({ given, owner, stepName })
    emit(tagged(stepName === given ? event : { ...event, stepName }, owner))
  }

  finish(event: WireEventOf<'STEP_FINISHED'>): void {
    const { broken, ownerOf, emit } = this.#scope
    const owner = ownerOf(event)
    const at = this.#open.findLastIndex((one) => one.given === event.stepName && one.owner === owner)
    const step = this.#open[at]
    if (step === undefined) return broken('step-not-open', `The step ${event.stepName} is not open.`)
    this.#open.splice(at, 1)
    emit(tagged(step.stepName === event.stepName ? event : { ...event, stepName: step.stepName }, owner))
  }

  /** Closes what is open, the innermost first; of one subagent, or all. */
  close(owner?: string): number {
    const left = this.#open.filter((one) => owner === undefined || one.owner === owner)
    for (const { given, owner: of } of left.toReversed())
      this.finish({ type: 'STEP_FINISHED', stepName: given, ...(of !== undefined && { subagentRunId: of }) })
    return left.length
  }
}
