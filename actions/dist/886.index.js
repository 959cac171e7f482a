export const id = 886;
export const ids = [886];
export const modules = {

/***/ 886:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./actions/lib/action.js + 1 modules
var action = __webpack_require__(7860);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(7651);
// EXTERNAL MODULE: ./actions/lib/rollout/inputs.js
var inputs = __webpack_require__(9125);
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
var manifest = __webpack_require__(3035);
// EXTERNAL MODULE: ./agents/naming.js
var naming = __webpack_require__(3771);
// EXTERNAL MODULE: ./actions/lib/aws/cloud.js + 6 modules
var cloud = __webpack_require__(1213);
// EXTERNAL MODULE: ./actions/lib/aws/failures.js
var failures = __webpack_require__(1543);
// EXTERNAL MODULE: ./actions/lib/aws/settings.js
var settings = __webpack_require__(7913);
// EXTERNAL MODULE: ./actions/lib/github/git.js
var git = __webpack_require__(1134);
// EXTERNAL MODULE: ./actions/lib/ledger/ledger.js + 1 modules
var ledger = __webpack_require__(1893);
// EXTERNAL MODULE: ./actions/lib/report/markdown.js
var markdown = __webpack_require__(8598);
// EXTERNAL MODULE: ./actions/lib/rollout/facts.js
var rollout_facts = __webpack_require__(2369);
// EXTERNAL MODULE: ./actions/lib/rollout/gate-at-pause.js + 4 modules
var gate_at_pause = __webpack_require__(8289);
// EXTERNAL MODULE: ./actions/lib/rollout/proof.js
var proof = __webpack_require__(4788);
// EXTERNAL MODULE: ./actions/lib/aws/image-reference.js
var image_reference = __webpack_require__(3395);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./actions/select-agents/sources.js


/** Sources that every agent's image or stack is made of: a folder ends with a slash. */ const SHARED = [
    "agents/runtime/",
    "agents/manifest.ts",
    "agents/naming.ts",
    "actions/build-image/",
    "actions/lib/images/",
    "infra/aws/",
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
/** Pure: of changed files, those that go into this agent's image, task or stack. */ function filesOf(agent, changed) {
    // A peer's route is part of this agent's environment.
    const peers = agent.calls.map((peer)=>`agents/${peer}/agent.json`);
    const inputs = [
        ...SHARED,
        ...peers,
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
    if (proof.digest !== record.digest) return deploy(`${(0,image_reference/* shortDigest */.VK)(proof.digest)} serves, but ${(0,image_reference/* shortDigest */.VK)(record.digest)} was proven last`);
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
            infrastructureState(scene)
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
async function infrastructureState({ inputs, cloud, git }) {
    const [fingerprint, deployed] = await Promise.all([
        infrastructureFingerprint(git, inputs.commit),
        cloud.parameters.get((0,naming/* infrastructureParameter */.tm)(inputs.stage))
    ]);
    return {
        fingerprint,
        changed: fingerprint !== deployed
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
