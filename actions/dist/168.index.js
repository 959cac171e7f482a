export const id = 168;
export const ids = [168];
export const modules = {

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

/***/ 7168:
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
;// CONCATENATED MODULE: ./actions/select-agents/inputs.js


/** Inputs of `select-agents`, by the names of action.yml. */ const inputs_inputs = dist/* strictObject */.rej({
    stage: inputs/* stageInput */.j4,
    commit: inputs/* commitInput */.us,
    agents: dist/* optional */.lqM(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* regex */.yGV(/^[a-z][a-z0-9-]*(\s*,\s*[a-z][a-z0-9-]*)*$/, "changed, all, or names separated by commas")), "changed"),
    "agents-dir": dist/* optional */.lqM(inputs/* textInput */._Z, "agents"),
    region: dist/* optional */.lqM(inputs/* regionInput */.VN),
    "production-url": dist/* optional */.lqM(inputs/* textInput */._Z)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./agents/manifest.js + 3 modules
var manifest = __webpack_require__(9053);
// EXTERNAL MODULE: ./agents/naming.js
var naming = __webpack_require__(1741);
// EXTERNAL MODULE: ./actions/lib/aws/cloud.js + 6 modules
var cloud = __webpack_require__(3755);
// EXTERNAL MODULE: ./actions/lib/aws/failures.js
var failures = __webpack_require__(9493);
// EXTERNAL MODULE: ./actions/lib/aws/settings.js
var settings = __webpack_require__(9627);
// EXTERNAL MODULE: ./actions/lib/github/git.js
var git = __webpack_require__(6204);
// EXTERNAL MODULE: ./actions/lib/ledger/ledger.js + 1 modules
var ledger = __webpack_require__(8304);
// EXTERNAL MODULE: ./actions/lib/report/markdown.js
var markdown = __webpack_require__(3140);
// EXTERNAL MODULE: ./actions/lib/rollout/facts.js
var rollout_facts = __webpack_require__(7551);
// EXTERNAL MODULE: ./actions/lib/rollout/gate-at-pause.js + 4 modules
var gate_at_pause = __webpack_require__(7478);
// EXTERNAL MODULE: ./actions/lib/rollout/proof.js
var proof = __webpack_require__(9766);
// EXTERNAL MODULE: ./actions/lib/images/reference.js
var reference = __webpack_require__(6808);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./actions/select-agents/sources.js


/**
 * Sources that every agent's image is made of: a folder ends with a slash. What only shapes stacks (`infra/aws/`, a
 * peer's manifest) is not here: `deploy-infra` updates the stacks of agents that run, with the image that runs.
 */ const SHARED = [
    "agents/runtime/",
    "actions/build-image/",
    "actions/lib/images/",
    "package.json",
    "package-lock.json"
];
/** Sources of the infrastructure alone. */ const INFRASTRUCTURE = [
    "infra/aws/",
    "agents/naming.ts",
    "agents/manifest.ts",
    "package-lock.json"
];
const NEVER_SHIPPED = /(\.test\.ts|\.md)$/;
/** Pure: of changed files, those that go into this agent's image. */ function filesOf(agent, changed) {
    const inputs = [
        ...SHARED,
        `agents/${agent.name}/`
    ];
    const shipped = changed.filter((file)=>!NEVER_SHIPPED.test(file));
    return shipped.filter((file)=>inputs.some((input)=>input.endsWith("/") ? file.startsWith(input) : file === input));
}
/** Files that differ between two commits; undefined when the clone does not know the first. */ async function changedFiles(git, from, to) {
    const answer = await git("diff", "--name-only", "--no-renames", "-z", from, to, "--");
    return answer.code === 0 ? answer.text.split("\0").filter(Boolean) : undefined;
}
/**
 * SHA-256 over the tree entries of everything the infrastructure is made of: equal means nothing to deploy.
 * @throws {ActionError} when the clone does not hold the commit.
 */ async function infrastructureFingerprint(git, commit) {
    const answer = await git("ls-tree", "-r", "--full-tree", commit);
    if (answer.code !== 0) throw new action/* ActionError */.lZ(`Commit ${commit} is not in this clone. Check out with actions/checkout and \`fetch-depth: 0\` before this step.`);
    const entries = answer.text.split("\n").filter((line)=>isInfrastructure(line.split("\t")[1] ?? ""));
    return (0,external_node_crypto_.createHash)("sha256").update(entries.join("\n")).digest("hex");
}
const isInfrastructure = (file)=>!NEVER_SHIPPED.test(file) && (/^agents\/[^/]+\/agent\.json$/.test(file) || INFRASTRUCTURE.some((input)=>input.endsWith("/") ? file.startsWith(input) : file === input));

;// CONCATENATED MODULE: ./actions/select-agents/decision.js


/** Pure: unchanged only when the proven version serves and nothing that goes into it has changed since. */ function decideAgent({ agent, record, proof, changed }, forced) {
    const deploy = (reason)=>({
            agent: agent.name,
            action: "deploy",
            reason
        });
    if (forced) return deploy("asked for");
    if (!record) return deploy("nothing is proven here yet");
    if (proof.kind !== "serves") return deploy(`the live version is not proven: ${proof.why}`);
    if (proof.digest !== record.digest) return deploy(`${(0,reference/* shortDigest */.VK)(proof.digest)} serves, but ${(0,reference/* shortDigest */.VK)(record.digest)} was proven last`);
    if (proof.desired === 0) return deploy("0 tasks are wanted, so nothing is proven");
    if (!changed) return deploy(`the live commit ${record.commit.slice(0, 12)} is not in this clone`);
    const files = filesOf(agent, changed);
    if (files.length > 0) return deploy(`changed: ${files[0]}${files.length > 1 ? ` and ${files.length - 1} more` : ""}`);
    return {
        agent: agent.name,
        action: "unchanged",
        reason: `nothing changed since ${record.commit.slice(0, 12)}`
    };
}

;// CONCATENATED MODULE: ./actions/select-agents/select-agents.js















/** Decides which agents a push has to deploy: by what is live and proven, not by the push alone. */ async function selectAgents(inputs, progress, env) {
    const workspace = env.GITHUB_WORKSPACE ?? ".";
    const manifests = (0,manifest/* readManifests */.PX)((0,external_node_path_.resolve)(workspace, inputs["agents-dir"]));
    const wanted = wantedAgents(inputs.agents, manifests);
    try {
        const scene = {
            inputs,
            cloud: (0,cloud/* connectCloud */.g)((0,settings/* awsSettings */.T)(env, inputs.region)),
            git: (0,git/* gitIn */.u)(workspace)
        };
        const [selected, infrastructure] = await Promise.all([
            Promise.all(wanted.map((agent)=>select_agents_select(agent, scene))),
            infrastructureState(manifests, scene)
        ]);
        for (const { agent, action, reason } of selected)progress.line(`${agent}: ${action}, ${reason}`);
        return outcomeOf(selected, infrastructure);
    } catch (error) {
        throw (0,failures/* explainAwsFailure */.vt)(error);
    }
}
/** @throws {InputError} that lists the agents there are. */ function wantedAgents(agents, manifests) {
    if (agents === "changed" || agents === "all") return [
        ...manifests
    ];
    const names = [
        ...new Set(agents.split(",").map((name)=>name.trim()))
    ];
    const unknown = names.filter((name)=>!manifests.some((manifest)=>manifest.name === name));
    if (unknown.length > 0) {
        const allowed = manifests.map((manifest)=>manifest.name).join(", ");
        throw new action/* InputError */.dz(`agents: got ${unknown.map((name)=>`"${name}"`).join(", ")}; allowed: changed, all, ${allowed}.`);
    }
    return manifests.filter((manifest)=>names.includes(manifest.name));
}
async function select_agents_select(manifest, scene) {
    const { inputs, cloud } = scene;
    const facts = await (0,rollout_facts/* gatherService */.DH)((0,rollout_facts/* placeOf */.$t)({
        stage: inputs.stage,
        manifest
    }), {
        cloud
    });
    const state = {
        agent: manifest,
        proof: (0,proof/* prove */.z)(facts),
        ...await recordAndChanges(manifest, scene)
    };
    const decision = decideAgent(state, inputs.agents !== "changed");
    if (decision.action === "deploy") return {
        ...decision,
        image: await imageOf(manifest.name, scene)
    };
    const productionUrl = inputs["production-url"];
    const url = await (0,gate_at_pause/* agentUrl */.lh)("production", facts.routing, {
        manifest,
        productionUrl
    }, {
        cloud
    }) ?? "";
    const { digest = "", commit = "" } = state.record ?? {};
    return {
        ...decision,
        image: "",
        row: {
            agent: manifest.name,
            verdict: "UNCHANGED",
            digest,
            commit,
            url
        }
    };
}
async function recordAndChanges({ name }, { inputs, cloud, git }) {
    const record = await (0,ledger/* openLedger */.au)(cloud.parameters, inputs.stage, name).live();
    return {
        record,
        changed: record ? await changedFiles(git, record.commit, inputs.commit) : undefined
    };
}
/** Digest URI of this commit's image when an earlier run has pushed it already; then nothing needs building. */ async function imageOf(agent, { inputs, cloud }) {
    const repository = (0,naming/* repositoryName */.aR)(agent);
    const image = await cloud.registry.image(repository, {
        tag: inputs.commit
    });
    const uri = image && await cloud.registry.uri(repository);
    return uri ? `${uri}@${image.digest}` : "";
}
/** Changed also while an agent has no service: its stack was not created yet, or its creation failed. */ async function infrastructureState(manifests, { inputs, cloud, git }) {
    const [fingerprint, deployed, services] = await Promise.all([
        infrastructureFingerprint(git, inputs.commit),
        cloud.parameters.get((0,naming/* infrastructureParameter */.tm)(inputs.stage)),
        Promise.all(manifests.map((manifest)=>cloud.ecs.service((0,rollout_facts/* placeOf */.$t)({
                stage: inputs.stage,
                manifest
            }))))
    ]);
    return {
        fingerprint,
        changed: fingerprint !== deployed || services.includes(undefined)
    };
}
function outcomeOf(selected, infrastructure) {
    const include = selected.filter(({ action })=>action === "deploy").map(({ agent, reason, image })=>({
            agent,
            reason,
            image
        }));
    const images = include.flatMap(({ agent, image })=>image ? [
            [
                agent,
                image
            ]
        ] : []);
    return {
        outputs: {
            matrix: JSON.stringify({
                include
            }),
            count: String(include.length),
            unchanged: JSON.stringify(selected.flatMap(({ row })=>row ?? [])),
            infrastructure: String(infrastructure.changed),
            "infrastructure-fingerprint": infrastructure.fingerprint,
            images: JSON.stringify(Object.fromEntries(images))
        },
        summary: summaryOf(selected, infrastructure.changed)
    };
}
function summaryOf(selected, infrastructure) {
    const rows = selected.map(({ agent, action, reason, image })=>[
            (0,markdown/* code */.aY)(agent),
            action,
            (0,markdown/* cell */.Hn)(reason),
            image ? "already pushed" : action === "deploy" ? "to be built" : ""
        ]);
    const note = infrastructure ? "Infrastructure has changed and is deployed first." : "Infrastructure is unchanged.";
    return `## Selection\n\n${(0,markdown/* table */.tp)([
        "agent",
        "action",
        "why",
        "image"
    ], rows)}\n\n${note}\n`;
}

;// CONCATENATED MODULE: ./actions/select-agents/main.js



const main = ()=>(0,action/* runAction */.Cs)({
        name: "select-agents",
        inputs: inputs_inputs,
        run: selectAgents
    });


/***/ })

};
