export const id = 6;
export const ids = [6];
export const modules = {

/***/ 6006:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./actions/lib/action.js + 1 modules
var action = __webpack_require__(9678);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-cloudformation/dist-cjs/index.js
var dist_cjs = __webpack_require__(7052);
// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-sts/dist-cjs/index.js
var client_sts_dist_cjs = __webpack_require__(1832);
// EXTERNAL MODULE: ./agents/manifest.js + 3 modules
var manifest = __webpack_require__(9053);
// EXTERNAL MODULE: ./agents/naming.js
var naming = __webpack_require__(1741);
// EXTERNAL MODULE: ./actions/lib/aws/cloud.js + 6 modules
var cloud = __webpack_require__(3755);
// EXTERNAL MODULE: ./actions/lib/aws/settings.js
var aws_settings = __webpack_require__(9627);
// EXTERNAL MODULE: ./actions/lib/clock.js
var lib_clock = __webpack_require__(7376);
// EXTERNAL MODULE: ./actions/lib/gates/http.js
var http = __webpack_require__(2957);
// EXTERNAL MODULE: ./actions/lib/rollout/facts.js
var rollout_facts = __webpack_require__(7551);
// EXTERNAL MODULE: ./actions/lib/rollout/status.js
var rollout_status = __webpack_require__(2096);
// EXTERNAL MODULE: ./actions/lib/report/files.js
var files = __webpack_require__(30);
;// CONCATENATED MODULE: ./actions/deploy-infra/follow-stack.js

const POLL_SECONDS = 3;
/** Status of a stack; `undefined` when there is none of that name. */ async function stackStatus(name, client) {
    try {
        const { Stacks } = await client.send(new dist_cjs/* DescribeStacksCommand */.Y47({
            StackName: name
        }));
        const status = Stacks?.[0]?.StackStatus;
        return status === "DELETE_COMPLETE" ? undefined : status;
    } catch (error) {
        if (error instanceof Error && error.message.includes("does not exist")) return undefined;
        throw error;
    }
}
/** Waits until CloudFormation has ended, and says on every change how far it is and what it waits for. */ async function followStack(name, total, run) {
    const deadline = run.clock.now().getTime() + run.timeoutSeconds * 1000;
    let shown = "";
    for(;;){
        const status = await stackStatus(name, run.client) ?? "DELETE_COMPLETE";
        const events = await eventsOfThisRun(name, run.client);
        const end = endOf(status, events);
        if (end) return end;
        const text = progress(status, events.filter((event)=>event.LogicalResourceId !== name), total);
        if (text !== shown) run.line(`${name}: ${text}`);
        shown = text;
        if (run.clock.now().getTime() > deadline) return {
            verdict: "TIMED_OUT",
            reasons: [
                `The stack is still ${status} after ${run.timeoutSeconds} s; CloudFormation goes on by itself.`
            ]
        };
        await run.whileWaiting(name);
        await run.clock.sleep(POLL_SECONDS);
    }
}
function endOf(status, events) {
    if (status.endsWith("_IN_PROGRESS")) return undefined;
    if (status === "CREATE_COMPLETE" || status === "UPDATE_COMPLETE") return {
        verdict: "DEPLOYED",
        reasons: []
    };
    if (/^(UPDATE_)?ROLLBACK_COMPLETE$/.test(status)) return {
        verdict: "ROLLED_BACK",
        reasons: failures(events)
    };
    return {
        verdict: "ROLLBACK_FAILED",
        reasons: [
            `The stack is ${status}.`,
            ...failures(events)
        ]
    };
}
/** Newest first, as CloudFormation gives them, back to the event that began the present operation. */ async function eventsOfThisRun(name, client) {
    const { StackEvents = [] } = await client.send(new dist_cjs/* DescribeStackEventsCommand */.Ie9({
        StackName: name
    }));
    const begin = StackEvents.findIndex((event)=>event.LogicalResourceId === name && /^(CREATE|UPDATE)_IN_PROGRESS$/.test(event.ResourceStatus ?? ""));
    return begin < 0 ? StackEvents : StackEvents.slice(0, begin);
}
function progress(status, events, total) {
    const latest = new Map();
    for (const event of [
        ...events
    ].reverse())latest.set(event.LogicalResourceId ?? "", event.ResourceStatus ?? "");
    const done = [
        ...latest.values()
    ].filter((state)=>/_COMPLETE$/.test(state)).length;
    const waiting = [
        ...latest
    ].filter(([, state])=>state.endsWith("_IN_PROGRESS")).map(([id])=>id);
    return `${status}, ${done} of ${total} done${waiting.length > 0 ? `, waiting for ${waiting.slice(0, 4).join(", ")}` : ""}`;
}
/** What failed first comes first; resources that were only cancelled because another failed are left out. */ function failures(events) {
    return [
        ...events
    ].reverse().filter((event)=>event.ResourceStatus?.endsWith("_FAILED") && !/cancelled/i.test(event.ResourceStatusReason ?? "")).map((event)=>`${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason ?? "no reason given"}`);
}

;// CONCATENATED MODULE: ./actions/deploy-infra/stack-deployment.js


/** The stack is as the template says. */ const isGreen = ({ verdict })=>verdict === "DEPLOYED" || verdict === "UNCHANGED";
const INLINE_LIMIT = 51_200;
/** Deploys one stack through a change set: plan, guard, execute, follow. Never throws for what CloudFormation decides. */ async function deployStack(stack, run) {
    const started = run.clock.now().getTime();
    const result = (verdict, reasons = [])=>{
        const seconds = (run.clock.now().getTime() - started) / 1000;
        run.line(`${stack.name}: ${verdict} after ${Math.round(seconds)} s`);
        return {
            stack: stack.name,
            verdict,
            reasons,
            seconds
        };
    };
    if (Buffer.byteLength(stack.template) > INLINE_LIMIT) return result("REFUSED", [
        `The template has ${Buffer.byteLength(stack.template)} bytes; a change set takes ${INLINE_LIMIT}. Split the stack.`
    ]);
    const status = await clearedStatus(stack.name, run);
    if (status?.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS") return result("REFUSED", [
        `The stack is ${status}: somebody else is changing it. Run again when it has ended.`
    ]);
    const changes = await plan(stack, status === undefined || status === "REVIEW_IN_PROGRESS", run);
    if (typeof changes === "string") return result("REFUSED", [
        changes
    ]);
    if (changes.length === 0) return result("UNCHANGED");
    const reasons = await run.refuse(changes);
    if (reasons.length > 0) {
        await discard(stack.name, run);
        return result("REFUSED", reasons);
    }
    run.line(`${stack.name}: ${changes.length} change(s): ${summarize(changes)}`);
    await run.client.send(new dist_cjs/* ExecuteChangeSetCommand */.PB_({
        StackName: stack.name,
        ChangeSetName: run.changeSetName
    }));
    const end = await followStack(stack.name, changes.length, run);
    return result(end.verdict, end.reasons);
}
/** Status of the stack; a first creation that rolled back holds nothing and is deleted so that it can be made again. */ async function clearedStatus(name, run) {
    const status = await stackStatus(name, run.client);
    if (status !== "ROLLBACK_COMPLETE" && status !== "ROLLBACK_FAILED") return status;
    run.line(`${name}: deleting the remains of a first creation that failed (${status})`);
    await run.client.send(new dist_cjs/* DeleteStackCommand */.fAr({
        StackName: name
    }));
    for(;;){
        await run.clock.sleep(POLL_SECONDS);
        const now = await stackStatus(name, run.client);
        if (now !== "DELETE_IN_PROGRESS") return now;
    }
}
/** The planned changes, or the reason why CloudFormation could not plan. */ async function plan(stack, create, run) {
    await run.client.send(new dist_cjs/* CreateChangeSetCommand */.YDU({
        StackName: stack.name,
        ChangeSetName: run.changeSetName,
        ChangeSetType: create ? "CREATE" : "UPDATE",
        TemplateBody: stack.template,
        Capabilities: [
            "CAPABILITY_IAM",
            "CAPABILITY_NAMED_IAM"
        ],
        RoleARN: run.executionRole,
        Tags: Object.entries(stack.tags).map(([Key, Value])=>({
                Key,
                Value
            }))
    }));
    for(;;){
        const changes = [];
        let token;
        let status;
        let reason;
        do {
            const page = await run.client.send(new dist_cjs/* DescribeChangeSetCommand */.TTT({
                StackName: stack.name,
                ChangeSetName: run.changeSetName,
                NextToken: token
            }));
            changes.push(...(page.Changes ?? []).flatMap((change)=>change.ResourceChange ?? []));
            ({ Status: status, StatusReason: reason, NextToken: token } = page);
        }while (token)
        if (status === "CREATE_COMPLETE") return changes;
        if (status === "FAILED") {
            await discard(stack.name, run);
            return /didn't contain changes|No updates are to be performed/.test(reason ?? "") ? [] : reason ?? "no reason given";
        }
        await run.clock.sleep(POLL_SECONDS);
    }
}
const discard = (name, run)=>run.client.send(new dist_cjs/* DeleteChangeSetCommand */.$GE({
        StackName: name,
        ChangeSetName: run.changeSetName
    }));
