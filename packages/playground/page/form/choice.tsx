import { useId } from 'preact/hooks'
import { Required } from './required'

interface Option {
  value: unknown
  label: string
}

/** More than these are a list to open. */
const buttonLimit = 6

interface ChoiceProps {
  label: string
  hint: string | undefined
  choices: readonly Option[]
  required: boolean
  value: unknown
  onChange(value: unknown): void
}

/** One of several values: side by side where they are few. */
export function Choice({ label, hint, choices, required, value, onChange }: ChoiceProps) {
  const id = useId()
  const chosen = choices.findIndex((one) => same(one.value, value))
  if (choices.length > buttonLimit) {
    return (
      <div class="field">
        <label for={id}>
          {label}
          {required && <Required />}
        </label>
        <select
          id={id}
          required={required}
          value={chosen < 0 ? '' : String(chosen)}
          onChange={({ currentTarget }) => onChange(choices[Number(currentTarget.value)]?.value)}
        >
          <option value="" disabled>
            Choose …
          </option>
          {choices.map((one, index) => (
            <option key={index} value={String(index)}>
              {one.label}
            </option>
          ))}
        </select>
        {hint !== undefined && <small class="hint">{hint}</small>}
      </div>
    )
  }
  return (
    <fieldset class="field choice">
      <legend>
        {label}
        {required && <Required />}
      </legend>
      <div class="choice-options">
        {choices.map((one, index) => (
          <label key={index} class="choice-option">
            <input
              type="radio"
              name={id}
              required={required}
              checked={chosen === index}
              onChange={() => onChange(one.value)}
            />
            <span>{one.label}</span>
          </label>
        ))}
      </div>
      {hint !== undefined && <small class="hint">{hint}</small>}
    </fieldset>
  )
}

/** Any of several values. */
export function Choices({ label, hint, choices, value, onChange }: Omit<ChoiceProps, 'required'>) {
  const given = Array.isArray(value) ? (value as unknown[]) : []
  const has = (one: Option): boolean => given.some((other) => same(other, one.value))
  return (
    <fieldset class="field choice">
      <legend>{label}</legend>
      <div class="choice-options">
        {choices.map((one, index) => (
          <label key={index} class="choice-option">
            <input
              type="checkbox"
              checked={has(one)}
              onChange={() =>
                onChange(
                  choices.filter((other) => (other === one ? !has(one) : has(other))).map((other) => other.value),
                )
              }
            />
            <span>{one.label}</span>
          </label>
        ))}
      </div>
      {hint !== undefined && <small class="hint">{hint}</small>}
    </fieldset>
  )
}

const same = (a: unknown, b: unknown): boolean =>
  a === b || (b !== undefined && JSON.stringify(a) === JSON.stringify(b))
