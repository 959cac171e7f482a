import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { AwsError } from "../../../kernel.ts";
import { parseQuery } from "./commands.ts";
import { rowOf } from "./record.ts";
import { runQuery } from "./run.ts";

const start = Date.UTC(2026, 0, 1);
const lines = [
  { level: "INFO", route: "/a", status: 200, latency: 12, trace: "t1", agent: "alpha" },
  { level: "INFO", route: "/a", status: 200, latency: 30, trace: "t2", agent: "alpha" },
  { level: "ERROR", route: "/b", status: 503, latency: 900, trace: "t3", agent: "beta", error: { kind: "timeout" } },
  { level: "INFO", route: "/b", status: 200, latency: 40, trace: "t3", agent: "beta", ok: true },
].map((line, index) => ({ message: JSON.stringify(line), at: start + index * 60_000 }));
const plain = { message: "user=ann, method:GET, latency := 7", at: start + 240_000 };

const rows = [...lines, plain]
  .toReversed()
  .map(({ message, at }, sequence) =>
    rowOf(
      { message, timestamp: at, ingestionTime: at, sequence },
      { log: "123456789012:/fleet/alpha", stream: "alpha/app/1", pointer: `p${sequence}` },
    ),
  );

const run = (query: string) => runQuery(parseQuery(query), rows);
/** Rows as objects, without `@ptr`. */
const found = (query: string) =>
  run(query).rows.map((row) =>
    Object.fromEntries(row.filter(({ field }) => field !== "@ptr").map(({ field, value }) => [field, value])),
  );

describe("queries of a fleet", () => {
  test("errors, newest first, with fields found in JSON", () => {
    expect(
      found('fields @timestamp, route, error.kind | filter level = "ERROR" | sort @timestamp desc | limit 20'),
    ).toEqual([{ "@timestamp": "2026-01-01 00:02:00.000", route: "/b", "error.kind": "timeout" }]);
  });

  test("the default shows time, message and a pointer, newest first", () => {
    const [first] = run("filter ispresent(level) | limit 1").rows;
    expect(first?.map(({ field }) => field)).toEqual(["@timestamp", "@message", "@ptr"]);
    expect(first?.[1]?.value).toContain('"ok":true');
  });

  test("slowest routes", () => {
    const query = "stats avg(latency) as mean, pct(latency, 90) as p90, count(*) as n by route | sort mean desc";
    expect(found(`filter ispresent(route) | ${query}`)).toEqual([
      { route: "/b", mean: "470", p90: "900", n: "2" },
      { route: "/a", mean: "21", p90: "30", n: "2" },
    ]);
  });

  test("errors per five minutes and per agent", () => {
    expect(found("filter status >= 500 | stats count(*) as errors by bin(5m), agent")).toEqual([
      { "bin(5m)": "2026-01-01 00:00:00.000", agent: "beta", errors: "1" },
    ]);
    expect(found("stats count(*), count(status), count_distinct(trace) by bin(1h)")[0]).toMatchObject({
      "count(*)": "5",
      "count(status)": "4",
      "count_distinct(trace)": "3",
    });
  });

  test("a ratio of aggregates, sorted by a column as it is written", () => {
    expect(
      found(
        "filter ispresent(agent) | stats sum(status >= 500) / count(*) * 100 as rate, max(latency) by agent | sort max(latency) asc",
      ),
    ).toEqual([
      { agent: "alpha", rate: "0", "max(latency)": "30" },
      { agent: "beta", rate: "50", "max(latency)": "900" },
    ]);
  });

  test("parse by glob and by regular expression", () => {
    const names = "as @user, @method, @took";
    expect(
      found(
        `parse @message "user=*, method:*, latency := *" ${names} | filter ispresent(@user) | display @user, @took`,
      ),
    ).toEqual([{ "@user": "ann", "@took": "7" }]);
    expect(found("parse @message /latency := (?<took>\\d+)/ | filter took > 5 | display took + 1 as more")).toEqual([
      { more: "8" },
    ]);
  });

  test("one trace, and one line per agent", () => {
    expect(found('fields route | filter trace in ["t3", "t9"]')).toHaveLength(2);
    expect(found("fields agent, status | filter ispresent(agent) | dedup agent | limit 5")).toEqual([
      { agent: "beta", status: "200" },
      { agent: "alpha", status: "200" },
    ]);
  });
});

