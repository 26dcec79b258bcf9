import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import { options } from '../session/options'
import { jsonProblem, type RunOptions } from '../session/run-options'

const fields: readonly { name: keyof RunOptions; label: string; hint: string; json?: 'any' | 'list' }[] = [
  { name: 'authorization', label: 'Authorization header', hint: 'Such as “Bearer …”. Forgotten with this tab.' },
  {
    name: 'forwardedProps',
    label: 'Forwarded props',
    hint: 'JSON that the agent is given with every run.',
    json: 'any',
  },
  {
    name: 'tools',
    label: 'Tools of the page',
    hint: 'JSON list of { name, description, parameters }; you say what they give.',
    json: 'list',
  },
  { name: 'context', label: 'Context', hint: 'JSON list of { description, value }.', json: 'list' },
]

/** What runs are given beside the message. */
export function RunSettings() {
  const dialog = useRef<HTMLDialogElement>(null)
  const draft = useSignal(options.value)
  const isSet = Object.values(options.value).some((value) => value !== '')
  const hasProblem = fields.some(({ name, json }) => json && jsonProblem(draft.value[name], json) !== undefined)
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
          {fields.map((field) => (
            <Setting
              key={field.name}
              {...field}
              value={draft.value[field.name]}
              onText={(text) => (draft.value = { ...draft.value, [field.name]: text })}
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

type SettingProps = (typeof fields)[number] & { value: string; onText(text: string): void }

function Setting({ label, hint, json, value, onText }: SettingProps) {
  const id = useId()
  const problem = json && jsonProblem(value, json)
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {json ? (
        <textarea
          id={id}
          class="code"
          rows={2}
          spellcheck={false}
          value={value}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-hint`}
          onInput={({ currentTarget }) => onText(currentTarget.value)}
        />
      ) : (
        <input
          id={id}
          type="text"
          value={value}
          autocomplete="off"
          spellcheck={false}
          aria-describedby={`${id}-hint`}
          onInput={({ currentTarget }) => onText(currentTarget.value)}
        />
      )}
      <small id={`${id}-hint`} class={problem === undefined ? 'hint' : 'hint wrong'}>
        {problem ?? hint}
      </small>
    </div>
  )
}
