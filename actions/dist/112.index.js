export const id = 112;
export const ids = [112];
export const modules = {

/***/ 7376:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   u: () => (/* binding */ environmentClock)
/* harmony export */ });
/** Time as the domain sees it; injected everywhere, so that tests and the sandbox can run it faster. */ /**
 * Real time, unless `KARMACADABRA_CLOCK` (`<scale>@<epoch ms>`, set by the sandbox for its jobs) says that the
 * environment's clock runs faster: then policy waits and timestamps follow it. Limits on real work never scale.
 */ function environmentClock(env) {
    const setting = env.KARMACADABRA_CLOCK ?? "1@0";
    const match = /^(\d+(?:\.\d+)?)@(\d+)$/.exec(setting);
    if (!match) throw new Error(`KARMACADABRA_CLOCK is "${setting}"; allowed: <scale>@<epoch in ms>, for example 60@1700000000000.`);
    const scale = Number(match[1]);
    const epoch = Number(match[2]);
    return {
        now: ()=>new Date(epoch + (Date.now() - epoch) * scale),
        sleep: (seconds, signal)=>new Promise((resolve, reject)=>{
                if (signal?.aborted) return reject(signal.reason);
                const abort = ()=>{
                    clearTimeout(timer);
                    reject(signal?.reason);
                };
                const timer = setTimeout(()=>{
                    signal?.removeEventListener("abort", abort);
                    resolve();
                }, seconds * 1000 / scale);
                signal?.addEventListener("abort", abort, {
                    once: true
                });
            })
    };
}


/***/ }),

/***/ 3372:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ cancelSignal)
/* harmony export */ });
/**
 * Aborted when GitHub cancels the job: SIGINT, 7.5 s later SIGTERM, 2.5 s later the process is killed.
 * @see https://docs.github.com/en/actions/reference/workflow-cancellation-reference
 */ function cancelSignal(source = process) {
    const controller = new AbortController();
    for (const signal of [
        "SIGINT",
        "SIGTERM"
    ])source.once(signal, ()=>controller.abort(new Error(`The job was cancelled (${signal}).`)));
    return controller.signal;
}


/***/ }),

/***/ 6204:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   u: () => (/* binding */ gitIn)
/* harmony export */ });
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1421);
/* harmony import */ var node_util__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7975);


const execute = (0,node_util__WEBPACK_IMPORTED_MODULE_1__.promisify)(node_child_process__WEBPACK_IMPORTED_MODULE_0__.execFile);
/** Runs git in `directory`. Arguments are never parsed by a shell. Output up to 32 MiB. */ const gitIn = (directory)=>async (...args)=>{
        try {
            const { stdout } = await execute("git", args, {
                cwd: directory,
                maxBuffer: 32 * 1024 * 1024
            });
            return {
                code: 0,
                text: stdout
            };
        } catch (error) {
            return {
                code: exitCode(error) ?? 128,
                text: ""
            };
        }
    };
const exitCode = (error)=>typeof error === "object" && error !== null && "code" in error && typeof error.code === "number" ? error.code : undefined;


/***/ }),

/***/ 6377:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   t: () => (/* binding */ workflowRun)
/* harmony export */ });
/** Who asked for this run and where it can be read. */ function workflowRun(env) {
    const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } = env;
    const attempt = GITHUB_RUN_ATTEMPT && GITHUB_RUN_ATTEMPT !== "1" ? `/attempts/${GITHUB_RUN_ATTEMPT}` : "";
    return {
        actor: env.GITHUB_TRIGGERING_ACTOR || env.GITHUB_ACTOR || env.USER || "unknown",
        url: GITHUB_RUN_ID ? `${GITHUB_SERVER_URL ?? "https://github.com"}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}${attempt}` : "local"
    };
}


/***/ }),

/***/ 30:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   G: () => (/* binding */ writeJson),
/* harmony export */   H: () => (/* binding */ readVerdicts)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var _verdict_file_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6851);



function writeJson(path, content) {
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.mkdirSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(path), {
        recursive: true
    });
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.writeFileSync)(path, `${JSON.stringify(content, null, 2)}\n`);
}
/** Every verdict file of a folder and its sub-folders; a missing folder holds none. Unreadable files are named. */ function readVerdicts(folder) {
    const files = [];
    const unreadable = [];
    for (const path of jsonFiles(folder)){
        const file = (0,_verdict_file_js__WEBPACK_IMPORTED_MODULE_2__/* .parseVerdictFile */ .no)((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(path, "utf8"));
        if (file) files.push(file);
        else unreadable.push(path);
    }
    return {
        files,
        unreadable
    };
}
function jsonFiles(folder) {
    if (!(0,node_fs__WEBPACK_IMPORTED_MODULE_0__.existsSync)(folder)) return [];
    return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readdirSync)(folder, {
        recursive: true,
        withFileTypes: true
    }).flatMap((entry)=>entry.isFile() && entry.name.endsWith(".json") ? [
            (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(entry.parentPath, entry.name)
        ] : []);
}


/***/ }),

/***/ 3140:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Hn: () => (/* binding */ cell),
/* harmony export */   aY: () => (/* binding */ code),
/* harmony export */   p0: () => (/* binding */ duration),
/* harmony export */   tp: () => (/* binding */ table)
/* harmony export */ });
/** Text from outside (logs, health bodies, AWS's reasons) as one table cell: no markup, no line break, no new column. */ const cell = (text)=>text.replaceAll(/\s+/g, " ").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("|", "\\|").replaceAll("`", "'").trim();
const code = (text)=>`\`${text.replaceAll("`", "'")}\``;
function table(head, rows) {
    const line = (cells)=>`| ${cells.join(" | ")} |`;
    return [
        line(head),
        line(head.map(()=>"---")),
        ...rows.map(line)
    ].join("\n");
}
/** 4 → `4 s`, 132 → `2 min 12 s` */ function duration(seconds) {
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}


/***/ }),

/***/ 5917:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  s: () => (/* binding */ outcomeOf)
});

// UNUSED EXPORTS: failureMessage

// EXTERNAL MODULE: ./actions/lib/images/reference.js
var reference = __webpack_require__(6808);
// EXTERNAL MODULE: ./actions/lib/report/markdown.js
var markdown = __webpack_require__(3140);
;// CONCATENATED MODULE: ./actions/lib/report/agent.js


const SIGNS = {
    pass: "🟢",
    fail: "🔴",
    inconclusive: "🟡",
    error: "🟠"
};
/** Stages whose length is a setting, not work: a reader should not try to make them faster by code. */ const POLICY = new Set([
    "BAKE_TIME"
]);
/** The job summary of one agent: verdict, cause when red, timeline, gates. */ function renderAgent(file) {
    const parts = [
        `## ${file.green ? "🟢" : "🔴"} ${file.agent} · ${file.verdict}`,
        (0,markdown/* cell */.Hn)(file.reason),
        renderFacts(file),
        ...renderCauses(file),
        ...renderGates(file),
        ...renderTimeline(file)
    ];
    return `${parts.join("\n\n")}\n`;
}
function renderFacts({ stage, url, digest, commit, seconds }) {
    const where = url ? `[${url}](${url})` : "";
    return (0,markdown/* table */.tp)([
        "stage",
        "digest",
        "commit",
        "URL",
        "time"
    ], [
        [
            stage,
            (0,markdown/* code */.aY)((0,reference/* shortDigest */.VK)(digest)),
            (0,markdown/* code */.aY)(commit.slice(0, 12)),
            where,
            (0,markdown/* duration */.p0)(seconds)
        ]
    ]);
}
function renderCauses({ causes }) {
    const [first, ...others] = causes;
    if (!first) return [];
    const evidence = first.evidence.map((line)=>`- ${(0,markdown/* cell */.Hn)(line)}`);
    const also = others.length > 0 ? [
        `Also: ${others.map((cause)=>(0,markdown/* cell */.Hn)(cause.title)).join(" ")}`
    ] : [];
    return [
        `### Cause: ${(0,markdown/* cell */.Hn)(first.title)}`,
        ...evidence.length ? [
            evidence.join("\n")
        ] : [],
        `**What to do:** ${(0,markdown/* cell */.Hn)(first.fix)}`,
        ...also
    ];
}
function renderGates({ gates }) {
    if (gates.length === 0) return [];
    const rows = gates.map(({ gate, outcome, summary })=>[
            gate,
            `${SIGNS[outcome] ?? ""} ${outcome}`,
            (0,markdown/* cell */.Hn)(summary)
        ]);
    return [
        "### Gates",
        (0,markdown/* table */.tp)([
            "gate",
            "outcome",
            "measured"
        ], rows)
    ];
}
function renderTimeline({ timeline }) {
    if (timeline.length === 0) return [];
    const rows = timeline.map(({ stage, seconds })=>[
            (0,markdown/* code */.aY)(stage),
            (0,markdown/* duration */.p0)(seconds),
            POLICY.has(stage) ? "policy" : "work"
        ]);
    return [
        "### Timeline",
        (0,markdown/* table */.tp)([
            "stage",
            "took",
            "kind"
        ], rows)
    ];
}

;// CONCATENATED MODULE: ./actions/lib/report/outcome.js

/** What a step says about one agent: outputs, summary, and one annotation when something needs attention. */ function outcomeOf(file) {
    const base = {
        outputs: {
            verdict: file.verdict,
            "deployment-arn": file.deploymentArn ?? "",
            revision: file.revisionArn ?? "",
            digest: file.digest,
            url: file.url,
            seconds: String(file.seconds)
        },
        summary: renderAgent(file)
    };
    if (!file.green) return {
        ...base,
        failure: {
            title: `${file.agent}: ${file.verdict}`,
            message: failureMessage(file)
        }
    };
    const text = `${file.agent}: ${file.verdict}. ${file.reason}`;
    if (file.verdict === "SUPERSEDED" || file.verdict === "EMPTY") return {
        ...base,
        warnings: [
            text
        ]
    };
    return file.verdict === "STALE" || file.verdict === "PAUSED" ? {
        ...base,
        notices: [
            text
        ]
    } : base;
}
/** Verdict, cause, its evidence, what to do: all that a person needs before opening the log. */ function failureMessage({ reason, causes }) {
    const [first] = causes;
    if (!first) return reason;
    return [
        first.title,
        ...first.evidence.slice(0, 5),
        `What to do: ${first.fix}`,
        reason
    ].filter((line)=>line.trim()).join("\n");
}


/***/ }),

