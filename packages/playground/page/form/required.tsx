/** The sign of a field that has to be filled; the field itself says so to who does not see it. */
export function Required() {
  return (
    <span class="required" aria-hidden="true">
      {' *'}
    </span>
  )
}
