import type { Signal } from '@preact/signals'
import type { PlaygroundConfig } from '../src/playground-config'
import { Conversations } from './conversations'
import type { Session } from './session/session'
import { type Theme, theme } from './session/theme'
import { openThread } from './session/thread-id'

type Side = 'chat' | 'inspect'

/** Who the agent is, which conversation is in front, and how the page looks. */
export function Header({ config, session, side }: { config: PlaygroundConfig; session: Session; side: Signal<Side> }) {
  const isBusy = session.phase.value === 'running' || session.phase.value === 'cancelling'
  return (
    <header class="top">
      <h1 title={config.description}>
        <span class={isBusy ? 'light busy' : 'light'} aria-hidden="true" />
        {config.name} <small>{config.version}</small>
      </h1>
      <nav class="top-actions" aria-label="Conversations">
        <Conversations />
        <button type="button" class="wa-outlined" onClick={() => openThread()}>
          New<span class="wide-only">&nbsp;conversation</span>
        </button>
      </nav>
      <div class="sides-switch" role="group" aria-label="What is shown">
        {(['chat', 'inspect'] as const).map((one) => (
          <button
            key={one}
            type="button"
            class={side.value === one ? 'wa-brand wa-filled' : 'wa-plain'}
            aria-pressed={side.value === one}
            onClick={() => (side.value = one)}
          >
            {one === 'chat' ? 'Chat' : 'Inspect'}
          </button>
        ))}
      </div>
      <ThemeButton />
    </header>
  )
}

const themes: Readonly<Record<Theme, { next: Theme; sign: string; label: string }>> = {
  system: { next: 'light', sign: '◐', label: 'Colours: as the system' },
  light: { next: 'dark', sign: '☀', label: 'Colours: light' },
  dark: { next: 'system', sign: '☾', label: 'Colours: dark' },
}

function ThemeButton() {
  const { next, sign, label } = themes[theme.value]
  return (
    <button
      type="button"
      class="wa-plain theme-button"
      aria-label={label}
      title={label}
      onClick={() => (theme.value = next)}
    >
      <span aria-hidden="true">{sign}</span>
    </button>
  )
}