/***/ 6851:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   no: () => (/* binding */ parseVerdictFile),
/* harmony export */   zO: () => (/* binding */ toVerdictFile)
/* harmony export */ });
/* unused harmony export verdictFile */
/* harmony import */ var valibot__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1969);
/* harmony import */ var _rollout_verdict_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2325);


const time = valibot__WEBPACK_IMPORTED_MODULE_1__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_1__/* .isoTimestamp */ .yhX());
const gate = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
    gate: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    outcome: valibot__WEBPACK_IMPORTED_MODULE_1__/* .picklist */ .KIO([
        "pass",
        "fail",
        "inconclusive",
        "error"
    ]),
    summary: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    numbers: valibot__WEBPACK_IMPORTED_MODULE_1__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_1__/* .number */ .aig()),
    evidence: valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP())
});
const cause = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
    kind: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    title: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    evidence: valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()),
    fix: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()
});
/** The machine-readable report of one agent, `verdict-<agent>.json`. `seconds` are those of the environment's clock. */ const verdictFile = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
    schema: valibot__WEBPACK_IMPORTED_MODULE_1__/* .literal */ .euz(1),
    agent: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    stage: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    verdict: valibot__WEBPACK_IMPORTED_MODULE_1__/* .picklist */ .KIO(_rollout_verdict_js__WEBPACK_IMPORTED_MODULE_0__/* .VERDICTS */ .b),
    green: valibot__WEBPACK_IMPORTED_MODULE_1__/* .boolean */ .zMY(),
    reason: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    image: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    digest: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    commit: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    url: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    seconds: valibot__WEBPACK_IMPORTED_MODULE_1__/* .number */ .aig(),
    startedAt: time,
    finishedAt: time,
    deploymentArn: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()),
    revisionArn: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()),
    timeline: valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
        stage: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
        at: time,
        seconds: valibot__WEBPACK_IMPORTED_MODULE_1__/* .number */ .aig()
    })),
    gates: valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(gate),
    causes: valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(cause)
});
function toVerdictFile(result) {
    const { agent, stage, verdict, green, reason, image, digest, commit, url } = result;
    return {
        schema: 1,
        ...{
            agent,
            stage,
            verdict,
            green,
            reason,
            image,
            digest,
            commit,
            url
        },
        seconds: secondsBetween(result.startedAt, result.finishedAt),
        startedAt: result.startedAt.toISOString(),
        finishedAt: result.finishedAt.toISOString(),
        deploymentArn: result.deploymentArn,
        revisionArn: result.revisionArn,
        timeline: result.timeline.map(({ stage: name, at }, i)=>({
                stage: name,
                at: at.toISOString(),
                seconds: secondsBetween(at, result.timeline[i + 1]?.at ?? result.finishedAt)
            })),
        gates: result.gates.map(({ gate: name, outcome, summary, numbers, evidence })=>({
                gate: name,
                outcome,
                summary,
                numbers: {
                    ...numbers
                },
                evidence: [
                    ...evidence
                ]
            })),
        causes: result.causes.map(({ kind, title, evidence, fix })=>({
                kind,
                title,
                evidence: [
                    ...evidence
                ],
                fix
            }))
    };
}
/** @returns undefined for anything that is not a complete verdict file: half a report is no report. */ function parseVerdictFile(text) {
    const parsed = valibot__WEBPACK_IMPORTED_MODULE_1__/* .safeParse */ .xLC(valibot__WEBPACK_IMPORTED_MODULE_1__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_1__/* .parseJson */ .qFJ(), verdictFile), text);
    return parsed.success ? parsed.output : undefined;
}
const secondsBetween = (from, to)=>Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));


/***/ }),

/***/ 342:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  f: () => (/* binding */ connectPorts)
});

// EXTERNAL MODULE: ./actions/lib/aws/cloud.js + 6 modules
var cloud = __webpack_require__(3755);
// EXTERNAL MODULE: ./actions/lib/aws/settings.js
var settings = __webpack_require__(9627);
// EXTERNAL MODULE: ./actions/lib/clock.js
var clock = __webpack_require__(7376);
// EXTERNAL MODULE: ./actions/lib/gates/http.js
var http = __webpack_require__(2957);
;// CONCATENATED MODULE: ./actions/lib/github/ancestry.js
const BY_COMPARISON = {
    ahead: "newer",
    behind: "older",
    identical: "same",
    diverged: "diverged"
};
/** Asks the clone, then GitHub when there is a token; `unknown` when neither can tell (a shallow clone, GitHub down). */ async function standingOf(commit, live, git, repository) {
    if (commit === live) return "same";
    const local = await localStanding(commit, live, git);
    if (local !== "unknown" || !repository) return local;
    return BY_COMPARISON[await repository.compare(live, commit) ?? ""] ?? "unknown";
}
async function localStanding(commit, live, git) {
    const [older, newer] = await Promise.all([
        git("merge-base", "--is-ancestor", commit, live),
        git("merge-base", "--is-ancestor", live, commit)
    ]);
    if (older.code === 0) return "older";
    if (newer.code === 0) return "newer";
    return older.code === 1 && newer.code === 1 ? "diverged" : "unknown";
}

// EXTERNAL MODULE: ./actions/lib/github/git.js
var git = __webpack_require__(6204);
;// CONCATENATED MODULE: ./actions/lib/rollout/connect.js






/** The real world of a job: AWS, the clone, HTTP, the environment's clock. */ function connectPorts({ env, progress, cancel, workspace, region, repository }) {
    return {
        cloud: (0,cloud/* connectCloud */.g)((0,settings/* awsSettings */.T)(env, region)),
        http: http/* fetchHttp */.D,
        clock: (0,clock/* environmentClock */.u)(env),
        ancestry: (commit, live)=>standingOf(commit, live, (0,git/* gitIn */.u)(workspace), repository),
        line: (text)=>progress.line(text),
        cancel
    };
}


/***/ }),

/***/ 7979:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   BB: () => (/* binding */ agentManifest),
/* harmony export */   C$: () => (/* binding */ minutesInput),
/* harmony export */   VN: () => (/* binding */ regionInput),
/* harmony export */   Y2: () => (/* binding */ urlInput),
/* harmony export */   _Z: () => (/* binding */ textInput),
/* harmony export */   j4: () => (/* binding */ stageInput),
/* harmony export */   oA: () => (/* binding */ secondsInput),
/* harmony export */   tc: () => (/* binding */ flagInput),
/* harmony export */   us: () => (/* binding */ commitInput)
/* harmony export */ });
/* harmony import */ var valibot__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1969);
/* harmony import */ var _agents_manifest_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9053);
/* harmony import */ var _action_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9678);



/** Pieces of input schemas that several actions share. Every value arrives as text. */ const stageInput = valibot__WEBPACK_IMPORTED_MODULE_2__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_2__/* .regex */ .yGV(/^[a-z][a-z0-9-]{1,30}$/, "a stage's name such as prod or preview-12"));
const commitInput = valibot__WEBPACK_IMPORTED_MODULE_2__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_2__/* .regex */ .yGV(/^[0-9a-f]{40}$/, "a full commit hash of 40 hex digits"));
const textInput = valibot__WEBPACK_IMPORTED_MODULE_2__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_2__/* .minLength */ .BpQ(1));
const urlInput = valibot__WEBPACK_IMPORTED_MODULE_2__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_2__/* .regex */ .yGV(/^https?:\/\/[^\s/]+(\/\S*)?$/, "an http(s) URL such as http://lb.example.com:8080"));
const regionInput = valibot__WEBPACK_IMPORTED_MODULE_2__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_2__/* .regex */ .yGV(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as eu-west-1"));
const flagInput = valibot__WEBPACK_IMPORTED_MODULE_2__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_2__/* .picklist */ .KIO([
    "true",
    "false"
]), valibot__WEBPACK_IMPORTED_MODULE_2__/* .transform */ .pdi((text)=>text === "true"));
const minutesInput = (most)=>valibot__WEBPACK_IMPORTED_MODULE_2__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_2__/* .regex */ .yGV(/^\d{1,5}$/, `whole minutes, 0 to ${most}`), valibot__WEBPACK_IMPORTED_MODULE_2__/* .transform */ .pdi(Number), valibot__WEBPACK_IMPORTED_MODULE_2__/* .maxValue */ .cGV(most, `whole minutes, 0 to ${most}`));
const secondsInput = valibot__WEBPACK_IMPORTED_MODULE_2__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_2__/* .regex */ .yGV(/^\d{1,3}$/, "whole seconds, 1 to 300"), valibot__WEBPACK_IMPORTED_MODULE_2__/* .transform */ .pdi(Number), valibot__WEBPACK_IMPORTED_MODULE_2__/* .minValue */ .Wwf(1, "whole seconds, 1 to 300"), valibot__WEBPACK_IMPORTED_MODULE_2__/* .maxValue */ .cGV(300, "whole seconds, 1 to 300"));
/** @throws {InputError} that lists the agents there are. */ function agentManifest(agentsDir, name) {
    const manifests = (0,_agents_manifest_js__WEBPACK_IMPORTED_MODULE_0__/* .readManifests */ .PX)(agentsDir);
    const found = manifests.find((manifest)=>manifest.name === name);
    if (found) return found;
    const allowed = manifests.map((manifest)=>manifest.name).join(", ") || `none under ${agentsDir}`;
    throw new _action_js__WEBPACK_IMPORTED_MODULE_1__/* .InputError */ .dz(`agent: got "${name}"; allowed: ${allowed}.`);
}


/***/ }),

/***/ 9071:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  p: () => (/* binding */ followDeployment),
  O: () => (/* binding */ rollOut)
});

// EXTERNAL MODULE: ./actions/lib/images/reference.js
var reference = __webpack_require__(6808);
// EXTERNAL MODULE: ./actions/lib/ledger/ledger.js + 1 modules
var ledger_ledger = __webpack_require__(8304);
;// CONCATENATED MODULE: ./actions/lib/rollout/deployment-causes.js
/** Rules over gates, hooks, alarms and ECS's own reasons. Each gives a cause or nothing. */ const deploymentRules = [
    identityRefused,
    smokeRefused,
    targetHealthRefused,
    gateUnmeasured,
    hookTimedOut,
    alarmTriggered,
    rulesBroken,
    permissionMissing,
    firstDeploymentFailed,
    takenBack,
    tooLate
];
const gateOf = ({ gates }, name, outcome)=>gates.find((result)=>result.gate === name && result.outcome === outcome);
const gateEvidence = (result)=>[
        result.summary,
        ...result.evidence
    ];
