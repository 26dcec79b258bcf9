import { describe, expect, it } from 'vitest'
import { expectedFailures } from './expected-failures'
import { compareKitReport, readKitReport } from './kit-report'

/** In the form pytest writes: `>` in attributes is escaped, messages have several lines. */
const junit = `<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" tests="6">
<testcase classname="tests.compatibility.a.test_x.TestX" name="test_one[jsonrpc]" time="0.1" />
<testcase classname="tests.compatibility.a.test_x.TestX" name="test_two" time="0.1"><failure message="AssertionError: a &lt;b&gt; &quot;c&quot;
second line">trace with <b></failure></testcase>
<testcase classname="tests.compatibility.a.test_x.TestX" name="test_three" time="0.1"><error message="boom">trace</error></testcase>
<testcase classname="tests.compatibility.a.test_x" name="test_four" time="0.1"><skipped type="pytest.skip" message="not declared">x</skipped></testcase>
<testcase classname="tests.compatibility.a.test_x" name="test_five" time="0.1"><skipped type="pytest.xfail" message="should" /></testcase>
<testcase classname="tests.compatibility.http_json.test_problem_details.TestAIP193ErrorFormat" name="test_error_content_type"><failure message="m">t</failure></testcase>
</testsuite></testsuites>`

describe('readKitReport', () => {
  it('reads what came of each test', () => {
    expect(readKitReport(junit)).toEqual([
      { test: 'a.test_x.TestX::test_one[jsonrpc]', outcome: 'passed', message: '' },
      { test: 'a.test_x.TestX::test_two', outcome: 'failed', message: 'AssertionError: a <b> "c"' },
      { test: 'a.test_x.TestX::test_three', outcome: 'failed', message: 'boom' },
      { test: 'a.test_x::test_four', outcome: 'skipped', message: 'not declared' },
      { test: 'a.test_x::test_five', outcome: 'xfailed', message: 'should' },
      {
        test: 'http_json.test_problem_details.TestAIP193ErrorFormat::test_error_content_type',
        outcome: 'failed',
        message: 'm',
      },
    ])
  })
})

describe('compareKitReport', () => {
  it('tells failures that are expected from those that are not', () => {
    const { counts, unexpected, known, passed } = compareKitReport(readKitReport(junit))
    expect(counts).toEqual({ passed: 1, failed: 3, skipped: 1, xfailed: 1 })
    expect(unexpected.map(({ test }) => test)).toEqual(['a.test_x.TestX::test_two', 'a.test_x.TestX::test_three'])
    expect(known.map(({ test }) => test)).toEqual([
      'http_json.test_problem_details.TestAIP193ErrorFormat::test_error_content_type',
    ])
    expect(passed).toEqual([])
  })

  it('tells expected failures that passed', () => {
    const expected = [{ test: 'a.test_x.TestX::test_one[jsonrpc]', reason: 'r', upstream: 'u' }]
    expect(compareKitReport(readKitReport(junit), expected).passed).toEqual(expected)
  })
})

describe('the expected failures', () => {
  it('are exactly these', () => {
    expect(expectedFailures.map(({ test }) => test)).toEqual([
      'core_operations.test_requirements::test_must_requirement[CORE-SEND-003-grpc]',
      'core_operations.test_requirements::test_must_requirement[CORE-SEND-003-jsonrpc]',
      'core_operations.test_requirements::test_must_requirement[CORE-SEND-003-http_json]',
      'http_json.test_http_status.TestHttpJsonStatusCodes::test_content_type_not_supported_returns_415',
      'core_operations.test_transport_behavior.TestRestStreaming::test_streaming_content_type',
      'http_json.test_http_status.TestHttpJsonStatusCodes::test_task_not_cancelable_returns_409',
      'core_operations.test_error_handling.TestRestErrorStructure::test_error_uses_aip193_format',
      'core_operations.test_transport_behavior.TestRestFormat::test_response_content_type',
      'http_json.test_problem_details.TestAIP193ErrorFormat::test_error_content_type',
      'grpc.test_status_codes.TestGrpcStatusCodes::test_version_not_supported_returns_unimplemented',
      'grpc.test_status_codes.TestGrpcStatusCodes::test_unsupported_operation_returns_unimplemented',
      'grpc.test_status_codes.TestGrpcStatusCodes::test_push_not_supported_returns_unimplemented',
    ])
  })
})