describe("conditions and functions", () => {
  test.each([
    ["level = 'ERROR' and status = 503", 1],
    ["status > 100 and not (route = '/b')", 2],
    ["route not in ['/a']", 3],
    ["@message like 'timeout'", 1],
    ["@message like /(?i)TIMEOUT/", 1],
    ["@message =~ /t[12]/", 2],
    ["@message not like /t[12]/", 3],
    ["status != 200", 2],
    ["ok = true", 1],
    ["isempty(status)", 1],
    ["strcontains(route, 'b')", 2],
    ["strlen(agent) = 4", 2],
    ["upper(agent) = 'BETA' or tolower(level) = 'error'", 2],
    ["coalesce(error.kind, route) = 'timeout'", 1],
    ["substr(trace, 1) = '3'", 2],
    ["replace(route, '/', '') = 'a'", 2],
    ["concat(agent, '-', status) = 'beta-503'", 1],
    ["toMillis(@timestamp) = 1767225600000", 1],
    ["fromMillis(1767225600000) = @timestamp", 1],
    ["datefloor(@timestamp, 2m) = @timestamp", 3],
    ["abs(latency - 30) <= 10 ", 2],
    ["floor(latency / 100) = 9 and ceil(latency / 800) = 2", 1],
    ["latency % 10 = 0 and 2 ^ 3 = 8", 3],
    ["greatest(latency, status) = 900", 1],
    ['`level` = "INFO" # a comment', 3],
    ["@logStream = 'alpha/app/1' and @log like '/fleet/alpha'", 5],
    ["trim('  x ') = 'x' and ltrim('xyZfooxyZ', 'xyZ') = 'fooxyZ'", 5],
  ])("%s: %d lines", (condition, count) => expect(run(`filter ${condition}`).rows).toHaveLength(count));
});

describe("what cannot be run is refused with its place", () => {
  const refusal = (query: string) => {
    try {
      parseQuery(query);
    } catch (error) {
      if (error instanceof AwsError) return error;
    }
    throw new Error("it was not refused");
  };
  test.each([
    ["pattern @message", "the command pattern is not implemented by the sandbox", 0],
    ["fields a | anomaly b", "the command anomaly is not implemented", 11],
    ["bogus", "unexpected symbol found bogus", 0],
    ["fields urldecode(a)", "the function urldecode does not exist or is not implemented", 7],
    ["filter a = ", "unexpected end of the query", 11],
    ["fields a | dedup a | sort a", "unexpected symbol found sort", 21],
    ["filter count(*) > 1", "count can be used with stats only", 7],
    ["fields a ; b", "unexpected symbol found ;", 9],
    ["parse @message /(a)/", "needs named groups", 15],
    ['parse @message "a=*" as x, y', "1 * and 2 names", 15],
    ["filter a like /(/", "invalid regular expression", 14],
    ["limit 0", "between 1 and 10000", 6],
    ["stats count(*) by bin(1mo)", "1mo are not implemented", 22],
  ])("%s", (query, message, at) => {
    const error = refusal(query);
    expect(error.code).toBe("MalformedQueryException");
    expect(error.message).toContain(message);
    expect(error.fields).toMatchObject({ queryCompileError: { location: { startCharOffset: at } } });
  });

  test("any text is a query or refused with an AwsError", () => {
    const piece = fc.constantFrom(
      ...[
        "fields",
        "filter",
        "stats",
        "sort",
        "limit",
        "parse",
        "dedup",
        "by",
        "as",
        "desc",
        "like",
        "in",
        "not",
        "and",
      ],
      ...[
        "a",
        "@message",
        "count(*)",
        "avg(a)",
        "bin(5m)",
        "5",
        "'x'",
        "/x/",
        "|",
        "(",
        ")",
        "[",
        "]",
        ",",
        "=",
        "-",
        "%",
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          for (const row of run(pieces.join(" ")).rows)
            for (const { value } of row) expect(typeof value).toBe("string");
        } catch (error) {
          expect(error).toBeInstanceOf(AwsError);
        }
      }),
      { numRuns: 500 },
    );
    expect(() => parseQuery(`filter ${"(".repeat(5_000)}`)).toThrow(AwsError);
  });
});
