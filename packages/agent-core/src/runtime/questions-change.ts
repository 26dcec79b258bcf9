import { closeInterrupts, interruptEvents } from '../interrupt/interrupt-list'
import type { Interrupt } from '../interrupt/interrupt'
import type { RunCommit } from '../port/run-store'
import type { TaskWriter } from './task-writer'

type Facts = NonNullable<RunCommit['facts']>

/** Tells what became of a task's questions, and keeps it, with other facts that change by it. */
export function changeQuestions(writer: TaskWriter, interrupts: Interrupt[], facts: Facts = {}): void {
  for (const event of interruptEvents(writer.facts.interrupts ?? [], interrupts)) writer.emit(event)
  writer.setFacts({ ...facts, interrupts })
}

/** Nobody will answer what is still open. */
export function closeQuestions(writer: TaskWriter, now: number, facts?: Facts): void {
  const { interrupts } = writer.facts
  if (interrupts !== undefined) changeQuestions(writer, closeInterrupts(interrupts, now), facts)
}