function summarize(changes) {
    const counts = new Map();
    for (const change of changes)counts.set(change.Action ?? "?", (counts.get(change.Action ?? "?") ?? 0) + 1);
    return [
        ...counts
    ].map(([action, count])=>`${count} ${action}`).join(", ");
}

;// CONCATENATED MODULE: ./actions/deploy-infra/agent-verdict.js


/** An agent whose stack could not be deployed has a verdict too: the fleet's report shows why, not just that it is missing. */ function writeAgentVerdict(result, verdict) {
    const { file, agent, stage, image, commit, startedAt, finishedAt } = verdict;
    if (isGreen(result)) return;
    const reason = result.reasons[0] ?? "CloudFormation gave no reason.";
    const content = {
        schema: 1,
        ...{
            agent,
            stage,
            verdict: result.verdict,
            green: false,
            reason,
            image,
            commit
        },
        digest: image.split("@")[1] ?? "",
        url: "",
        seconds: Math.round(result.seconds),
        startedAt: startedAt.toISOString(),
        finishedAt: finishedAt.toISOString(),
        timeline: [],
        gates: [],
        causes: [
            {
                kind: "infrastructure",
                title: `The stack ${result.stack} is ${result.verdict}: ${reason}`,
                evidence: [
                    ...result.reasons
                ],
                fix: "Mend what the first failed resource names and push again; nothing of a refused or rolled-back stack is left."
            }
        ]
    };
    (0,files/* writeJson */.G)(file, content);
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
;// CONCATENATED MODULE: ./actions/deploy-infra/assembly.js




const artifact = dist/* looseObject */._H3({
    type: dist/* string */.YjP(),
    dependencies: dist/* optional */.lqM(dist/* array */.YOg(dist/* string */.YjP()), []),
    properties: dist/* optional */.lqM(dist/* looseObject */._H3({
        templateFile: dist/* optional */.lqM(dist/* string */.YjP()),
        stackName: dist/* optional */.lqM(dist/* string */.YjP()),
        tags: dist/* optional */.lqM(dist/* record */.g1P(dist/* string */.YjP(), dist/* string */.YjP()), {}),
        cloudFormationExecutionRoleArn: dist/* optional */.lqM(dist/* string */.YjP()),
        file: dist/* optional */.lqM(dist/* string */.YjP())
    }), {})
});
const assemblySchema = dist/* looseObject */._H3({
    artifacts: dist/* record */.g1P(dist/* string */.YjP(), artifact)
});
const assetsSchema = dist/* looseObject */._H3({
    files: dist/* optional */.lqM(dist/* record */.g1P(dist/* string */.YjP(), dist/* looseObject */._H3({
        source: dist/* looseObject */._H3({
            path: dist/* optional */.lqM(dist/* string */.YjP())
        })
    })), {}),
    dockerImages: dist/* optional */.lqM(dist/* record */.g1P(dist/* string */.YjP(), dist/* unknown */.L5J()), {})
});
/**
 * Reads a cloud assembly (`cdk.out`), which `cdk synth` wrote in a job without credentials.
 * @throws {ActionError} when it is missing, unreadable, or needs assets that this action does not publish.
 */ function readAssembly(directory) {
    const file = (0,external_node_path_.join)(directory, "manifest.json");
    if (!(0,external_node_fs_.existsSync)(file)) throw new action/* ActionError */.lZ(`There is no cloud assembly at ${directory}: ${file} is missing. Run \`npm run synth\` first.`);
    const { artifacts } = read(file, assemblySchema);
    refuseForeignAssets(directory, artifacts);
    const stacks = Object.entries(artifacts).filter(([, entry])=>entry.type === "aws:cloudformation:stack");
    const nameOf = new Map(stacks.map(([id, entry])=>[
            id,
            entry.properties.stackName ?? id
        ]));
    return stacks.map(([id, entry])=>({
            name: nameOf.get(id) ?? id,
            template: (0,external_node_fs_.readFileSync)((0,external_node_path_.join)(directory, entry.properties.templateFile ?? `${id}.template.json`), "utf8"),
            after: entry.dependencies.flatMap((dependency)=>nameOf.get(dependency) ?? []),
            tags: entry.properties.tags,
            executionRole: entry.properties.cloudFormationExecutionRoleArn
        }));
}
/** Templates are sent with the change set; code and image assets would need `cdk-assets`, so they are named and refused. */ function refuseForeignAssets(directory, artifacts) {
    const foreign = Object.values(artifacts).flatMap((entry)=>{
        if (entry.type !== "cdk:asset-manifest" || !entry.properties.file) return [];
        const assets = read((0,external_node_path_.join)(directory, entry.properties.file), assetsSchema);
        const files = Object.values(assets.files).map((asset)=>asset.source.path ?? "a generated file");
        return [
            ...files.filter((path)=>!path.endsWith(".template.json")),
            ...Object.keys(assets.dockerImages)
        ];
    });
    if (foreign.length > 0) throw new action/* ActionError */.lZ(`The cloud assembly needs ${foreign.length} asset(s) that deploy-infra does not publish: ${foreign.join(", ")}. Publish them with \`npx cdk-assets publish\` or take them out of the app.`);
}
function read(file, schema) {
    try {
        return dist/* parse */.qgA(schema, JSON.parse((0,external_node_fs_.readFileSync)(file, "utf8")));
    } catch (error) {
        throw new action/* ActionError */.lZ(`${file} is not a readable part of a cloud assembly: ${error.message}`, {
            cause: error
        });
    }
}

// EXTERNAL MODULE: ./actions/lib/ledger/ledger.js + 1 modules
var ledger = __webpack_require__(8304);
// EXTERNAL MODULE: ./actions/lib/rollout/gate-at-pause.js + 4 modules
var gate_at_pause = __webpack_require__(7478);
// EXTERNAL MODULE: ./actions/lib/rollout/routing.js
var routing = __webpack_require__(9542);
;// CONCATENATED MODULE: ./actions/deploy-infra/drive-gates.js




/**
 * ECS keeps the PAUSE hooks that `deploy-service` brought, so a stack update that changes a task definition stops at
 * them too. The image is still the proven one; its gates decide as they would in `deploy-service`, and a hook that
 * nobody answered would time out and fail the stack.
 */ async function driveGates(manifest, driver) {
    const { stage, cloud, line } = driver;
    const facts = await (0,rollout_facts/* gatherService */.DH)((0,rollout_facts/* placeOf */.$t)({
        stage,
        manifest
    }), driver);
    const { newest } = facts;
    const hooks = newest?.lifecycleHookDetails?.filter((hook)=>hook.status === "AWAITING_ACTION") ?? [];
    const record = hooks.length > 0 ? await (0,ledger/* openLedger */.au)(cloud.parameters, stage, manifest.name).live() : undefined;
    if (!newest?.serviceDeploymentArn || !record) return;
    const gated = await (0,gate_at_pause/* gateNow */.cE)({
        side: "test",
        routing: facts.routing,
        group: (0,routing/* groupOf */.F8)(facts.newestTarget),
        desired: facts.service?.desiredCount ?? 0
    }, {
        manifest,
        commit: record.commit,
        allowEmpty: true
    }, driver);
    for (const result of gated.results)line(`${manifest.name}: ${(0,gate_at_pause/* gateLine */.C_)(result)}`);
    line(`${manifest.name}: ${gated.decision.action === "CONTINUE" ? "continue" : "roll back"}: ${gated.decision.reason}`);
    for (const { hookId } of hooks)if (hookId) await cloud.ecs.answer(newest.serviceDeploymentArn, hookId, gated.decision.action);
}

;// CONCATENATED MODULE: ./actions/deploy-infra/guard.js
/**
 * Reasons to refuse a change set; empty when it may run. ECS owns listener rule weights: a template write restores the
 * declared action, which sends production to a drained group (aws-cdk #36649). A service that is being deployed must
 * not be changed under the deployment: ECS would supersede it.
 */ function guard(changes, live) {
    return changes.flatMap((change)=>[
            ...ruleProblems(change),
            ...serviceProblems(change, live)
        ]);
}
function ruleProblems(change) {
    if (change.ResourceType !== "AWS::ElasticLoadBalancingV2::ListenerRule" || change.Action !== "Modify") return [];
    const replaced = change.Replacement === "True" || change.Replacement === "Conditional";
    const actions = change.Details?.some((detail)=>detail.Target?.Name === "Actions");
    if (!replaced && !actions) return [];
    const what = replaced ? "replaces" : "rewrites the action of";
    return [
        `It ${what} the live listener rule ${change.LogicalResourceId}, whose weights ECS owns: production would point at the group the template names, not at the one that serves. Leave the rule as it is; to move an agent, add a new rule and remove the old one later.`
    ];
}
function serviceProblems(change, live) {
    if (change.ResourceType !== "AWS::ECS::Service" || change.Action === "Add") return [];
    if (change.Replacement === "True") return [
        `It replaces the live service ${change.LogicalResourceId}, which would stop serving. Change what forces the replacement back.`
    ];
    if (!change.PhysicalResourceId || !live.servicesInDeployment.has(change.PhysicalResourceId)) return [];
    return [
        `It changes the service ${change.LogicalResourceId} while a deployment of it is running; ECS would supersede that deployment. Run again when it has ended.`
    ];
}

;// CONCATENATED MODULE: ./actions/deploy-infra/outcome.js

/**
 * One table of all stacks; red when any is red, with the first failed resource as the annotation, or when afterwards
 * production is not proven. @param unproven one sentence per agent.
 */ function outcome(stage, results, unproven) {
    const red = results.filter((result)=>!isGreen(result));
    const verdict = red[0]?.verdict ?? (results.some((result)=>result.verdict === "DEPLOYED") ? "DEPLOYED" : "UNCHANGED");
    return {
        outputs: {
            verdict,
            stacks: JSON.stringify(Object.fromEntries(results.map((result)=>[
                    result.stack,
                    result.verdict
                ])))
        },
        summary: summary(stage, results, unproven),
        ...failure(stage, red, unproven)
    };
}
function failure(stage, red, unproven) {
    if (red[0]) return {
        failure: {
            title: `Infrastructure of ${stage}: ${red[0].verdict}`,
            message: message(red)
        }
    };
    if (unproven.length === 0) return {};
    const title = `Infrastructure of ${stage}: deployed, but production is not proven`;
    const fix = "Look at the listener rules before anything else is deployed; deploy-service refuses while they are so.";
    return {
        failure: {
            title,
            message: [
                ...unproven,
                fix
            ].join("\n")
        }
    };
}
function message(red) {
    return red.map((result)=>`${result.stack} is ${result.verdict}: ${result.reasons.join(" ") || "no reason was given."}`).join("\n");
}
function summary(stage, results, unproven) {
    const rows = results.map((result)=>`| \`${result.stack}\` | ${result.verdict} | ${Math.round(result.seconds)} |`);
    const reasons = results.flatMap((result)=>result.reasons.map((reason)=>`- \`${result.stack}\`: ${reason}`));
    return [
        `### Infrastructure of ${stage}`,
        "",
        "| stack | verdict | seconds |",
        "|---|---|---:|",
        ...rows,
        ...reasons.length > 0 ? [
            "",
            "#### Why",
            "",
            ...reasons
        ] : [],
        ...unproven.length > 0 ? [
            "",
            "#### Production is not proven",
            "",
            ...unproven.map((line)=>`- ${line}`)
        ] : [],
        ""
    ].join("\n");
}

;// CONCATENATED MODULE: ./actions/deploy-infra/selection.js


/**
 * Which stacks of the assembly this run deploys. `platform` is everything but the stacks of agents that do not exist
 * yet: those are created by the agent's own job, after its image was pushed.
 * @throws {ActionError} with all names that the assembly does not have.
 */ function selectStacks(stacks, selection) {
    const agentStacks = new Map(selection.agents.map((agent)=>[
            (0,naming/* stackName */.Qx)(selection.stage, {
                agent
            }),
            agent
        ]));
    if (selection.wanted === "platform") return stacks.filter((stack)=>!agentStacks.has(stack.name) || selection.existing.has(stack.name));
    const names = selection.wanted.split(",").map((name)=>name.trim());
    const resolved = names.map((name)=>selection.agents.includes(name) ? (0,naming/* stackName */.Qx)(selection.stage, {
            agent: name
        }) : name);
    const unknown = resolved.filter((name)=>!stacks.some((stack)=>stack.name === name));
    if (unknown.length > 0) throw new action/* ActionError */.lZ(`stacks names ${unknown.join(", ")}, not in the cloud assembly; allowed: platform, ${[
        ...selection.agents,
        ...stacks.map((stack)=>stack.name)
    ].join(", ")}.`);
    return stacks.filter((stack)=>resolved.includes(stack.name));
}

// EXTERNAL MODULE: ./actions/lib/rollout/proof.js
var rollout_proof = __webpack_require__(9766);
;// CONCATENATED MODULE: ./actions/deploy-infra/verify-production.js



/**
 * The guard's second look, after the change sets: each production rule must point at exactly one healthy target group,
 * the live revision's. An agent without a service, or in a deployment of its own, is judged by others.
 * @returns one sentence per agent whose production is not proven.
 */ async function unprovenProduction(manifests, { stage, cloud }) {
    const looks = manifests.map(async (manifest)=>{
        const facts = await (0,rollout_facts/* gatherService */.DH)((0,rollout_facts/* placeOf */.$t)({
            stage,
            manifest
        }), {
            cloud
        });
        if (!facts.service || (0,rollout_status/* isRunning */.W_)(facts.newest?.status)) return [];
        const proof = (0,rollout_proof/* prove */.z)(facts);
        return proof.kind === "serves" ? [] : [
            `${manifest.name}: ${proof.why}`
        ];
    });
    return (await Promise.all(looks)).flat();
}

;// CONCATENATED MODULE: ./actions/deploy-infra/deploy-infra.js




















/**
 * Deploys stacks of a cloud assembly through guarded change sets, each as soon as those it depends on are done.
 * Records the fingerprint of the sources when everything is green, so that the next push can skip it.
 */ async function deployInfra(inputs, progress, env) {
    const stacks = readAssembly(inputs.assembly);
    const manifests = (0,manifest/* readManifests */.PX)(inputs["agents-dir"]);
    const agents = manifests.map((agent)=>agent.name);
    const settings = (0,aws_settings/* awsSettings */.T)(env);
    const client = new dist_cjs/* CloudFormationClient */.m1N(settings);
    const clock = (0,lib_clock/* environmentClock */.u)(env);
    const existing = await existingStacks(client);
    const selected = selectStacks(stacks, {
        stage: inputs.stage,
        agents,
        wanted: inputs.stacks,
        existing
    });
    const run = {
        inputs,
        progress,
        manifests,
        client,
        cloud: (0,cloud/* connectCloud */.g)(settings),
        clock,
        account: await accountOf(settings),
        // One run deploys a stack twice when its template and its image change: a name is never used again.
        changeSetName: `run-${env.GITHUB_RUN_ID ?? "local"}-${clock.now().getTime()}`
    };
    progress.line(`Deploying ${selected.length} of ${stacks.length} stacks: ${selected.map((stack)=>stack.name).join(", ")}`);
    await seedImages(selected, run);
    const startedAt = run.clock.now();
    const results = await inOrder(selected, run);
    const green = results.every(isGreen);
    const changed = results.some((result)=>result.verdict === "DEPLOYED");
    const unproven = changed ? await unprovenProduction(manifests, {
        ...run,
        stage: inputs.stage
    }) : [];
    if (green && unproven.length === 0 && inputs.fingerprint) await run.cloud.parameters.put((0,naming/* infrastructureParameter */.tm)(inputs.stage), inputs.fingerprint);
    const [only] = results;
    if (inputs["report-file"] && only && agents.includes(inputs.stacks)) writeAgentVerdict(only, {
        file: (0,external_node_path_.resolve)(env.GITHUB_WORKSPACE ?? ".", inputs["report-file"]),
        ...{
            agent: inputs.stacks,
            stage: inputs.stage,
            image: inputs.image ?? "",
            commit: env.GITHUB_SHA ?? ""
        },
        ...{
            startedAt,
            finishedAt: run.clock.now()
        }
    });
    return outcome(inputs.stage, results, unproven);
}
async function accountOf(settings) {
    const { Account } = await new client_sts_dist_cjs/* STSClient */.iM(settings).send(new client_sts_dist_cjs/* GetCallerIdentityCommand */.zI({}));
    if (!Account) throw new action/* ActionError */.lZ("AWS did not say which account these credentials belong to.");
    return Account;
}
async function existingStacks(client) {
    const names = new Set();
    for await (const page of (0,dist_cjs/* paginateListStacks */.nZA)({
        client
    }, {}))for (const stack of page.StackSummaries ?? [])if (stack.StackName && stack.StackStatus !== "DELETE_COMPLETE") names.add(stack.StackName);
    return names;
}
/**
 * A template reads its agent's image from a parameter that the pipeline writes after a proven deployment. Before the
 * first one there is no such parameter, and the first creation is judged by health checks: it gets the pushed image.
 */ async function seedImages(selected, run) {
    const { manifests, cloud } = run;
    const { stage, image } = run.inputs;
    for (const manifest of manifests){
        const stack = (0,naming/* stackName */.Qx)(stage, {
            agent: manifest.name
        });
        if (!selected.some(({ name })=>name === stack)) continue;
        const parameter = (0,naming/* imageParameter */.BY)(stage, manifest.name);
        const [known, service] = await Promise.all([
            cloud.parameters.get(parameter),
            cloud.ecs.service((0,rollout_facts/* placeOf */.$t)({
                stage,
                manifest
            }))
        ]);
        // With a service, the image belongs to deploy-service alone.
        if (known !== undefined && service) continue;
        if (image?.includes(`/${manifest.name}@`)) await cloud.parameters.put(parameter, image);
        else if (known === undefined) throw new action/* ActionError */.lZ(`${manifest.name} has no image yet: give the input \`image\` with the digest that was pushed for it.`);
    }
}
/** Runs every stack once all that it depends on are green; what depends on a red one is not tried. */ async function inOrder(selected, run) {
    const running = new Map();
    const start = (stack)=>{
        const known = running.get(stack.name);
        if (known) return known;
        const before = selected.filter((other)=>stack.after.includes(other.name));
        const result = Promise.all(before.map(start)).then((ended)=>{
            const red = ended.filter((result)=>!isGreen(result));
            if (red.length === 0) return deployStack(stack, deploymentOf(stack, run));
            const reasons = [
                `Not tried, because ${red.map((other)=>other.stack).join(", ")} failed.`
            ];
            return {
                stack: stack.name,
                verdict: "REFUSED",
                reasons,
                seconds: 0
            };
        });
        running.set(stack.name, result);
        return result;
    };
    return Promise.all(selected.map(start));
}
function deploymentOf(stack, run) {
    const { client, clock, progress, inputs } = run;
    const manifest = run.manifests.find(({ name })=>(0,naming/* stackName */.Qx)(inputs.stage, {
            agent: name
        }) === stack.name);
    return {
        client,
        clock,
        line: progress.line,
        changeSetName: run.changeSetName,
        executionRole: stack.executionRole?.replaceAll(/\$\{AWS::Partition\}/g, "aws").replaceAll(/\$\{AWS::AccountId\}/g, run.account),
        refuse: async (changes)=>guard(changes, {
                servicesInDeployment: await servicesInDeployment(changes, run.cloud)
            }),
        whileWaiting: async ()=>{
            if (manifest) await driveGates(manifest, {
                ...run,
                stage: inputs.stage,
                http: http/* fetchHttp */.D,
                line: progress.line
            });
        },
        timeoutSeconds: inputs["timeout-minutes"] * 60
    };
}
/** Of the services that the change set touches, those whose newest service deployment has not ended. */ async function servicesInDeployment(changes, cloud) {
    const touched = changes.flatMap((change)=>change.ResourceType === "AWS::ECS::Service" && change.PhysicalResourceId ? [
            change.PhysicalResourceId
        ] : []);
    const busy = await Promise.all(touched.map(async (arn)=>{
        const [cluster = "", service = ""] = arn.split(":service/")[1]?.split("/") ?? [];
        const [newest] = await cloud.ecs.deployments({
            cluster,
            service
        });
        return (0,rollout_status/* isRunning */.W_)(newest?.status) ? [
            arn
        ] : [];
    }));
    return new Set(busy.flat());
}

;// CONCATENATED MODULE: ./actions/deploy-infra/inputs.js

const inputs_text = dist/* pipe */.FsL(dist/* string */.YjP(), dist/* minLength */.BpQ(1));
const inputs = dist/* strictObject */.rej({
    stage: inputs_text,
    assembly: dist/* optional */.lqM(inputs_text, "cdk.out"),
    stacks: dist/* optional */.lqM(inputs_text, "platform"),
    image: dist/* optional */.lqM(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* regex */.yGV(/@sha256:[0-9a-f]{64}$/, "an image by digest, <repository>@sha256:<64 hex digits>"))),
    fingerprint: dist/* optional */.lqM(inputs_text),
    "report-file": dist/* optional */.lqM(inputs_text),
    "agents-dir": dist/* optional */.lqM(inputs_text, "agents"),
    "timeout-minutes": dist/* optional */.lqM(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* regex */.yGV(/^[1-9]\d{0,3}$/, "whole minutes, 1 to 9999"), dist/* transform */.pdi(Number)), "60")
});

;// CONCATENATED MODULE: ./actions/deploy-infra/main.js



const main = ()=>(0,action/* runAction */.Cs)({
        name: "deploy-infra",
        inputs: inputs,
        run: deployInfra
    });


/***/ }),

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