const statusReason = ({ deployment })=>[
        deployment?.statusReason,
        deployment?.rollback?.reason
    ].filter(Boolean).join(" ");
function identityRefused(evidence) {
    const gate = gateOf(evidence, "identity", "fail");
    if (!gate) return undefined;
    const otherVersion = gate.evidence.some((line)=>line.includes(" at commit "));
    if (!otherVersion) return {
        kind: "no-identity",
        title: "The new version does not say who it is.",
        evidence: gateEvidence(gate),
        fix: "Its health path must answer 200 with `agent` and `commit`; see the runtime's health shape.",
        weight: 86
    };
    return {
        kind: "stale-image",
        title: `The image is not commit ${evidence.commit.slice(0, 12)}: it runs another version.`,
        evidence: gateEvidence(gate),
        fix: "Build and push this commit again without a cache, and deploy the digest that push-image outputs.",
        weight: 98
    };
}
function smokeRefused(evidence) {
    const gate = gateOf(evidence, "smoke", "fail");
    if (!gate) return undefined;
    return {
        kind: "smoke-errors",
        title: "The new version is healthy but answers requests wrongly.",
        evidence: [
            ...gateEvidence(gate),
            ...evidence.log.slice(-4).map((line)=>`log: ${line.slice(0, 300)}`)
        ],
        fix: "Repair the answer, or change rollout.gates.smoke in the manifest when the new answer is meant.",
        weight: 88
    };
}
function targetHealthRefused(evidence) {
    const gate = gateOf(evidence, "target-health", "fail");
    if (!gate) return undefined;
    return {
        kind: "unhealthy",
        title: "Targets of the new version are not healthy.",
        evidence: gateEvidence(gate),
        fix: "The target's reason says what the load balancer saw at health.path of the agent's manifest.",
        weight: 82
    };
}
function gateUnmeasured(evidence) {
    const gate = evidence.gates.find(({ outcome })=>outcome === "error" || outcome === "inconclusive");
    if (!gate) return undefined;
    return {
        kind: "gate-unmeasured",
        title: `Gate ${gate.gate} could not be measured, and what is not measured does not pass.`,
        evidence: [
            ...gateEvidence(gate),
            ...gate.url ? [
                `measured at ${gate.url}`
            ] : []
        ],
        fix: "Check that this runner reaches the test listener (security group, DNS), or give `test-url`.",
        weight: 80
    };
}
function hookTimedOut(evidence) {
    const timedOut = (evidence.deployment?.lifecycleHookDetails ?? []).some((hook)=>hook.status === "TIMED_OUT");
    const reason = statusReason(evidence);
    if (!timedOut && !/pause hook timed out/i.test(reason)) return undefined;
    return {
        kind: "hook-timed-out",
        title: "Nobody answered the gate in time, so ECS rolled back by itself.",
        evidence: [
            reason || "A PAUSE hook is TIMED_OUT."
        ],
        fix: "The job that drove this deployment was lost or too slow. Run it again; raise rollout.gateTimeoutMinutes if gates take longer.",
        weight: 89
    };
}
function alarmTriggered(evidence) {
    const names = evidence.deployment?.alarms?.triggeredAlarmNames ?? [];
    if (names.length === 0) return undefined;
    return {
        kind: "alarm",
        title: `Alarm ${names.join(", ")} went off while the new version served.`,
        evidence: [
            statusReason(evidence) || "ECS lists the alarm as triggered."
        ],
        fix: "Look at the alarm's metric for these minutes; the version made it worse.",
        weight: 91
    };
}
function rulesBroken(evidence) {
    const reason = statusReason(evidence);
    if (!/listenerRule|listener rule|not associated with|rules not found/i.test(reason)) return undefined;
    return {
        kind: "routing",
        title: "The listener rules are not as ECS left them.",
        evidence: [
            reason
        ],
        fix: "Point the production rule at exactly one group, the live revision's; then run again.",
        weight: 93
    };
}
function permissionMissing(evidence) {
    const reason = [
        statusReason(evidence),
        ...evidence.events.map((event)=>event.message ?? "")
    ].find((text)=>/missing permissions|unable to assume|not authorized to perform/i.test(text));
    if (!reason) return undefined;
    return {
        kind: "permission",
        title: "A role of the service lacks a permission.",
        evidence: [
            reason
        ],
        fix: "Run deploy-infra; roles and their policies belong to it.",
        weight: 93
    };
}
function firstDeploymentFailed(evidence) {
    if (!/No rollback candidate/i.test(statusReason(evidence))) return undefined;
    const events = evidence.events.flatMap(({ message })=>message?.includes("deployment failed") ? [
            message
        ] : []);
    return {
        kind: "first-deployment",
        title: "The service's first deployment failed, so there is nothing to go back to.",
        evidence: [
            statusReason(evidence),
            ...events.slice(0, 2)
        ],
        fix: "Repair the cause and deploy again; nothing has served yet.",
        weight: 45
    };
}
function takenBack({ deployment, verdict, gates }) {
    const asked = /StopServiceDeployment|requested|user/i.test(deployment?.rollback?.reason ?? deployment?.statusReason ?? "");
    if (verdict !== "ROLLED_BACK" || !asked || gates.some((gate)=>gate.outcome !== "pass")) return undefined;
    return {
        kind: "taken-back",
        title: "A person or another job asked ECS to roll back.",
        evidence: [
            deployment?.rollback?.reason ?? deployment?.statusReason ?? ""
        ],
        fix: "Ask who did; CloudTrail names the caller of StopServiceDeployment or ContinueServiceDeployment.",
        weight: 50
    };
}
function tooLate({ verdict, deployment }) {
    if (verdict !== "TIMED_OUT") return undefined;
    return {
        kind: "too-late",
        title: "ECS did not finish in the time this job allows.",
        evidence: [
            `last seen: ${deployment?.status ?? "no record"} at ${deployment?.lifecycleStage ?? "its start"}`
        ],
        fix: "Raise `wait-minutes` above bake and gates together, or hand over with `wait-until: shifted`.",
        weight: 60
    };
}

// EXTERNAL MODULE: ./actions/lib/gates/target-health.js
var target_health = __webpack_require__(8215);
;// CONCATENATED MODULE: ./actions/lib/rollout/task-causes.js

/** Rules over stopped tasks, target health and service events. Each gives a cause or nothing. */ const taskRules = [
    imageMissing,
    secretMissing,
    wrongArchitecture,
    outOfMemory,
    crashAtStart,
    unhealthy,
    noCapacity,
    spotInterruption
];
const reasonsOf = (task)=>[
        task.stoppedReason,
        ...(task.containers ?? []).map((container)=>container.reason)
    ].filter(Boolean).join(" ");
const messages = (evidence)=>evidence.events.flatMap((event)=>event.message ? [
            event.message
        ] : []);
/** Stopped tasks and events that match, as lines of evidence. */ function matching(evidence, pattern) {
    const tasks = evidence.stopped.map(reasonsOf).filter((reason)=>pattern.test(reason));
    const events = messages(evidence).filter((message)=>pattern.test(message));
    const status = [
        evidence.deployment?.statusReason ?? ""
    ].filter((reason)=>pattern.test(reason));
    return [
        ...new Set([
            ...tasks,
            ...events,
            ...status
        ])
    ].slice(0, 3);
}
function imageMissing(evidence) {
    const found = matching(evidence, /CannotPull|pull.{0,20}(image|manifest)|image.{0,40}(not found|does not exist)/i);
    if (found.length === 0) return undefined;
    return {
        kind: "image-missing",
        title: "The image could not be pulled.",
        evidence: found,
        fix: "Push the image again (push-image), and check that the execution role may read the repository.",
        weight: 95
    };
}
function secretMissing(evidence) {
    const found = matching(evidence, /ResourceInitializationError/);
    if (found.length === 0) return undefined;
    const secrets = found.some((line)=>/secret|ssm|parameter/i.test(line));
    return {
        kind: secrets ? "secret-missing" : "task-setup",
        title: secrets ? "A secret of the task could not be read." : "ECS could not prepare the task.",
        evidence: found,
        fix: secrets ? "Check that the secret has every key that the manifest lists, and that the execution role may read it." : "The reason above names the resource (log group, network, file system); repair it and run again.",
        weight: 94
    };
}
function wrongArchitecture(evidence) {
    const found = evidence.log.filter((line)=>/exec format error/i.test(line));
    if (found.length === 0) return undefined;
    return {
        kind: "wrong-architecture",
        title: "The image is built for another processor architecture.",
        evidence: found,
        fix: "Build for the architecture of container.architecture in the agent's manifest.",
        weight: 96
    };
}
function outOfMemory(evidence) {
    const found = matching(evidence, /OutOfMemory|out of memory/i);
    if (found.length === 0) return undefined;
    return {
        kind: "out-of-memory",
        title: "A container used more memory than the task has.",
        evidence: found,
        fix: "Raise container.memoryMiB in the agent's manifest, or repair the leak.",
        weight: 92
    };
}
function crashAtStart(evidence) {
    const crashed = evidence.stopped.filter((task)=>task.stopCode === "EssentialContainerExited");
    const first = crashed[0];
    if (!first) return undefined;
    const container = (first.containers ?? []).find((candidate)=>candidate.exitCode !== undefined);
    return {
        kind: "crash",
        title: `The container exited by itself with code ${container?.exitCode ?? "unknown"}${meaning(container)}.`,
        evidence: [
            `${crashed.length} task(s): ${first.stoppedReason ?? "Essential container in task exited"}`,
            ...lastLines(evidence)
        ],
        fix: "The last log lines say why the program ended. Run the image locally with the task's environment to see it.",
        weight: 90
    };
}
/** Exit codes as shells and container engines use them. */ const MEANINGS = {
    0: ", though it should keep running",
    126: " (the command is not executable)",
    127: " (the command does not exist in the image)",
    137: " (killed, often for memory)",
    139: " (a segmentation fault)"
};
const meaning = (container)=>MEANINGS[container?.exitCode ?? -1] ?? "";
const lastLines = ({ log })=>log.slice(-5).map((line)=>`log: ${line.slice(0, 300)}`);
function unhealthy(evidence) {
    const targets = evidence.troubled.map(target_health/* describeTarget */.ff);
    const found = matching(evidence, /failed (ELB|container) health checks|is unhealthy in|health checks failed/i);
    if (targets.length + found.length === 0) return undefined;
    const reasons = evidence.troubled.map((target)=>target.reason ?? "").join(" ");
    return {
        kind: "unhealthy",
        title: "The new version never became healthy.",
        evidence: [
            ...new Set([
                ...targets,
                ...found
            ])
        ].slice(0, 4).concat(lastLines(evidence)),
        fix: healthFix(reasons),
        weight: 85
    };
}
function healthFix(reasons) {
    if (reasons.includes("Target.ResponseCodeMismatch")) return "The health path answers, but not with 200. Call it in the container; a health check must not depend on peers.";
    if (reasons.includes("Target.Timeout")) return "The health path does not answer in time: a slow start, a blocked event loop, or a security group in the way.";
    return "Check that the container listens on its port and answers 200 at health.path of the agent's manifest.";
}
function noCapacity(evidence) {
    const found = matching(evidence, /unable to place a task|capacity is unavailable|RESOURCE:|exceeded.*vCPU|limit on the number/i);
    if (found.length === 0) return undefined;
    return {
        kind: "no-capacity",
        title: "AWS had no room for the new tasks.",
        evidence: found,
        fix: "Blue/green needs twice the capacity while it runs. Raise the Fargate quota, or use on-demand beside Spot.",
        weight: 87
    };
}
function spotInterruption(evidence) {
    const interrupted = evidence.stopped.filter((task)=>task.stopCode === "SpotInterruption");
    if (interrupted.length === 0) return undefined;
    return {
        kind: "spot-interruption",
        title: "Fargate Spot took tasks of the new version away.",
        evidence: [
            `${interrupted.length} task(s) stopped with SpotInterruption`
        ],
        fix: "Run again; if it repeats, set scale.capacity to on-demand for this agent.",
        weight: 30
    };
}

