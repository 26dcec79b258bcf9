import { type ComponentChildren, toChildArray } from 'preact'
import type { Problem } from '../session/problem'

/** What went wrong, and what can be done about it. */
export function ProblemNotice({ problem, children }: { problem: Problem; children?: ComponentChildren }) {
  const { title, detail, code } = problem
  const actions = toChildArray(children).filter((child) => typeof child === 'object')
  return (
    <wa-callout variant="danger" class="problem" role="alert">
      <strong>{title}</strong>
      <p>{detail}</p>
      {code !== undefined && <code>{code}</code>}
      {actions.length > 0 && <div class="actions">{actions}</div>}
    </wa-callout>
  )
}

/** Where there is nothing yet. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  )
}

/** Where something is on its way. */
export function Loading({ what }: { what: string }) {
  return (
    <p class="loading" role="status">
      <wa-spinner aria-hidden="true" /> {what}
    </p>
  )
}
