import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import { options } from '../session/options'
import { headersProblem, jsonProblem, type RunOptions } from '../session/run-options'

interface Setting {
  name: keyof RunOptions
  label: string
  hint: string
  problem(text: string): string | undefined
}

const settings: readonly Setting[] = [
  {
    name: 'headers',
    label: 'Headers',
    hint: 'Such as “Authorization: Bearer …”. Forgotten with this tab.',
    problem: headersProblem,
  },
  {
    name: 'forwardedProps',
    label: 'Forwarded props',
    hint: 'JSON that the agent is given with every run.',
    problem: (text) => jsonProblem(text),
  },
  {
    name: 'tools',
    label: 'Tools of the page',
    hint: 'JSON list of { name, description, parameters }; you say what they give.',
    problem: (text) => jsonProblem(text, 'list'),
  },
  {
    name: 'context',
    label: 'Context',
    hint: 'JSON list of { description, value }.',
    problem: (text) => jsonProblem(text, 'list'),
  },
]

/** What runs are given beside the message. */
export function RunSettings() {
  const dialog = useRef<HTMLDialogElement>(null)
  const draft = useSignal(options.value)
  const isSet = Object.values(options.value).some((value) => value !== '')
  const hasProblem = settings.some(({ name, problem }) => problem(draft.value[name]) !== undefined)
  return (
    <>
      <button
        type="button"
        class="wa-plain settings-button"
        onClick={() => {
          draft.value = options.value
          dialog.current?.showModal()
        }}
      >
        Run settings{isSet && <span class="dot" aria-label="changed" />}
      </button>
      <dialog ref={dialog} class="settings" aria-labelledby="settings-title" id="run-settings">
        <form
          method="dialog"
          onSubmit={(event) => {
            if (hasProblem) return event.preventDefault()
            options.value = draft.value
            return undefined
          }}
        >
          <h2 id="settings-title">Run settings</h2>
          {settings.map((setting) => (
            <SettingField
              key={setting.name}
              setting={setting}
              value={draft.value[setting.name]}
              onText={(text) => (draft.value = { ...draft.value, [setting.name]: text })}
            />
          ))}
          <div class="actions">
            <button type="submit" class="wa-brand wa-accent" disabled={hasProblem}>
              Apply
            </button>
            <button type="button" class="wa-plain" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}

interface SettingFieldProps {
  setting: Setting
  value: string
  onText(text: string): void
}

function SettingField({ setting, value, onText }: SettingFieldProps) {
  const id = useId()
  const problem = setting.problem(value)
  return (
    <div class="field">
      <label for={id}>{setting.label}</label>
      <textarea
        id={id}
        class="code"
        rows={2}
        spellcheck={false}
        autocomplete="off"
        value={value}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-hint`}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
      />
      <small id={`${id}-hint`} class={problem === undefined ? 'hint' : 'hint wrong'}>
        {problem ?? setting.hint}
      </small>
    </div>
  )
}