;// CONCATENATED MODULE: ./actions/lib/rollout/causes.js


/** Pure: every cause that the evidence supports, the likeliest first; of one kind only the strongest. */ function rankCauses(evidence) {
    const found = [
        ...deploymentRules,
        ...taskRules
    ].flatMap((rule)=>rule(evidence) ?? []);
    const sorted = [
        ...checkCauses(evidence.checks),
        ...found
    ].sort((a, b)=>b.weight - a.weight);
    const unique = sorted.filter((cause, i)=>sorted.findIndex((other)=>other.kind === cause.kind) === i);
    return unique.length > 0 ? unique : [
        unknown(evidence)
    ];
}
/** What preflight found is certain, so it comes before anything inferred. */ const checkCauses = (checks)=>checks.flatMap(({ name, status, detail, fix })=>status === "problem" ? [
            {
                kind: `preflight: ${name}`,
                title: `${capital(name)}: ${detail}.`,
                evidence: [],
                fix: fix ?? "",
                weight: 100
            }
        ] : []);
const capital = (text)=>text.charAt(0).toUpperCase() + text.slice(1);
function unknown({ deployment, events }) {
    const reasons = [
        deployment?.statusReason,
        deployment?.rollback?.reason
    ].filter((text)=>text !== undefined);
    return {
        kind: "unknown",
        title: reasons[0] ?? "ECS gives no reason.",
        evidence: [
            ...reasons.slice(1),
            ...events.slice(0, 5).flatMap(({ message })=>message ?? [])
        ],
        fix: "The service's events and the task's logs are the next places to look.",
        weight: 1
    };
}

// EXTERNAL MODULE: ./actions/lib/rollout/facts.js
var rollout_facts = __webpack_require__(7551);
;// CONCATENATED MODULE: ./actions/lib/rollout/evidence.js

const LOG_LINES = 12;
/** Reads what explains a red verdict: stopped tasks with their codes, and the last lines they wrote. */ async function gatherEvidence(followed, known, request, { cloud }) {
    const place = (0,rollout_facts/* placeOf */.$t)(request);
    const [[revision], stopped, running] = await Promise.all([
        cloud.ecs.revisions([
            known.revisionArn
        ]),
        cloud.ecs.tasks(place, "STOPPED"),
        cloud.ecs.tasks(place, "RUNNING")
    ]);
    const ours = (task)=>task.taskDefinitionArn === revision?.taskDefinition;
    const own = stopped.filter(ours);
    const witness = own.find(died) ?? own[0] ?? running.find(ours);
    return {
        verdict: known.verdict,
        agent: request.manifest.name,
        commit: request.commit,
        container: revision?.containerImages?.[0]?.containerName,
        checks: [],
        ...followed,
        stopped: own,
        log: witness ? await logOf(witness, {
            cloud
        }) : []
    };
}
const died = (task)=>task.stopCode === "EssentialContainerExited";
async function logOf(task, { cloud }) {
    if (!task.taskDefinitionArn) return [];
    const definition = await cloud.ecs.taskDefinition(task.taskDefinitionArn);
    for (const container of definition?.definition.containerDefinitions ?? []){
        const options = container.logConfiguration?.options;
        const group = options?.["awslogs-group"];
        const prefix = options?.["awslogs-stream-prefix"];
        if (!group || !prefix) continue;
        const id = task.taskArn?.split("/").at(-1);
        const lines = await cloud.logs.tail(group, `${prefix}/${container.name}/${id}`, LOG_LINES);
        if (lines.length > 0) return lines;
    }
    return [];
}

;// CONCATENATED MODULE: ./actions/lib/rollout/changes.js
/** One line per change since the last look, e.g. `+  35 s  POST_TEST_TRAFFIC_SHIFT`; nothing when nothing changed. */ function changeLines(seen, look, startedAt) {
    const seconds = Math.max(0, Math.round((look.at.getTime() - startedAt.getTime()) / 1000));
    const stamp = `+${String(seconds).padStart(4)} s  `;
    return [
        ...headlineChange(seen, look.deployment),
        ...weightChange(seen, look.deployment),
        ...hookChanges(seen, look.deployment),
        ...failureChange(seen, look.deployment),
        ...newEvents(seen, look.events).map((event)=>`event: ${event.message}`)
    ].map((line)=>stamp + line);
}
function seenOf(before, { deployment, events }) {
    return {
        headline: headline(deployment),
        weights: weights(deployment),
        hooks: Object.fromEntries(hooksOf(deployment).map((hook)=>[
                hook.id,
                hook.status
            ])),
        failures: deployment.deploymentCircuitBreaker?.failureCount ?? before.failures,
        events: [
            ...before.events,
            ...newEvents(before, events).map((event)=>event.id ?? "")
        ]
    };
}
function headlineChange(seen, deployment) {
    const now = headline(deployment);
    if (now === seen.headline) return [];
    return [
        deployment.statusReason ? `${now}: ${deployment.statusReason}` : now
    ];
}
const headline = ({ status, lifecycleStage })=>status === "IN_PROGRESS" ? lifecycleStage ?? "IN_PROGRESS" : `${status ?? "PENDING"}`;
function weightChange(seen, deployment) {
    const now = weights(deployment);
    return now && now !== seen.weights ? [
        `traffic on the new version: ${now}`
    ] : [];
}
function weights({ targetServiceRevision }) {
    const { requestedProductionTrafficWeight: production, requestedTestTrafficWeight: test } = targetServiceRevision ?? {};
    if (production === undefined && test === undefined) return undefined;
    return `production ${production ?? 0} %, test ${test ?? 0} %`;
}
function hooksOf({ lifecycleHookDetails = [] }) {
    return lifecycleHookDetails.flatMap(({ hookId, status, targetType, expiresAt })=>hookId ? [
            {
                id: hookId,
                status: status ?? "unknown",
                type: targetType ?? "hook",
                expiresAt
            }
        ] : []);
}
function hookChanges(seen, deployment) {
    return hooksOf(deployment).filter((hook)=>seen.hooks[hook.id] !== hook.status).map(({ type, status, expiresAt })=>{
        const until = status === "AWAITING_ACTION" && expiresAt ? `, until ${expiresAt.toISOString()}` : "";
        return `${type} hook ${status}${until}`;
    });
}
function failureChange(seen, { deploymentCircuitBreaker }) {
    const { failureCount = 0, threshold } = deploymentCircuitBreaker ?? {};
    return failureCount > seen.failures ? [
        `failed tasks: ${failureCount} of ${threshold ?? "?"} that ECS allows`
    ] : [];
}
/** Oldest first. */ const newEvents = (seen, events)=>events.filter((event)=>!seen.events.includes(event.id ?? "")).reverse();

// EXTERNAL MODULE: ./actions/lib/rollout/status.js
var rollout_status = __webpack_require__(2096);
;// CONCATENATED MODULE: ./actions/lib/rollout/advance.js


const startFollowing = (at)=>({
        startedAt: at,
        seen: {
            hooks: {},
            events: [],
            failures: 0
        },
        timeline: [],
        answered: []
    });
/** Pure: what one observation means. Never ends with `terminal` while ECS's status can still change. */ function advance(before, observation, rules) {
    const lines = changeLines(before.seen, observation, before.startedAt);
    const stage = stageOf(observation.deployment);
    const fresh = stage !== before.timeline.at(-1)?.stage && !(0,rollout_status/* isTerminal */.Hd)(observation.deployment.status);
    const state = {
        ...before,
        seen: seenOf(before.seen, observation),
        timeline: fresh ? [
            ...before.timeline,
            {
                stage,
                at: observation.at
            }
        ] : before.timeline
    };
    const action = decideAction(state, observation, rules);
    return {
        state: afterAction(state, action, observation),
        lines,
        action
    };
}
/** What the timeline calls this moment: ECS shows no stage of its own while it goes back. */ function stageOf({ status, lifecycleStage }) {
    if ((0,rollout_status/* isGoingBack */.s6)(status)) return "ROLLBACK";
    return lifecycleStage ?? status ?? "PENDING";
}
function decideAction(state, observation, rules) {
    const { deployment, at, newer } = observation;
    const { status } = deployment;
    if (status && (0,rollout_status/* isTerminal */.Hd)(status)) return {
        kind: "end",
        ending: {
            kind: "terminal",
            status,
            newer,
            stopped: state.stopped
        }
    };
    if (observation.cancelled) return onCancel(deployment, rules);
    if (at >= rules.giveUpAt) return {
        kind: "end",
        ending: {
            kind: "late"
        }
    };
    if ((0,rollout_status/* isGoingBack */.s6)(status)) return {
        kind: "wait"
    };
    if (at >= rules.deadline && !state.stopped && (0,rollout_status/* canRollBack */.jL)(deployment.lifecycleStage)) return {
        kind: "stop",
        leave: false
    };
    return atPause(state, deployment, rules);
}
function onCancel(deployment, { onCancel: wish }) {
    const asked = wish === "rollback" && !(0,rollout_status/* isGoingBack */.s6)(deployment.status) && (0,rollout_status/* canRollBack */.jL)(deployment.lifecycleStage);
    return asked ? {
        kind: "stop",
        leave: true
    } : {
        kind: "end",
        ending: {
            kind: "cancelled",
            asked: false
        }
    };
}
function atPause(state, deployment, rules) {
    const stage = deployment.lifecycleStage ?? "PENDING";
    if (rules.waitUntil === "shifted" && (0,rollout_status/* isShifted */.QC)(stage)) return {
        kind: "end",
        ending: {
            kind: "handed-over",
            stage
        }
    };
    const waiting = (deployment.lifecycleHookDetails ?? []).find((hook)=>hook.status === "AWAITING_ACTION" && hook.hookId && !state.answered.includes(hook.hookId));
    if (!waiting?.hookId) return {
        kind: "wait"
    };
    if (rules.waitUntil === "paused") return {
        kind: "end",
        ending: {
            kind: "handed-over",
            stage
        }
    };
    return {
        kind: "gate",
        hookId: waiting.hookId,
        stage
    };
}
function afterAction(state, action, { cancelled }) {
    if (action.kind === "gate") return {
        ...state,
        answered: [
            ...state.answered,
            action.hookId
        ]
    };
    if (action.kind === "stop") return {
        ...state,
        stopped: cancelled ? "cancelled" : "late"
    };
    return state;
}

