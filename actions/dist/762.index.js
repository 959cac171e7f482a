export const id = 762;
export const ids = [762];
export const modules = {

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


/***/ }),

/***/ 9762:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./actions/lib/action.js + 1 modules
var action = __webpack_require__(9678);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
// EXTERNAL MODULE: ./actions/lib/rollout/inputs.js
var inputs = __webpack_require__(7979);
;// CONCATENATED MODULE: ./actions/report-fleet/inputs.js


const matrixInput = dist/* pipe */.FsL(dist/* string */.YjP(), dist/* parseJson */.qFJ(undefined, 'the output matrix of select-agents: {"include":[{"agent":…}]}'), dist/* object */.Ikc({
    include: dist/* array */.YOg(dist/* object */.Ikc({
        agent: dist/* string */.YjP()
    }))
}));
const unchangedInput = dist/* pipe */.FsL(dist/* string */.YjP(), dist/* parseJson */.qFJ(undefined, "the output unchanged of select-agents: a JSON array"), dist/* array */.YOg(dist/* object */.Ikc({
    agent: dist/* string */.YjP(),
    verdict: dist/* literal */.euz("UNCHANGED"),
    digest: dist/* string */.YjP(),
    commit: dist/* string */.YjP(),
    url: dist/* string */.YjP()
})));
/** Inputs of `report-fleet`, by the names of action.yml. */ const inputs_inputs = dist/* strictObject */.rej({
    stage: inputs/* stageInput */.j4,
    verdicts: inputs/* textInput */._Z,
    matrix: matrixInput,
    unchanged: dist/* optional */.lqM(unchangedInput, "[]"),
    output: dist/* optional */.lqM(inputs/* textInput */._Z, "fleet.json")
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./actions/lib/report/files.js
var report_files = __webpack_require__(30);
// EXTERNAL MODULE: ./actions/lib/images/reference.js
var reference = __webpack_require__(6808);
// EXTERNAL MODULE: ./actions/lib/report/markdown.js
var markdown = __webpack_require__(3140);
;// CONCATENATED MODULE: ./actions/lib/report/fleet.js


const NO_VERDICT = "NO VERDICT";
const noVerdict = (agent)=>({
        agent,
        verdict: NO_VERDICT,
        green: false,
        digest: "",
        commit: "",
        url: "",
        seconds: 0,
        cause: "The agent's job ended without a report: it failed before deploy-service, was cancelled, or was lost."
    });
/** Rows in the order of names; green only when every row is and there is at least one. */ function fleetReport(stage, rows) {
    const sorted = [
        ...rows
    ].sort((a, b)=>a.agent < b.agent ? -1 : 1);
    return {
        schema: 1,
        stage,
        green: sorted.length > 0 && sorted.every((row)=>row.green),
        rows: sorted
    };
}
function renderFleet({ stage, green, rows }) {
    const red = rows.filter((row)=>!row.green).length;
    const title = green ? `${rows.length} agents on ${stage}` : `${red} of ${rows.length} agents are red on ${stage}`;
    const body = (0,markdown/* table */.tp)([
        "agent",
        "verdict",
        "digest",
        "commit",
        "URL",
        "time",
        "cause"
    ], rows.map((row)=>[
            row.agent,
            `${row.green ? "🟢" : "🔴"} ${row.verdict}`,
            row.digest ? (0,markdown/* code */.aY)((0,reference/* shortDigest */.VK)(row.digest)) : "",
            row.commit ? (0,markdown/* code */.aY)(row.commit.slice(0, 12)) : "",
            row.url ? `[${row.url}](${row.url})` : "",
            row.verdict === NO_VERDICT ? "" : (0,markdown/* duration */.p0)(row.seconds),
            (0,markdown/* cell */.Hn)(row.cause)
        ]));
    return `## ${green ? "🟢" : "🔴"} ${title}\n\n${body}\n`;
}

;// CONCATENATED MODULE: ./actions/report-fleet/report-fleet.js



/** One table for the whole fleet. Red when any agent is, or when one that was to be deployed left no report. */ function reportFleet(inputs, env) {
    const workspace = env.GITHUB_WORKSPACE ?? ".";
    const { files, unreadable } = (0,report_files/* readVerdicts */.H)((0,external_node_path_.resolve)(workspace, inputs.verdicts));
    const report = assemble(inputs, files);
    (0,report_files/* writeJson */.G)((0,external_node_path_.resolve)(workspace, inputs.output), report);
    const red = report.rows.filter((row)=>!row.green);
    return {
        outputs: {
            green: String(report.green),
            report: inputs.output,
            count: String(report.rows.length)
        },
        summary: renderFleet(report),
        warnings: unreadable.map((path)=>`${path} is not a complete verdict file and was left out.`),
        ...report.green ? {} : {
            failure: {
                title: `Fleet on ${inputs.stage}`,
                message: failureText(red)
            }
        }
    };
}
/** Pure: expected agents without a file get a row of their own; an unchanged agent needs none. */ function assemble(inputs, files) {
    const deployed = files.filter((file)=>file.stage === inputs.stage).map(rowOf);
    const known = new Set(deployed.map((row)=>row.agent));
    const missing = inputs.matrix.include.filter(({ agent })=>!known.has(agent)).map(({ agent })=>noVerdict(agent));
    const unchanged = inputs.unchanged.filter(({ agent })=>!known.has(agent)).map((row)=>({
            ...row,
            green: true,
            seconds: 0,
            cause: ""
        }));
    return fleetReport(inputs.stage, [
        ...deployed,
        ...missing,
        ...unchanged
    ]);
}
const rowOf = ({ agent, verdict, green, digest, commit, url, seconds, causes, reason })=>({
        ...{
            agent,
            verdict,
            green,
            digest,
            commit,
            url,
            seconds
        },
        cause: green ? "" : causes[0]?.title ?? reason
    });
function failureText(red) {
    if (red.length === 0) return "No agent was reported at all.";
    return red.map((row)=>`${row.agent}: ${row.verdict}. ${row.cause}`).join("\n");
}

;// CONCATENATED MODULE: ./actions/report-fleet/main.js



const main = ()=>(0,action/* runAction */.Cs)({
        name: "report-fleet",
        inputs: inputs_inputs,
        run: async (given, _, env)=>reportFleet(given, env)
    });


/***/ })

};
