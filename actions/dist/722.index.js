export const id = 722;
export const ids = [722];
export const modules = {

/***/ 5722:
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
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
;// CONCATENATED MODULE: ./actions/lib/ledger/choose.js
/** @returns undefined when the text is none of `previous`, `commit:<sha>`, `digest:sha256:<hex>`. */ function parseDestination(text) {
    if (text === "previous") return {
        kind: "previous"
    };
    const commit = /^commit:([0-9a-f]{7,40})$/.exec(text)?.[1];
    if (commit) return {
        kind: "commit",
        commit
    };
    const digest = /^digest:(?:sha256:)?([0-9a-f]{12,64})$/.exec(text)?.[1];
    return digest ? {
        kind: "digest",
        digest: `sha256:${digest}`
    } : undefined;
}
/** Chooses the earlier proven deployment that a rollback returns to, or says why there is none. */ function chooseRecord(to, trail) {
    const earlier = trail.history.filter((record)=>record.digest !== trail.liveDigest);
    const record = earlier.find((candidate)=>matches(to, candidate, trail.blocked));
    if (record) return {
        record
    };
    const live = trail.history.find((candidate)=>candidate.digest === trail.liveDigest);
    if (live && to.kind !== "previous" && matches(to, live, [])) return {
        refusal: `${describe(to)} is already live.`
    };
    if (to.kind === "previous") return {
        refusal: "The ledger knows no earlier proven deployment that a rollback has not refused."
    };
    return {
        refusal: `${describe(to)} was never proven here. Proven: ${listed(earlier)}.`
    };
}
function matches(to, record, blocked) {
    if (to.kind === "commit") return record.commit.startsWith(to.commit);
    if (to.kind === "digest") return record.digest.startsWith(to.digest);
    return !blocked.some((entry)=>entry.digest === record.digest);
}
const describe = (to)=>to.kind === "commit" ? `Commit ${to.commit}` : to.kind === "digest" ? `Digest ${to.digest}` : "The previous version";
const listed = (records)=>records.slice(0, 5).map((record)=>`${record.commit.slice(0, 12)} (${record.at.slice(0, 10)})`).join(", ") || "nothing yet";

// EXTERNAL MODULE: ./actions/lib/rollout/inputs.js
var rollout_inputs = __webpack_require__(7979);
;// CONCATENATED MODULE: ./actions/rollback-service/inputs.js



/** Inputs of `rollback-service`, by the names of action.yml. */ const inputs = dist/* strictObject */.rej({
    stage: rollout_inputs/* stageInput */.j4,
    agent: rollout_inputs/* textInput */._Z,
    to: dist/* optional */.lqM(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* check */.z6Y((text)=>parseDestination(text) !== undefined, "previous, commit:<sha> or digest:sha256:<hex>")), "previous"),
    reason: dist/* optional */.lqM(rollout_inputs/* textInput */._Z, "no reason given"),
    "dry-run": dist/* optional */.lqM(rollout_inputs/* flagInput */.tc, "false"),
    "agents-dir": dist/* optional */.lqM(rollout_inputs/* textInput */._Z, "agents"),
    region: dist/* optional */.lqM(rollout_inputs/* regionInput */.VN),
    "test-url": dist/* optional */.lqM(rollout_inputs/* urlInput */.Y2),
    "production-url": dist/* optional */.lqM(rollout_inputs/* urlInput */.Y2),
    "bake-minutes": dist/* optional */.lqM((0,rollout_inputs/* minutesInput */.C$)(1440), "1"),
    "wait-minutes": dist/* optional */.lqM((0,rollout_inputs/* minutesInput */.C$)(1440), "60"),
    "poll-seconds": dist/* optional */.lqM(rollout_inputs/* secondsInput */.oA, "5"),
    "report-file": dist/* optional */.lqM(rollout_inputs/* textInput */._Z)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./actions/lib/aws/failures.js
var failures = __webpack_require__(9493);
// EXTERNAL MODULE: ./actions/lib/github/run.js
var run = __webpack_require__(6377);
// EXTERNAL MODULE: ./actions/lib/images/reference.js
var reference = __webpack_require__(6808);
// EXTERNAL MODULE: ./actions/lib/ledger/ledger.js + 1 modules
var ledger_ledger = __webpack_require__(8304);
// EXTERNAL MODULE: ./actions/lib/report/files.js
var files = __webpack_require__(30);
// EXTERNAL MODULE: ./actions/lib/report/outcome.js + 1 modules
var report_outcome = __webpack_require__(5917);
// EXTERNAL MODULE: ./actions/lib/report/verdict-file.js
var verdict_file = __webpack_require__(6851);
// EXTERNAL MODULE: ./actions/lib/rollout/connect.js + 1 modules
var connect = __webpack_require__(342);
// EXTERNAL MODULE: ./actions/lib/rollout/facts.js
var rollout_facts = __webpack_require__(7551);
// EXTERNAL MODULE: ./actions/lib/rollout/rollout.js + 14 modules
var rollout = __webpack_require__(9071);
// EXTERNAL MODULE: ./actions/lib/rollout/routing.js
var rollout_routing = __webpack_require__(9542);
// EXTERNAL MODULE: ./actions/lib/rollout/status.js
var rollout_status = __webpack_require__(2096);
;// CONCATENATED MODULE: ./actions/rollback-service/decision.js




const refuse = (reason)=>({
        kind: "refuse",
        reason
    });
/** Pure. */ function planRollback(to, facts, trail) {
    const { service, newest, newestTarget, routing, liveDigest } = facts;
    if (!service) return refuse("The service does not exist, so there is nothing to roll back.");
    if (newest && (0,rollout_status/* isRunning */.W_)(newest.status)) {
        if (to.kind !== "previous") return refuse("A deployment is running. End it first with `to: previous`; then choose another version.");
        if (!(0,rollout_status/* canRollBack */.jL)(newest.lifecycleStage)) return refuse("The running deployment is in CLEAN_UP: the old version is being stopped. Run again in a minute.");
        const deploymentArn = newest.serviceDeploymentArn ?? "";
        const refused = (0,rollout_routing/* digestOf */.ol)(newestTarget, routing.container) ?? "";
        return {
            kind: "stop",
            deploymentArn,
            revisionArn: newest.targetServiceRevision?.arn ?? "",
            refused
        };
    }
    if (!liveDigest) return refuse("ECS does not tell which digest is live, so there is nothing to go back from.");
    const choice = chooseRecord(to, {
        ...trail,
        liveDigest
    });
    return "refusal" in choice ? refuse(choice.refusal) : {
        kind: "deploy",
        record: choice.record,
        refused: liveDigest
    };
}
/** What the plan does, in one sentence. */ function describePlan(plan) {
    if (plan.kind === "refuse") return `Nothing: ${plan.reason}`;
    if (plan.kind === "stop") return `Stop the running deployment of ${(0,reference/* shortDigest */.VK)(plan.refused)}; the old version serves again at once.`;
    const { record, refused } = plan;
    return `Deploy ${(0,reference/* shortDigest */.VK)(record.digest)} of commit ${record.commit.slice(0, 12)}, proven ${record.at}, in place of ${(0,reference/* shortDigest */.VK)(refused)}, through the same gates.`;
}

;// CONCATENATED MODULE: ./actions/rollback-service/rollback-service.js














/** Takes one agent back to an earlier proven version, design section 8; refuses with a reason when it cannot. */ async function rollbackService(inputs, progress, context) {
    const { env, cancel } = context;
    const workspace = env.GITHUB_WORKSPACE ?? ".";
    const manifest = (0,rollout_inputs/* agentManifest */.BB)((0,external_node_path_.resolve)(workspace, inputs["agents-dir"]), inputs.agent);
    const to = parseDestination(inputs.to) ?? {
        kind: "previous"
    };
    try {
        const ports = (0,connect/* connectPorts */.f)({
            env,
            progress,
            cancel,
            workspace,
            region: inputs.region
        });
        const ledger = (0,ledger_ledger/* openLedger */.au)(ports.cloud.parameters, inputs.stage, inputs.agent);
        const [facts, history, blocked] = await Promise.all([
            (0,rollout_facts/* gatherService */.DH)((0,rollout_facts/* placeOf */.$t)({
                stage: inputs.stage,
                manifest
            }), ports),
            ledger.history(),
            ledger.blocked()
        ]);
        const plan = planRollback(to, facts, {
            history,
            blocked
        });
        progress.line(describePlan(plan));
        if (plan.kind === "refuse") return refusal(inputs, plan.reason);
        if (inputs["dry-run"]) return planned(describePlan(plan));
        const result = await execute(plan, {
            inputs,
            ports,
            ledger,
            template: templateOf(inputs, manifest, env)
        });
        return report(result, plan, inputs, workspace);
    } catch (error) {
        throw (0,failures/* explainAwsFailure */.vt)(error);
    }
}
/** Blocks first, so that no other run can bring the refused digest back while this one works. */ async function execute(plan, { inputs, ports, ledger, template }) {
    const { actor } = template;
    if (plan.refused) await ledger.block({
        digest: plan.refused,
        reason: inputs.reason,
        actor,
        at: ports.clock.now().toISOString()
    });
    if (plan.kind === "stop") {
        await ports.cloud.ecs.stop(plan.deploymentArn);
        const image = {
            uri: "",
            registry: "",
            repository: "",
            digest: plan.refused
        };
        return (0,rollout/* followDeployment */.p)(plan, {
            ...template,
            image,
            commit: ""
        }, ports);
    }
    const image = (0,reference/* parseDigestUri */.I0)(plan.record.image);
    const request = {
        ...template,
        image,
        commit: plan.record.commit,
        rollbackOf: plan.refused
    };
    const result = await (0,rollout/* rollOut */.O)(request, ports);
    if (result.verdict === "REFUSED" || result.verdict === "EMPTY") await ledger.unblock(plan.refused);
    return result;
}
function templateOf(inputs, manifest, env) {
    const { actor, url } = (0,run/* workflowRun */.t)(env);
    return {
        stage: inputs.stage,
        manifest,
        mode: "rollback",
        // A person who names a version may name one that an earlier rollback refused.
        force: inputs.to !== "previous",
        allowEmpty: false,
        waitUntil: "finished",
        waitMinutes: inputs["wait-minutes"],
        pollSeconds: inputs["poll-seconds"],
        onCancel: "leave",
        bakeMinutes: Math.min(inputs["bake-minutes"], manifest.rollout.bakeMinutes),
        testUrl: inputs["test-url"],
        productionUrl: inputs["production-url"],
        actor,
        run: url
    };
}
/** Here `ROLLED_BACK` is what was asked for: stopping a running deployment is a success. */ function report(result, plan, inputs, workspace) {
    const wished = plan.kind === "stop" && result.verdict === "ROLLED_BACK";
    const file = (0,verdict_file/* toVerdictFile */.zO)(wished ? {
        ...result,
        green: true,
        causes: []
    } : result);
    if (inputs["report-file"]) (0,files/* writeJson */.G)((0,external_node_path_.resolve)(workspace, inputs["report-file"]), file);
    const outcome = (0,report_outcome/* outcomeOf */.s)(file);
    return {
        ...outcome,
        outputs: {
            ...outcome.outputs,
            plan: describePlan(plan)
        }
    };
}
const planned = (text)=>({
        outputs: {
            verdict: "",
            plan: text
        },
        summary: `## Rollback plan\n\n${text}\n\nNothing was changed (dry run).\n`
    });
function refusal({ agent }, reason) {
    return {
        outputs: {
            verdict: "REFUSED",
            plan: ""
        },
        summary: `## 🔴 ${agent} · REFUSED\n\n${reason}\n`,
        failure: {
            title: `${agent}: REFUSED`,
            message: `${reason}\nNothing was changed.`
        }
    };
}

;// CONCATENATED MODULE: ./actions/rollback-service/main.js




const main = ()=>{
    const cancel = (0,github_cancel/* cancelSignal */.B)();
    return (0,action/* runAction */.Cs)({
        name: "rollback-service",
        inputs: inputs,
        run: (i, say, env)=>rollbackService(i, say, {
                env,
                cancel
            })
    });
};


/***/ })

};