// EXTERNAL MODULE: ./actions/lib/rollout/gate-at-pause.js + 4 modules
var gate_at_pause = __webpack_require__(7478);
;// CONCATENATED MODULE: ./actions/lib/rollout/observe.js

/** One look: the deployment and the service's events side by side; undefined while ECS does not show it yet. */ async function observe(watched, { cloud, clock, cancel }) {
    const [deployment, service] = await Promise.all([
        cloud.ecs.deployment(watched.deploymentArn),
        cloud.ecs.service(watched.place)
    ]);
    if (!deployment) return undefined;
    const ending = (0,rollout_status/* isTerminal */.Hd)(deployment.status) || (0,rollout_status/* isGoingBack */.s6)(deployment.status);
    return {
        at: clock.now(),
        deployment,
        events: eventsSince(service, deployment),
        newer: ending ? await newerThan(watched, deployment, {
            cloud
        }) : undefined,
        cancelled: cancel.aborted
    };
}
function eventsSince(service, { createdAt }) {
    const from = createdAt?.getTime() ?? 0;
    return (service?.events ?? []).filter((event)=>(event.createdAt?.getTime() ?? 0) >= from);
}
async function newerThan(watched, ours, { cloud }) {
    const [newest] = await cloud.ecs.deployments(watched.place);
    if (!newest?.serviceDeploymentArn || newest.serviceDeploymentArn === watched.deploymentArn) return undefined;
    return (newest.createdAt?.getTime() ?? 0) >= (ours.createdAt?.getTime() ?? 0) ? newest.serviceDeploymentArn : undefined;
}
/** States that pass by themselves while a target starts or leaves; they explain nothing. */ const PASSING = [
    "Elb.RegistrationInProgress",
    "Elb.InitialHealthChecking",
    "Target.DeregistrationInProgress"
];
/** Targets that are in trouble now: read while they exist, because a rollback takes them away. */ async function troubledTargets({ group }, { cloud }) {
    if (!group) return [];
    const targets = await cloud.balancer.targets(group);
    return targets.filter(({ state, reason })=>state.startsWith("unhealthy") && !PASSING.includes(reason ?? ""));
}

// EXTERNAL MODULE: ./actions/lib/rollout/routing.js
var rollout_routing = __webpack_require__(9542);
;// CONCATENATED MODULE: ./actions/lib/rollout/follow.js





/** ECS shows a new record within seconds; after a minute it will not come. */ const MISSING_LOOKS = 12;
/** Once late, ECS is given this long to finish its rollback before we stop looking. */ const GRACE_MINUTES = 10;
/** Follows our deployment to a terminal state, answers its pauses by the gates, prints every change. */ async function follow(target, request, ports) {
    const [revision] = await ports.cloud.ecs.revisions([
        target.revisionArn
    ]);
    let watched = {
        place: (0,rollout_facts/* placeOf */.$t)(request),
        deploymentArn: target.deploymentArn,
        group: (0,rollout_routing/* groupOf */.F8)(revision)
    };
    let state = startFollowing(ports.clock.now());
    let notes = {
        events: [],
        gates: [],
        troubled: []
    };
    const rules = rulesOf(request, state.startedAt);
    for(let missing = 0;;){
        const observation = await observe(watched, ports);
        if (!observation) {
            if (++missing > MISSING_LOOKS) return {
                ...notes,
                ending: {
                    kind: "late"
                },
                timeline: state.timeline
            };
            await pause(request, ports);
            continue;
        }
        watched = await withGroup(watched, target, ports);
        const step = advance(state, observation, rules);
        state = step.state;
        for (const line of step.lines)ports.line(line);
        notes = await note(notes, observation, watched, ports);
        const ending = await act(step.action, {
            target,
            watched,
            request,
            ports
        });
        if (ending && "kind" in ending) return {
            ...notes,
            ending,
            timeline: state.timeline
        };
        if (ending) notes = withGates(notes, ending);
        else await pause(request, ports);
    }
}
function rulesOf({ waitUntil, onCancel, waitMinutes }, from) {
    const after = (minutes)=>new Date(from.getTime() + minutes * 60_000);
    return {
        waitUntil,
        onCancel,
        deadline: after(waitMinutes),
        giveUpAt: after(waitMinutes + GRACE_MINUTES)
    };
}
/** ECS resolves a revision's target group when its tasks start, so it may not be known at first. */ async function withGroup(watched, { revisionArn }, { cloud }) {
    if (watched.group) return watched;
    const [revision] = await cloud.ecs.revisions([
        revisionArn
    ]);
    return {
        ...watched,
        group: (0,rollout_routing/* groupOf */.F8)(revision)
    };
}
async function note(notes, { deployment, events }, watched, ports) {
    const starting = deployment.lifecycleStage === "SCALE_UP" || deployment.lifecycleStage === "BAKE_TIME";
    const troubled = starting ? await troubledTargets(watched, ports) : [];
    return {
        ...notes,
        deployment,
        events,
        troubled: troubled.length ? troubled : notes.troubled
    };
}
/** Does what one step asks. @returns the ending, or the gates that were measured, or nothing. */ async function act(action, acting) {
    const { ports, target } = acting;
    if (action.kind === "end") return action.ending;
    if (action.kind === "gate") return answerGate(action.hookId, acting);
    if (action.kind === "stop") {
        const asked = await ports.cloud.ecs.stop(target.deploymentArn);
        ports.line(asked ? "asked ECS to roll back" : "ECS has nothing to stop any more");
        if (action.leave) return {
            kind: "cancelled",
            asked
        };
    }
    return undefined;
}
async function answerGate(hookId, { target, watched, request, ports }) {
    const deployment = await ports.cloud.ecs.deployment(target.deploymentArn);
    const desired = deployment?.targetServiceRevision?.requestedTaskCount ?? 1;
    const input = {
        side: "test",
        routing: target.routing,
        group: watched.group,
        desired
    };
    const gated = await unlessCancelled((0,gate_at_pause/* gateNow */.cE)(input, request, ports), ports.cancel);
    if (!gated) return undefined;
    for (const result of gated.results)ports.line((0,gate_at_pause/* gateLine */.C_)(result));
    const { action, reason } = gated.decision;
    ports.line(`${action === "CONTINUE" ? "continue" : "roll back"}: ${reason}`);
    if (!await ports.cloud.ecs.answer(target.deploymentArn, hookId, action)) ports.line("somebody else has answered this pause, or it timed out");
    return gated;
}
const withGates = (notes, { results, decision })=>({
        ...notes,
        gates: [
            ...notes.gates,
            ...results
        ],
        refusal: decision.action === "ROLLBACK" ? decision.reason : notes.refusal
    });
/** GitHub leaves a cancelled job about ten seconds: a gate must not use them up. */ async function unlessCancelled(work, cancel) {
    if (cancel.aborted) return undefined;
    let abort = ()=>{};
    const cancelled = new Promise((resolve)=>{
        abort = ()=>resolve(undefined);
        cancel.addEventListener("abort", abort, {
            once: true
        });
    });
    try {
        return await Promise.race([
            work,
            cancelled
        ]);
    } finally{
        cancel.removeEventListener("abort", abort);
    }
}
/** Waits one polling interval; a cancelled job wakes up at once. */ async function pause({ pollSeconds }, { clock, cancel }) {
    try {
        await clock.sleep(pollSeconds, cancel);
    } catch (error) {
        if (!cancel.aborted) throw error;
    }
}

;// CONCATENATED MODULE: ./actions/lib/rollout/find.js


/** A read after UpdateService may not show the new record yet; observed delays are seconds. */ const LOOKS = 12;
/** Our deployment: another ARN than the newest before, with a revision of our task definition; undefined when none shows up. */ async function findDeployment(started, request, ports) {
    for(let look = 0; look < LOOKS; look++){
        const [newest] = await ports.cloud.ecs.deployments((0,rollout_facts/* placeOf */.$t)(request));
        const deploymentArn = newest?.serviceDeploymentArn;
        if (deploymentArn && deploymentArn !== started.baseline) {
            const revisionArn = newest.targetServiceRevisionArn;
            const [revision] = revisionArn ? await ports.cloud.ecs.revisions([
                revisionArn
            ]) : [];
            if (revisionArn && revision?.taskDefinition === started.taskDefinition) return {
                deploymentArn,
                revisionArn
            };
        }
        await pause(request, ports);
    }
    return undefined;
}

;// CONCATENATED MODULE: ./actions/lib/rollout/judge.js

