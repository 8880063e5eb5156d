// Prints what a test report says: first `TOTAL PASSED FAILED`, then a line for each test that failed, with the beginning of why.
// Usage: node tests/report.mjs FILE, a .trx of `dotnet test`, or the .json of Vitest or Playwright. A report that is missing or cut
// off counts 0 tests.
import { readFileSync } from "node:fs";

const longestReason = 400;

const inOneLine = (reason) =>
  (reason ?? "")
    // Colours of a terminal.
    .replace(/\u001b\[[0-9;]*m/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, longestReason);

const decoded = (xml) =>
  xml
    .replace(/&#x([0-9A-Fa-f]+);/g, (_, digits) => String.fromCodePoint(parseInt(digits, 16)))
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, "&");

function ofDotnet(xml) {
  const counters = xml.match(/<Counters\b[^>]*>/)?.[0] ?? "";
  const count = (name) => Number(counters.match(new RegExp(`\\b${name}="(\\d+)"`))?.[1] ?? 0);
  const failures = [...xml.matchAll(/<UnitTestResult\b([^>]*[^/>])>(.*?)<\/UnitTestResult>/gs)]
    .filter(([, attributes]) => /\boutcome="(Failed|Error|Timeout|Aborted)"/.test(attributes))
    .map(([, attributes, content]) => ({
      name: decoded(attributes.match(/\btestName="([^"]*)"/)?.[1] ?? ""),
      reason: decoded(content.match(/<Message>(.*?)<\/Message>/s)?.[1] ?? ""),
    }));
  const failed = count("failed") + count("error") + count("timeout") + count("aborted");
  return { total: count("total"), passed: count("passed"), failed, failures };
}

function ofVitest({ numTotalTests, numPassedTests, numFailedTests, testResults }) {
  const failures = testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => test.status === "failed")
      .map((test) => ({ name: test.fullName, reason: test.failureMessages[0] })),
  );
  return { total: numTotalTests, passed: numPassedTests, failed: numFailedTests, failures };
}

function ofPlaywright({ stats: { expected, unexpected, flaky, skipped }, suites }) {
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  const failures = suites
    .flatMap(specs)
    .filter((spec) => !spec.ok)
    .map((spec) => ({
      name: `${spec.file}:${spec.line} ${spec.title}`,
      reason: spec.tests.flatMap((test) => test.results).find((result) => result.error)?.error.message,
    }));
  return { total: expected + unexpected + flaky + skipped, passed: expected, failed: unexpected + flaky, failures };
}

function read(file) {
  try {
    const text = readFileSync(file, "utf8");
    if (file.endsWith(".trx")) {
      return ofDotnet(text);
    }

    const report = JSON.parse(text);
    return report.stats ? ofPlaywright(report) : ofVitest(report);
  } catch {
    return { total: 0, passed: 0, failed: 0, failures: [] };
  }
}

const { total, passed, failed, failures } = read(process.argv[2]);
console.log(total, passed, failed);
for (const { name, reason } of failures) {
  console.log(`${name}: ${inOneLine(reason)}`);
}
