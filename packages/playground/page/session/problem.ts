/** What went wrong, for the person in front of the page. */
export interface Problem {
  title: string
  detail: string
  code?: string
  /** What the person can do about it. */
  action?: 'retry' | 'join' | 'authorize'
}

/** What a call that was refused, or found nobody, comes to. */
export function problemOf(error: unknown, action?: Problem['action']): Problem {
  const status = statusOf(error)
  if (status === undefined) {
    const detail = error instanceof Error ? error.message : String(error)
    return { title: 'The agent can not be reached', detail, ...(action && { action }) }
  }
  const { code, message } = toldBy(error)
  if (code === 'PF_METHOD_UNKNOWN')
    return {
      title: 'This app is not served over AG-UI',
      detail: 'Add aguiStream() to it, or say where it is in playground({ agui }).',
    }
  const told = { detail: message ?? `The server answered with status ${status}.`, ...(code !== undefined && { code }) }
  if (status === 401) return { title: 'The agent asks who you are', ...told, action: 'authorize' }
  if (status === 404) return { title: 'There is nothing here', ...told }
  return { title: titles[status] ?? 'The agent refused', ...told, ...(action && { action }) }
}

const titles: Readonly<Record<number, string>> = {
  403: 'This is not allowed',
  409: 'Somebody was faster',
  422: 'The answer does not fit',
  429: 'The agent is busy',
  503: 'The agent has no room just now',
}

/** The HTTP status of an error; `undefined` where no answer came. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null)?.status
  return typeof status === 'number' ? status : undefined
}

function toldBy(error: unknown): { code?: string; message?: string } {
  const told = (error as { payload?: { error?: { code?: unknown; message?: unknown } } }).payload?.error
  return {
    ...(typeof told?.code === 'string' && { code: told.code }),
    ...(typeof told?.message === 'string' && { message: told.message }),
  }
}