/** Pure: the verdict. `DEPLOYED` needs ECS's own SUCCESSFUL and the proof that the new digest serves. */ function judge(finished) {
    const { ending } = finished;
    if (ending.kind === "handed-over") return {
        verdict: "PAUSED",
        reason: `Handed over at ${ending.stage}; run deploy-service again to go on.`
    };
    if (ending.kind === "late") return {
        verdict: "TIMED_OUT",
        reason: "ECS did not finish in time."
    };
    if (ending.kind === "cancelled") return {
        verdict: "STOPPED",
        reason: cancelReason(ending.asked)
    };
    return judgeTerminal(finished, ending);
}
function judgeTerminal(finished, ending) {
    if (ending.status === "SUCCESSFUL") return judgeSuccess(finished, ending);
    if (ending.status === "ROLLBACK_SUCCESSFUL") return judgeRollback(finished, ending);
    if (ending.status === "STOPPED") return judgeStop(finished, ending);
    return {
        verdict: "ROLLBACK_FAILED",
        reason: finished.statusReason ?? "ECS could not roll back."
    };
}
function judgeSuccess({ proof, digest, revision }, { newer }) {
    const serves = proof.kind === "serves" && proof.digest === digest && proof.revision === revision;
    if (serves && proof.desired === 0) return {
        verdict: "EMPTY",
        reason: "The new version is in place but 0 tasks are wanted, so nothing is proven."
    };
    if (serves) return {
        verdict: "DEPLOYED",
        reason: `${(0,reference/* shortDigest */.VK)(digest)} serves all production traffic.`
    };
    if (newer) return superseded(newer);
    const found = proof.kind === "serves" ? `${(0,reference/* shortDigest */.VK)(proof.digest)} serves instead.` : proof.why;
    const reason = `ECS reports SUCCESSFUL, but ${(0,reference/* shortDigest */.VK)(digest)} is not proven to serve: ${found}`;
    return {
        verdict: "ROLLBACK_FAILED",
        reason
    };
}
/** A rollback stays red whatever came after it: a newer deployment does not make the refused one good. */ function judgeRollback({ proof, revision, refusal, statusReason }, ending) {
    const why = refusal ?? statusReason ?? "ECS rolled the deployment back.";
    if (ending.newer) return {
        verdict: "ROLLED_BACK",
        reason: `${why} A newer deployment has begun since.`
    };
    if (proof.kind !== "serves" || proof.revision === revision) {
        const found = proof.kind === "serves" ? "the refused revision still serves." : proof.why;
        return {
            verdict: "ROLLBACK_FAILED",
            reason: `${why} After the rollback no version is proven: ${found}`
        };
    }
    if (ending.stopped === "late") return {
        verdict: "TIMED_OUT",
        reason: `Not finished in time; ${(0,reference/* shortDigest */.VK)(proof.digest)} serves again.`
    };
    return {
        verdict: "ROLLED_BACK",
        reason: why
    };
}
function judgeStop({ refusal, statusReason }, { newer, stopped }) {
    if (newer && !refusal) return superseded(newer);
    const reason = refusal ?? `The deployment was stopped without a rollback. ${statusReason ?? ""}`.trim();
    return {
        verdict: stopped === "late" ? "TIMED_OUT" : "STOPPED",
        reason
    };
}
const superseded = (newer)=>({
        verdict: "SUPERSEDED",
        reason: `A newer deployment took over: ${newer.split("/").at(-1)}.`
    });
const cancelReason = (asked)=>asked ? "The job was cancelled; ECS was asked to roll back." : "The job was cancelled; the deployment was left to ECS.";

// EXTERNAL MODULE: ./agents/naming.js
var naming = __webpack_require__(1741);
;// CONCATENATED MODULE: ./actions/lib/rollout/preflight.js




/** Label of images that bring no runtime of their own: the sandbox runs them with the host's Node. */ const BASE_LABEL = "dev.karmacadabra.base";
const ok = (name, detail)=>({
        name,
        status: "ok",
        detail
    });
const skipped = (name, detail)=>({
        name,
        status: "skipped",
        detail
    });
const problem = (name, detail, fix)=>({
        name,
        status: "problem",
        detail,
        fix
    });
/** All checks of design section 7.1 over facts already read; every problem at once, nothing changed yet. */ function preflight(request, facts) {
    const service = checkService(facts);
    if (service.status === "problem") return [
        service,
        checkImage(request, facts)
    ];
    const traffic = isOwnRunning(request, facts) ? [
        ok("deployment", "our own deployment is running; it is followed")
    ] : [
        checkNoDeployment(facts),
        ...checkRules(request, facts)
    ];
    return [
        service,
        checkImage(request, facts),
        checkArchitecture(facts),
        checkSource(request, facts),
        checkPort(request, facts),
        ...traffic,
        checkLogGroup(facts),
        checkSecrets(facts),
        checkBlocked(request, facts)
    ];
}
/** A deployment of exactly this digest is under way: an earlier run of this job, whose place we take. */ const isOwnRunning = (request, facts)=>(0,rollout_status/* isRunning */.W_)(facts.newest?.status) && (0,rollout_routing/* digestOf */.ol)(facts.newestTarget, facts.routing.container) === request.image.digest;
function checkService({ service, place, definition }) {
    const fix = "Deploy the infrastructure first: deploy-infra creates the cluster and the agent's service.";
    if (!service) return problem("service", `${place.service} does not exist in cluster ${place.cluster}`, fix);
    if (service.status !== "ACTIVE") return problem("service", `${place.service} is ${service.status}`, fix);
    const controller = service.deploymentController?.type ?? "ECS";
    if (controller !== "ECS") return problem("service", `the deployment controller is ${controller}`, "Only ECS's own controller can be driven.");
    if (!definition) return problem("service", `the task definition ${service.taskDefinition} is gone`, fix);
    return ok("service", `${place.service}, ${service.desiredCount ?? 0} task(s) wanted`);
}
function checkImage({ image, manifest }, facts) {
    const expected = (0,naming/* repositoryName */.aR)(manifest.name);
    if (image.repository !== expected) return problem("image", `the image is in repository ${image.repository}, the agent's is ${expected}`, `Push to ${expected}; an image in another repository is how a stale version keeps running.`);
    if (!facts.image) return problem("image", `${image.repository}@${image.digest} is not in the registry`, "Run push-image for this commit again; a lifecycle rule may have removed the image.");
    return ok("image", `${image.repository}@${(0,reference/* shortDigest */.VK)(image.digest)}`);
}
function checkArchitecture({ contents, definition }) {
    const platform = definition?.definition.runtimePlatform?.cpuArchitecture ?? "X86_64";
    const wanted = platform === "ARM64" ? "arm64" : "amd64";
    if (!contents) return skipped("architecture", "the image's configuration could not be read");
    if (contents.labels[BASE_LABEL] === "host-node") return skipped("architecture", "the image runs on the host's Node");
    if (contents.architectures.includes(wanted)) return ok("architecture", wanted);
    return problem("architecture", `the image is for ${contents.architectures.join(", ") || "no known architecture"}, the task runs on ${wanted}`, `Build for ${wanted}, or change container.architecture in the agent's manifest.`);
}
function checkSource({ commit }, { contents }) {
    if (!contents?.revision) return skipped("source", "the image has no label org.opencontainers.image.revision");
    if (contents.revision === commit) return ok("source", `built from ${commit.slice(0, 12)}`);
    return problem("source", `the image was built from commit ${contents.revision.slice(0, 12)}, the commit to deploy is ${commit.slice(0, 12)}`, "This image is stale: build and push the commit itself, and pass push-image's digest output on.");
}
function checkPort({ manifest }, { routing, definition }) {
    const containers = definition?.definition.containerDefinitions ?? [];
    const container = containers.find(({ name })=>name === routing.container);
    const fix = "Align container.port in the agent's manifest with the service's load balancer, then run deploy-infra.";
    if (!routing.container) return skipped("port", "the service has no load balancer");
    if (!container) return problem("port", `the task definition has no container ${routing.container}`, fix);
    const mapped = (container.portMappings ?? []).map((mapping)=>mapping.containerPort);
    if (!mapped.includes(routing.containerPort)) return problem("port", `target groups use port ${routing.containerPort}, the container maps ${mapped.join(", ") || "none"}`, fix);
    if (routing.containerPort !== manifest.container.port) return problem("port", `target groups use port ${routing.containerPort}, the manifest says ${manifest.container.port}`, fix);
    return ok("port", String(routing.containerPort));
}
function checkNoDeployment({ newest, newestTarget, routing }) {
    if (!(0,rollout_status/* isRunning */.W_)(newest?.status)) return ok("deployment", "none is running");
    const digest = (0,rollout_routing/* digestOf */.ol)(newestTarget, routing.container);
    return problem("deployment", `another deployment (${digest ? (0,reference/* shortDigest */.VK)(digest) : "unknown digest"}, ${newest?.status} at ${newest?.lifecycleStage ?? "its start"}) is running`, "Wait for it, or end it with rollback-service; starting another one would supersede it half-way.");
}
function checkRules(request, facts) {
    const { production, test, routing } = facts;
    if (!production) {
        if (request.manifest.rollout.strategy === "rolling") return [
            skipped("rules", "a rolling deployment moves no rule")
        ];
        return [
            problem("rules", "the service names no production listener rule", "Run deploy-infra: blue/green needs loadBalancers.advancedConfiguration.")
        ];
    }
    const checks = [
        checkProductionRule(production, facts)
    ];
    if (test) checks.push(checkTestRule(test, routing.groups));
    return checks;
}
const RESET_FIX = "A stack update or a person has rewritten the rule. Point it at the live group again (aws elbv2 modify-rule), then run again.";
function checkProductionRule(rule, { live, targets, service }) {
    const name = "production rule";
    if (!rule.exists) return problem(name, `${rule.arn} does not exist`, "Run deploy-infra; it owns the listener rules.");
    if (rule.groups.length !== 1) return problem(name, `${rule.groups.length} target groups get traffic (${rule.groups.map(rollout_routing/* groupName */.hv).join(", ")}), not one`, RESET_FIX);
    const expected = (0,rollout_routing/* groupOf */.F8)(live);
    if (!expected) return skipped(name, "ECS does not tell the live revision's target group");
    if (rule.groups[0] !== expected) return problem(name, `traffic goes to ${(0,rollout_routing/* groupName */.hv)(rule.groups[0])}, the live revision is in ${(0,rollout_routing/* groupName */.hv)(expected)}`, RESET_FIX);
    const healthy = targets.filter((target)=>target.state === "healthy").length;
    if (healthy === 0 && service?.desiredCount) return problem(name, `${(0,rollout_routing/* groupName */.hv)(expected)} has no healthy target`, "The live version is down: repair it first, or force a rollback.");
    return ok(name, `${(0,rollout_routing/* groupName */.hv)(expected)}, ${healthy} healthy`);
}
function checkTestRule(rule, groups) {
    const name = "test rule";
    if (!rule.exists) return problem(name, `${rule.arn} does not exist`, "Run deploy-infra; it owns the listener rules.");
    if (rule.groups.length !== 1 || !groups.includes(rule.groups[0] ?? "")) return problem(name, `it forwards to ${rule.groups.map(rollout_routing/* groupName */.hv).join(", ") || "nothing"}, not to one group of this service`, RESET_FIX);
    return ok(name, (0,rollout_routing/* groupName */.hv)(rule.groups[0]));
}
function checkLogGroup({ logGroup }) {
    if (!logGroup) return skipped("log group", "the container does not log to CloudWatch");
    if (logGroup.exists === undefined) return skipped("log group", "this role may not look");
    if (logGroup.exists) return ok("log group", logGroup.name);
    return problem("log group", `${logGroup.name} does not exist, so no task could start`, "Run deploy-infra; it creates the log group.");
}
function checkSecrets({ secrets }) {
    const missing = secrets.filter((secret)=>secret.exists === false).map((secret)=>secret.id);
    if (missing.length > 0) return problem("secrets", `missing: ${missing.join(", ")}`, "Create them, or remove them from the agent's manifest.");
    const known = secrets.filter((secret)=>secret.exists).length;
    return known === secrets.length ? ok("secrets", `${known} found`) : skipped("secrets", "this role may not look");
}
function checkBlocked({ image, force }, { blocked }) {
    const entry = blocked.find((candidate)=>candidate.digest === image.digest);
    if (!entry) return ok("blocked", "no rollback has refused this digest");
    if (force) return ok("blocked", `forced, though ${entry.actor} refused it: ${entry.reason}`);
    return problem("blocked", `${(0,reference/* shortDigest */.VK)(image.digest)} was refused by a rollback of ${entry.actor} on ${entry.at.slice(0, 10)}: ${entry.reason}`, "Deploy a commit that repairs it, or run again with `force: true`.");
}

