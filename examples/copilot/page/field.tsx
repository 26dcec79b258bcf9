/** As much of JSON Schema as the page makes fields of. */
export type JsonSchema = {
  type?: string
  format?: string
  title?: string
  description?: string
  enum?: readonly unknown[]
  minimum?: number
  maximum?: number
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
}

/** One field of a form. */
export function Field({ name, schema, isRequired }: { name: string; schema: JsonSchema; isRequired: boolean }) {
  const { type, format, description, enum: values, minimum, maximum } = schema
  const id = `field-${name}`
  const hint = `${id}-hint`
  const common = { name, id, required: isRequired, ...(description !== undefined && { 'aria-describedby': hint }) }
  const label = schema.title ?? name.charAt(0).toUpperCase() + name.slice(1)
  return (
    <div class={type === 'boolean' ? 'field check' : 'field'}>
      <label for={id}>{name === 'answer' ? 'Your answer' : label}</label>
      {values !== undefined ? (
        <select {...common}>
          {values.map((value) => (
            <option key={String(value)}>{String(value)}</option>
          ))}
        </select>
      ) : type === 'boolean' ? (
        <input {...common} type="checkbox" required={false} />
      ) : type === 'integer' || type === 'number' ? (
        <input {...common} type="number" min={minimum} max={maximum} step={type === 'integer' ? 1 : 'any'} />
      ) : format === 'date' ? (
        <input {...common} type="date" />
      ) : (
        <input {...common} type="text" autocomplete="off" />
      )}
      {description !== undefined && <small id={hint}>{description}</small>}
    </div>
  )
}

/** What a form holds, as its schema has it; empty fields are left out. */
export function readFields(fields: Record<string, JsonSchema>, form: FormData): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { type, enum: values }]) => {
      const given = form.get(name)
      if (type === 'boolean') return [[name, given !== null]]
      if (typeof given !== 'string' || given === '') return []
      if (type === 'integer' || type === 'number') return [[name, Number(given)]]
      return [[name, values?.find((value) => String(value) === given) ?? given]]
    }),
  )
}
