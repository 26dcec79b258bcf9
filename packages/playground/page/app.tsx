import { useSignal } from '@preact/signals'
import { Chat } from './chat/chat'
import { Header } from './header'
import { Inspector } from './inspector/inspector'
import { Loading, ProblemNotice } from './parts/notice'
import { config, session, start, startProblem } from './session/conversation'

/** The whole page. On a narrow screen one side of it is seen at a time. */
export function App() {
  const side = useSignal<'chat' | 'inspect'>('chat')
  const problem = startProblem.value
  if (problem !== undefined) {
    return (
      <main class="alone">
        <ProblemNotice problem={problem}>
          <button type="button" class="wa-outlined" onClick={() => void start()}>
            Try again
          </button>
        </ProblemNotice>
      </main>
    )
  }
  const known = config.value
  const current = session.value
  if (known === undefined || current === undefined) {
    return (
      <main class="alone">
        <Loading what="Asking the agent who it is …" />
      </main>
    )
  }
  return (
    <>
      <Header config={known} session={current} side={side} />
      <main class={`sides show-${side.value}`}>
        <Chat key={current.threadId} session={current} config={known} />
        <Inspector config={known} session={current} onOpen={() => (side.value = 'chat')} />
      </main>
    </>
  )
}