;// CONCATENATED MODULE: ./actions/lib/rollout/registration.js
/** Attributes that DescribeTaskDefinition adds and RegisterTaskDefinition does not take. */ const READ_ONLY = [
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "deregisteredAt",
    "deleteRequestedAt",
    "registeredBy"
];
/** The live task definition with one container's image replaced; `AGENT_COMMIT` follows where the template sets it. */ function withImage(live, tags, version) {
    const containerDefinitions = (live.containerDefinitions ?? []).map((container)=>container.name === version.container ? {
            ...container,
            image: version.image,
            environment: withCommit(container.environment, version.commit)
        } : container);
    const copy = {
        ...live,
        containerDefinitions
    };
    for (const key of READ_ONLY)delete copy[key];
    return {
        ...copy,
        family: live.family,
        containerDefinitions,
        ...tags.length ? {
            tags: [
                ...tags
            ]
        } : {}
    };
}
const withCommit = (environment, commit)=>environment?.map((entry)=>entry.name === "AGENT_COMMIT" ? {
            ...entry,
            value: commit
        } : entry);
/** Whether `registered` already is what `wanted` would register: then registering again only adds noise. */ function isSameDefinition(wanted, registered) {
    const { tags: _, ...definition } = wanted;
    return canonical(definition) === canonical(withImage(registered, [], {
        container: "",
        image: "",
        commit: ""
    }));
}
/** JSON with sorted keys, without what ECS fills in as empty: `[]`, `{}` and undefined. */ function canonical(value) {
    return JSON.stringify(simplify(value));
}
function simplify(value) {
    if (Array.isArray(value)) return value.length ? value.map(simplify) : undefined;
    if (typeof value !== "object" || value === null || value instanceof Date) return value;
    const entries = Object.entries(value).map(([key, inner])=>[
            key,
            simplify(inner)
        ]).filter(([, inner])=>inner !== undefined).sort(([a], [b])=>a < b ? -1 : 1);
    return entries.length ? Object.fromEntries(entries) : undefined;
}

;// CONCATENATED MODULE: ./actions/lib/rollout/update.js
const STRATEGIES = {
    "blue-green": "BLUE_GREEN",
    canary: "CANARY",
    linear: "LINEAR",
    rolling: "ROLLING"
};
/** Where ECS waits for our gates. Canary and linear wait again before every step. */ const GATE_STAGES = {
    "blue-green": [
        "POST_TEST_TRAFFIC_SHIFT"
    ],
    canary: [
        "POST_TEST_TRAFFIC_SHIFT",
        "PRE_PRODUCTION_TRAFFIC_SHIFT"
    ],
    linear: [
        "POST_TEST_TRAFFIC_SHIFT",
        "PRE_PRODUCTION_TRAFFIC_SHIFT"
    ],
    rolling: []
};
/**
 * The deployment configuration of one UpdateService: the manifest's strategy and bake, the breaker, and PAUSE hooks
 * that roll back by themselves when nobody answers. Alarms and Lambda hooks of the service stay.
 */ function deploymentConfiguration(rollout, current, bakeMinutes = rollout.bakeMinutes) {
    const strategy = STRATEGIES[rollout.strategy];
    const { alarms, deploymentCircuitBreaker, canaryConfiguration, linearConfiguration } = current ?? {};
    const { maximumPercent, minimumHealthyPercent, earlySuccessCriteria } = current ?? {};
    return defined({
        strategy,
        alarms,
        deploymentCircuitBreaker: {
            ...deploymentCircuitBreaker,
            enable: true,
            rollback: true
        },
        lifecycleHooks: [
            ...lambdaHooks(current),
            ...pauseHooks(rollout)
        ],
        ...strategy === "ROLLING" ? {
            maximumPercent,
            minimumHealthyPercent,
            earlySuccessCriteria
        } : {
            bakeTimeInMinutes: bakeMinutes
        },
        ...strategy === "CANARY" ? {
            canaryConfiguration
        } : {},
        ...strategy === "LINEAR" ? {
            linearConfiguration
        } : {}
    });
}
/** DescribeServices may show a PAUSE hook without its type; only a Lambda hook has a target. */ const lambdaHooks = (current)=>(current?.lifecycleHooks ?? []).filter((hook)=>hook.hookTargetArn !== undefined);
const pauseHooks = ({ strategy, gateTimeoutMinutes })=>GATE_STAGES[strategy].map((stage)=>({
            targetType: "PAUSE",
            lifecycleStages: [
                stage
            ],
            timeoutConfiguration: {
                timeoutInMinutes: gateTimeoutMinutes,
                action: "ROLLBACK"
            }
        }));
const defined = (configuration)=>Object.fromEntries(Object.entries(configuration).filter(([, value])=>value !== undefined));

;// CONCATENATED MODULE: ./actions/lib/rollout/plan.js




const end = (verdict, reason)=>({
        kind: "end",
        verdict,
        reason
    });
/** Pure: the one place that decides. The order matters: never report a state green whose rules are broken. */ function plan(request, facts, checks) {
    const own = facts.service && isOwnRunning(request, facts) ? facts.newest : undefined;
    if (own?.serviceDeploymentArn && own.targetServiceRevision?.arn) return {
        kind: "follow",
        deploymentArn: own.serviceDeploymentArn,
        revisionArn: own.targetServiceRevision.arn
    };
    if (facts.service && isStale(request, facts)) return end("STALE", staleReason(request, facts));
    const problems = checks.filter((check)=>check.status === "problem");
    if (problems.length > 0 || !facts.service || !facts.definition) return end("REFUSED", problems.map((check)=>`${check.name}: ${check.detail}`).join("; "));
    const same = facts.liveDigest === request.image.digest;
    if (!facts.service.desiredCount && (same || !request.allowEmpty)) return end("EMPTY", "The service wants 0 tasks, so no version can be proven to work.");
    if (same) return facts.record?.digest === request.image.digest ? unchanged(request) : {
        kind: "prove"
    };
    return deployPlan(request, facts, facts.definition);
}
const unchanged = ({ image })=>end("UNCHANGED", `${(0,reference/* shortDigest */.VK)(image.digest)} already serves and is proven.`);
function deployPlan(request, facts, { definition, tags }) {
    const container = facts.routing.container ?? definition.containerDefinitions?.[0]?.name ?? "";
    const wanted = withImage(definition, tags, {
        container,
        image: request.image.uri,
        commit: request.commit
    });
    const reuse = facts.latest && isSameDefinition(wanted, facts.latest) ? facts.latest.taskDefinitionArn : undefined;
    return {
        kind: "deploy",
        ...reuse ? {
            taskDefinition: reuse
        } : {
            register: wanted
        },
        baseline: facts.newest?.serviceDeploymentArn,
        update: {
            ...facts.place,
            deploymentConfiguration: deploymentConfiguration(request.manifest.rollout, facts.service?.deploymentConfiguration, request.bakeMinutes)
        }
    };
}
function isStale(request, facts) {
    if (request.mode === "rollback" || request.force) return false;
    if (facts.liveDigest === request.image.digest) return false;
    return standing(request.commit, facts) === "older";
}
/** Git's word first; where the clone is too shallow to tell, the order of the ledger. */ function standing(commit, facts) {
    if (facts.ancestry !== "unknown") return facts.ancestry;
    const place = facts.history.findIndex((record)=>record.commit === commit);
    if (place <= 0) return "unknown";
    return facts.history.slice(0, place).some((later)=>wentBack(later, facts.history[place])) ? "unknown" : "older";
}
/** A rollback makes an older commit the later record, so the ledger's order says nothing about age there. */ const wentBack = (later, record)=>later.rollbackOf === record?.digest;
const staleReason = ({ commit }, { record })=>`Commit ${commit.slice(0, 12)} is older than ${record?.commit.slice(0, 12)}, which is live.`;

// EXTERNAL MODULE: ./actions/lib/rollout/proof.js
var rollout_proof = __webpack_require__(9766);
// EXTERNAL MODULE: ./actions/lib/rollout/verdict.js
var rollout_verdict = __webpack_require__(2325);
;// CONCATENATED MODULE: ./actions/lib/rollout/rollout.js














