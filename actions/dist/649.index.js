export const id = 649;
export const ids = [649];
export const modules = {

/***/ 649:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./actions/lib/action.js + 1 modules
var action = __webpack_require__(9678);
// EXTERNAL MODULE: ./actions/lib/github/cancel.js
var github_cancel = __webpack_require__(3372);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./actions/lib/aws/failures.js
var failures = __webpack_require__(9493);
;// CONCATENATED MODULE: ./actions/lib/github/repository.js
/** The parts of GitHub's REST API that a deployment uses. GitHub being down never fails a deployment. */ /** GitHub limits a deployment status to this many characters of description. */ const DESCRIPTION_LIMIT = 140;
/**
 * @param env of the job: GITHUB_REPOSITORY and GITHUB_API_URL.
 * @param warn told when GitHub does not answer; nothing is thrown.
 * @returns undefined without a token or outside a repository.
 */ function openRepository(env, token, warn) {
    const [owner, repo] = (env.GITHUB_REPOSITORY ?? "").split("/");
    if (!token || !owner || !repo) return undefined;
    const octokit = async ()=>{
        // Loaded when needed: most runs of an action never talk to GitHub.
        const { getOctokit } = await __webpack_require__.e(/* import() */ 836).then(__webpack_require__.bind(__webpack_require__, 3836));
        return getOctokit(token, env.GITHUB_API_URL ? {
            baseUrl: env.GITHUB_API_URL
        } : {});
    };
    const tolerant = async (what, call)=>{
        try {
            return await call();
        } catch (error) {
            warn(`GitHub did not ${what}: ${error instanceof Error ? error.message : String(error)}`);
            return undefined;
        }
    };
    return {
        compare: (base, head)=>tolerant("compare two commits", async ()=>{
                const { rest } = await octokit();
                const answer = await rest.repos.compareCommitsWithBasehead({
                    owner,
                    repo,
                    basehead: `${base}...${head}`
                });
                return answer.data.status;
            }),
        async recordDeployment ({ commit, environment, state, description, url, logUrl }) {
            await tolerant("record the deployment", async ()=>{
                const { rest } = await octokit();
                const created = await rest.repos.createDeployment({
                    owner,
                    repo,
                    ref: commit,
                    environment,
                    auto_merge: false,
                    required_contexts: [],
                    production_environment: environment.startsWith("prod")
                });
                if (!("id" in created.data)) return;
                await rest.repos.createDeploymentStatus({
                    owner,
                    repo,
                    deployment_id: created.data.id,
                    state,
                    description: description.slice(0, DESCRIPTION_LIMIT),
                    environment_url: url,
                    log_url: logUrl
                });
            });
        }
    };
}

// EXTERNAL MODULE: ./actions/lib/github/run.js
var run = __webpack_require__(6377);
// EXTERNAL MODULE: ./actions/lib/images/reference.js
var reference = __webpack_require__(6808);
// EXTERNAL MODULE: ./actions/lib/report/files.js
var files = __webpack_require__(30);
// EXTERNAL MODULE: ./actions/lib/report/outcome.js + 1 modules
var report_outcome = __webpack_require__(5917);
// EXTERNAL MODULE: ./actions/lib/report/verdict-file.js
var verdict_file = __webpack_require__(6851);
// EXTERNAL MODULE: ./actions/lib/rollout/connect.js + 1 modules
var connect = __webpack_require__(342);
// EXTERNAL MODULE: ./actions/lib/rollout/inputs.js
var rollout_inputs = __webpack_require__(7979);
// EXTERNAL MODULE: ./actions/lib/rollout/rollout.js + 14 modules
var rollout = __webpack_require__(9071);
;// CONCATENATED MODULE: ./actions/deploy-service/deploy-service.js











/** Deploys one agent's image and proves it. The verdict is an output; red ones fail the step with one annotation. */ async function deployService(inputs, progress, { env, cancel }) {
    const workspace = env.GITHUB_WORKSPACE ?? ".";
    const token = inputs["github-token"];
    if (token) progress.mask(token);
    const warnings = [];
    const repository = openRepository(env, token, (text)=>warnings.push(text));
    const request = requestOf(inputs, workspace, env);
    try {
        const ports = (0,connect/* connectPorts */.f)({
            env,
            progress,
            cancel,
            workspace,
            region: inputs.region,
            repository
        });
        const file = (0,verdict_file/* toVerdictFile */.zO)(await (0,rollout/* rollOut */.O)(request, ports));
        if (inputs["report-file"]) (0,files/* writeJson */.G)((0,external_node_path_.resolve)(workspace, inputs["report-file"]), file);
        if (!cancel.aborted) await announce(file, env, repository);
        const outcome = (0,report_outcome/* outcomeOf */.s)(file);
        return {
            ...outcome,
            warnings: [
                ...outcome.warnings ?? [],
                ...warnings
            ]
        };
    } catch (error) {
        throw (0,failures/* explainAwsFailure */.vt)(error);
    }
}
function requestOf(inputs, workspace, env) {
    const { actor, url } = (0,run/* workflowRun */.t)(env);
    return {
        stage: inputs.stage,
        manifest: (0,rollout_inputs/* agentManifest */.BB)((0,external_node_path_.resolve)(workspace, inputs["agents-dir"]), inputs.agent),
        image: (0,reference/* parseDigestUri */.I0)(inputs.image),
        commit: inputs.commit,
        mode: "deploy",
        force: inputs.force,
        allowEmpty: inputs["allow-empty"],
        waitUntil: inputs["wait-until"],
        waitMinutes: inputs["wait-minutes"],
        pollSeconds: inputs["poll-seconds"],
        onCancel: inputs["on-cancel"],
        testUrl: inputs["test-url"],
        productionUrl: inputs["production-url"],
        actor,
        run: url
    };
}
/** GitHub's deployments page follows what really changed; a run that changed nothing adds no entry. */ async function announce(file, env, repository) {
    if (!repository || ![
        "DEPLOYED",
        "ROLLED_BACK",
        "TIMED_OUT",
        "STOPPED",
        "ROLLBACK_FAILED"
    ].includes(file.verdict)) return;
    await repository.recordDeployment({
        commit: file.commit,
        environment: `${file.stage}-${file.agent}`,
        state: file.green ? "success" : "failure",
        description: `${file.verdict}: ${file.reason}`,
        url: file.url || undefined,
        logUrl: (0,run/* workflowRun */.t)(env).url
    });
}

// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
;// CONCATENATED MODULE: ./actions/deploy-service/inputs.js


/** Inputs of `deploy-service`, by the names of action.yml. */ const inputs = dist/* strictObject */.rej({
    stage: rollout_inputs/* stageInput */.j4,
    agent: rollout_inputs/* textInput */._Z,
    image: rollout_inputs/* textInput */._Z,
    commit: rollout_inputs/* commitInput */.us,
    "agents-dir": dist/* optional */.lqM(rollout_inputs/* textInput */._Z, "agents"),
    region: dist/* optional */.lqM(rollout_inputs/* regionInput */.VN),
    "test-url": dist/* optional */.lqM(rollout_inputs/* urlInput */.Y2),
    "production-url": dist/* optional */.lqM(rollout_inputs/* urlInput */.Y2),
    "report-file": dist/* optional */.lqM(rollout_inputs/* textInput */._Z),
    "wait-until": dist/* optional */.lqM(dist/* picklist */.KIO([
        "paused",
        "shifted",
        "finished"
    ]), "finished"),
    "wait-minutes": dist/* optional */.lqM((0,rollout_inputs/* minutesInput */.C$)(1440), "90"),
    "poll-seconds": dist/* optional */.lqM(rollout_inputs/* secondsInput */.oA, "5"),
    "on-cancel": dist/* optional */.lqM(dist/* picklist */.KIO([
        "rollback",
        "leave"
    ]), "rollback"),
    "allow-empty": dist/* optional */.lqM(rollout_inputs/* flagInput */.tc, "false"),
    force: dist/* optional */.lqM(rollout_inputs/* flagInput */.tc, "false"),
    "github-token": dist/* optional */.lqM(rollout_inputs/* textInput */._Z)
});

;// CONCATENATED MODULE: ./actions/deploy-service/main.js




const main = ()=>{
    const cancel = (0,github_cancel/* cancelSignal */.B)();
    return (0,action/* runAction */.Cs)({
        name: "deploy-service",
        inputs: inputs,
        run: (given, say, env)=>deployService(given, say, {
                env,
                cancel
            })
    });
};


/***/ })

};
