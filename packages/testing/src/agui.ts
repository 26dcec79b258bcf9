/**
 * Checks servers of AG-UI, whoever wrote them: real clients run an agent through scenarios, and the wire is looked at.
 * Node only.
 *
 * @module
 */
export { type AguiTest, checkAguiServer, registerAguiCases } from './agui/check'
export {
  type AguiCheckOptions,
  type AguiClient,
  type AguiInterrupt,
  type AguiScenario,
  type AguiScenarioInput,
  aguiScenarioNames,
} from './agui/options'
export {
  type AguiCheck,
  type AguiEvent,
  type AguiProblem,
  type AguiReport,
  type AguiResult,
  type AguiRun,
  formatAguiReport,
} from './agui/report'