/**
 * Deploys one image to one service and proves it, design section 7. Changes nothing unless every check passes;
 * a second run that finds its own deployment follows it. Never throws for an outcome that has a verdict.
 */ async function rollOut(request, ports) {
    const startedAt = ports.clock.now();
    const facts = await (0,rollout_facts/* gatherFacts */.pc)(request, ports);
    const checks = preflight(request, facts);
    for (const line of checkLines(checks))ports.line(line);
    const course = await run(plan(request, facts, checks), {
        request,
        ports,
        facts,
        checks
    });
    const url = await (0,gate_at_pause/* agentUrl */.lh)("production", facts.routing, request, ports) ?? "";
    return {
        ...resultOf(request, course, {
            startedAt,
            finishedAt: ports.clock.now()
        }),
        ...previousOf(facts),
        url,
        checks
    };
}
/** Follows a deployment that something else started (a stack update), with the same gates and verdicts. */ async function followDeployment(target, request, ports) {
    const startedAt = ports.clock.now();
    const { routing } = await (0,rollout_facts/* gatherService */.DH)((0,rollout_facts/* placeOf */.$t)(request), ports);
    const course = await drive({
        ...target,
        routing
    }, request, ports);
    const url = await (0,gate_at_pause/* agentUrl */.lh)("production", routing, request, ports) ?? "";
    return {
        ...resultOf(request, course, {
            startedAt,
            finishedAt: ports.clock.now()
        }),
        url,
        checks: []
    };
}
async function run(decided, { request, ports, facts, checks }) {
    if (decided.kind === "end") {
        ports.line(`${decided.verdict}: ${decided.reason}`);
        return {
            judgement: decided,
            causes: checkCauses(checks),
            revisionArn: facts.live?.serviceRevisionArn
        };
    }
    if (decided.kind === "prove") return proveLive(facts, request, ports);
    if (decided.kind === "follow") {
        ports.line(`following our own deployment ${decided.deploymentArn.split("/").at(-1)}, started earlier`);
        return drive({
            ...decided,
            routing: facts.routing
        }, request, ports);
    }
    const started = await start(decided, request, ports);
    if (!started) return {
        judgement: {
            verdict: "TIMED_OUT",
            reason: "ECS accepted the update but shows no deployment."
        }
    };
    return drive({
        ...started,
        routing: facts.routing
    }, request, ports);
}
async function start(decided, request, ports) {
    const { ecs } = ports.cloud;
    const taskDefinition = decided.register ? await ecs.register(decided.register) : decided.taskDefinition;
    if (!taskDefinition) throw new Error("The plan names no task definition.");
    ports.line(`task definition ${taskDefinition.split("/").at(-1)} with ${(0,reference/* shortDigest */.VK)(request.image.digest)}`);
    const service = await ecs.update({
        ...decided.update,
        taskDefinition
    });
    return findDeployment({
        service,
        taskDefinition,
        baseline: decided.baseline
    }, request, ports);
}
/** Follows, proves, judges; records what is proven and explains what is not. */ async function drive(target, request, ports) {
    const followed = await follow(target, request, ports);
    const proof = await proveEnd(followed, target, request, ports);
    const judged = judge({
        ending: followed.ending,
        proof,
        digest: request.image.digest,
        revision: target.revisionArn,
        refusal: followed.refusal,
        statusReason: followed.deployment?.statusReason
    });
    const { judgement, followed: seen } = await gateRolling(judged, followed, {
        target,
        request,
        ports
    });
    ports.line(`${judgement.verdict}: ${judgement.reason}`);
    if (judgement.verdict === "DEPLOYED") await record(request, ports, target);
    const { gates, timeline } = seen;
    const causes = await explain(judgement, seen, {
        target,
        request,
        ports
    });
    return {
        judgement,
        gates,
        timeline,
        causes,
        deploymentArn: target.deploymentArn,
        revisionArn: target.revisionArn
    };
}
/** A rolling deployment has no pause to measure at: its gates come after it, where it serves, and a refusal is red. */ async function gateRolling(judgement, followed, { target, request, ports }) {
    if (request.manifest.rollout.strategy !== "rolling" || judgement.verdict !== "DEPLOYED") return {
        judgement,
        followed
    };
    const [revision] = await ports.cloud.ecs.revisions([
        target.revisionArn
    ]);
    const group = (0,rollout_routing/* groupOf */.F8)(revision) ?? target.routing.groups[0];
    const desired = followed.deployment?.targetServiceRevision?.requestedTaskCount ?? 1;
    const input = {
        side: "production",
        routing: target.routing,
        group,
        desired
    };
    const { results, decision } = await (0,gate_at_pause/* gateNow */.cE)(input, request, ports);
    for (const result of results)ports.line((0,gate_at_pause/* gateLine */.C_)(result));
    const seen = {
        ...followed,
        gates: results
    };
    if (decision.action === "CONTINUE") return {
        judgement,
        followed: seen
    };
    const reason = `It serves, but its gates refuse it: ${decision.reason} Run rollback-service.`;
    return {
        judgement: {
            verdict: "ROLLBACK_FAILED",
            reason
        },
        followed: seen
    };
}
async function explain(judgement, followed, { target, request, ports }) {
    if ((0,rollout_verdict/* isGreen */.g)(judgement.verdict, true) || ports.cancel.aborted) return [];
    const known = {
        verdict: judgement.verdict,
        revisionArn: target.revisionArn
    };
    return rankCauses(await gatherEvidence(followed, known, request, ports));
}
/** ECS reports its end a moment before every other view agrees; the proof is asked for a few times. */ const PROOF_LOOKS = 8;
async function proveEnd(followed, target, request, ports) {
    const { ending } = followed;
    if (ending.kind !== "terminal") return {
        kind: "unproven",
        why: "The deployment has not ended."
    };
    const wantsNew = ending.status === "SUCCESSFUL";
    for(let look = 1;; look++){
        const proof = (0,rollout_proof/* prove */.z)(await (0,rollout_facts/* gatherService */.DH)((0,rollout_facts/* placeOf */.$t)(request), ports));
        const settled = proof.kind === "serves" && proof.revision === target.revisionArn === wantsNew;
        if (settled || look === PROOF_LOOKS || ending.newer) {
            ports.line((0,rollout_proof/* describeProof */.e)(proof));
            return proof;
        }
        await pause(request, ports);
    }
}
/** The digest serves since the service was created; its gates are measured where it serves. */ async function proveLive(facts, request, ports) {
    ports.line("this digest serves already but was never proven: measuring the gates in production");
    const proof = (0,rollout_proof/* prove */.z)(facts);
    const input = {
        side: "production",
        routing: facts.routing,
        group: (0,rollout_routing/* groupOf */.F8)(facts.live)
    };
    const { results, decision } = await (0,gate_at_pause/* gateNow */.cE)({
        ...input,
        desired: facts.service?.desiredCount ?? 0
    }, request, ports);
    for (const result of results)ports.line((0,gate_at_pause/* gateLine */.C_)(result));
    const revisionArn = facts.live?.serviceRevisionArn;
    const base = {
        gates: results,
        revisionArn,
        deploymentArn: facts.newest?.serviceDeploymentArn
    };
    if (decision.action === "CONTINUE" && proof.kind === "serves") {
        await record(request, ports, {
            revisionArn,
            deploymentArn: base.deploymentArn
        });
        const reason = `${(0,reference/* shortDigest */.VK)(request.image.digest)} serves all production traffic; first proof.`;
        ports.line(`DEPLOYED: ${reason}`);
        return {
            ...base,
            judgement: {
                verdict: "DEPLOYED",
                reason
            }
        };
    }
    const reason = `The live version is not proven and there is none to go back to. ${proof.kind === "serves" ? decision.reason : proof.why}`;
    const followed = {
        deployment: facts.newest,
        events: facts.service?.events ?? [],
        gates: results,
        troubled: []
    };
    const known = {
        verdict: "ROLLBACK_FAILED",
        revisionArn: revisionArn ?? ""
    };
    const causes = rankCauses(await gatherEvidence(followed, known, request, ports));
    return {
        ...base,
        judgement: {
            verdict: "ROLLBACK_FAILED",
            reason
        },
        causes
    };
}
async function record(request, ports, target) {
    const ledger = (0,ledger_ledger/* openLedger */.au)(ports.cloud.parameters, request.stage, request.manifest.name);
    await ledger.write({
        digest: request.image.digest,
        image: request.image.uri,
        commit: request.commit,
        run: request.run,
        actor: request.actor,
        verdict: "DEPLOYED",
        at: ports.clock.now().toISOString(),
        deployment: target.deploymentArn,
        revision: target.revisionArn,
        rollbackOf: request.rollbackOf
    });
    if (request.force) await ledger.unblock(request.image.digest);
}
/** `preflight: 10 ok; not checked: secrets`, and a line for each problem. */ function checkLines(checks) {
    const named = (status)=>checks.filter((check)=>check.status === status);
    const skipped = named("skipped").map((check)=>check.name);
    return [
        `preflight: ${named("ok").length} ok${skipped.length ? `; not checked: ${skipped.join(", ")}` : ""}`,
        ...named("problem").map(({ name, detail })=>`preflight ${name}: ${detail}`)
    ];
}
function resultOf(request, course, times) {
    const { verdict, reason } = course.judgement;
    return {
        agent: request.manifest.name,
        stage: request.stage,
        verdict,
        green: (0,rollout_verdict/* isGreen */.g)(verdict, request.allowEmpty),
        reason,
        image: request.image.uri,
        digest: request.image.digest,
        commit: request.commit,
        deploymentArn: course.deploymentArn,
        revisionArn: course.revisionArn,
        gates: course.gates ?? [],
        timeline: course.timeline ?? [],
        causes: course.causes ?? [],
        ...times
    };
}
const previousOf = ({ record: live })=>live ? {
        previous: {
            digest: live.digest,
            commit: live.commit
        }
    } : {};


/***/ }),

/***/ 2325:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   b: () => (/* binding */ VERDICTS),
/* harmony export */   g: () => (/* binding */ isGreen)
/* harmony export */ });
/** The named outcomes of a deployment; design section 7. */ const VERDICTS = [
    "DEPLOYED",
    "UNCHANGED",
    "STALE",
    "SUPERSEDED",
    "PAUSED",
    "ROLLED_BACK",
    "REFUSED",
    "EMPTY",
    "TIMED_OUT",
    "STOPPED",
    "ROLLBACK_FAILED"
];
const GREEN = new Set([
    "DEPLOYED",
    "UNCHANGED",
    "STALE",
    "SUPERSEDED",
    "PAUSED"
]);
/** Whether the step is green. `EMPTY` is green only when the caller allowed an empty service. */ const isGreen = (verdict, allowEmpty = false)=>GREEN.has(verdict) || verdict === "EMPTY" && allowEmpty;


/***/ })

};
