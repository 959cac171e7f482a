export const id = 778;
export const ids = [778];
export const modules = {

/***/ 9678:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  lZ: () => (/* binding */ ActionError),
  dz: () => (/* binding */ InputError),
  Cs: () => (/* binding */ runAction)
});

// UNUSED EXPORTS: readInputs

// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
;// CONCATENATED MODULE: ./actions/lib/workflow-commands.js


/**
 * How a step talks to the runner: commands on standard output and files named by variables. The bytes are those of
 * `@actions/core`, which the test compares; it is not used itself because it loads an HTTP client for OIDC first, which
 * costs every action 100 ms and the bundle 1 MB.
 */ class WorkflowCommands {
    env;
    write;
    constructor(env, write = (text)=>void process.stdout.write(text)){
        this.env = env;
        this.write = write;
    }
    /** One line of the log. Text that reads like a command, say from a service's own log, stays text. */ line(text) {
        this.write(`${text.replaceAll(/^(\s*):(?=:)/gm, "$1: ").replaceAll("##[", "# #[")}\n`);
    }
    debug = (text)=>this.command("debug", text);
    notice = (text, title)=>this.command("notice", text, title);
    warning = (text, title)=>this.command("warning", text, title);
    error = (text, title)=>this.command("error", text, title);
    /** Hides a secret, and every line of one that has several, in all that the job logs from now on. */ mask(secret) {
        for (const line of secret.split(/[\r\n]+/))if (line.trim()) this.command("add-mask", line);
    }
    /** Sets an output of the step; outside a workflow it is shown. */ output(name, value) {
        if (!this.env.GITHUB_OUTPUT) {
            this.line(`${name}=${value}`);
            return;
        }
        // A delimiter that nobody can guess: a value cannot end itself and begin another output.
        const delimiter = `ghadelimiter_${(0,external_node_crypto_.randomUUID)()}`;
        (0,external_node_fs_.appendFileSync)(this.env.GITHUB_OUTPUT, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
    }
    /** Adds to the job summary; GitHub refuses more than 1 MiB a step, so the rest is left out and that is said. */ summary(markdown) {
        if (!this.env.GITHUB_STEP_SUMMARY) return;
        const bytes = Buffer.from(`${markdown}\n`);
        const whole = bytes.byteLength <= SUMMARY_LIMIT;
        const cut = bytes.subarray(0, SUMMARY_LIMIT - CUT_NOTE.length);
        (0,external_node_fs_.appendFileSync)(this.env.GITHUB_STEP_SUMMARY, whole ? bytes : Buffer.concat([
            cut,
            Buffer.from(CUT_NOTE)
        ]));
    }
    command(name, text, title) {
        const properties = title ? ` title=${escaped(title).replaceAll(":", "%3A").replaceAll(",", "%2C")}` : "";
        this.write(`::${name}${properties}::${escaped(text)}\n`);
    }
}
const SUMMARY_LIMIT = 1024 * 1024;
const CUT_NOTE = "\n\n(The rest is left out: a step's summary is limited to 1 MiB.)\n";
const escaped = (text)=>text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

;// CONCATENATED MODULE: ./actions/lib/action.js


/** A fault that is the user's to fix: shown without a stack trace. */ class ActionError extends Error {
    name = "ActionError";
}
/** All wrong inputs of one action at once. */ class InputError extends ActionError {
}
/** Runs one action: reads and checks its inputs, runs it, reports exactly once. Never throws. */ async function runAction(definition, env = process.env) {
    const commands = new WorkflowCommands(env);
    const progress = {
        line: (text)=>commands.line(text),
        mask: (secret)=>commands.mask(secret)
    };
    try {
        report(await definition.run(readInputs(definition, env), progress, env), commands);
    } catch (error) {
        // The stack of a fault of ours is for debug runs; the user gets one sentence, never a stack.
        if (!(error instanceof ActionError) && error instanceof Error && error.stack) commands.debug(error.stack);
        commands.error(error instanceof Error ? error.message : String(error));
        process.exitCode = 1;
    }
}
/** Reads `INPUT_<NAME>` for every key of the schema; an empty string counts as not given, as GitHub sends it. */ function readInputs(definition, env) {
    const entries = Object.entries(env).filter(([key, value])=>key.startsWith("INPUT_") && value?.trim()).map(([key, value])=>[
            key.slice("INPUT_".length).toLowerCase().replaceAll("_", "-"),
            value?.trim()
        ]);
    const result = dist/* safeParse */.xLC(definition.inputs, Object.fromEntries(entries));
    if (result.success) return result.output;
    const names = "entries" in definition.inputs ? Object.keys(definition.inputs.entries).join(", ") : "";
    const lines = result.issues.map((issue)=>`  ${dist/* getDotPath */.BuJ(issue) ?? "inputs"}: ${explain(issue, names)}`);
    throw new InputError(`${result.issues.length} wrong input(s) of ${definition.name}:\n${lines.join("\n")}`);
}
function explain(issue, names) {
    if (issue.type === "strict_object" && issue.expected === "never") return `is not an input; there are: ${names}`;
    if (issue.received === "undefined") return "is missing; it is required";
    return `got ${issue.received}; allowed: ${issue.kind === "schema" ? issue.expected : issue.message}`;
}
function report(outcome, commands) {
    for (const [name, value] of Object.entries(outcome.outputs))commands.output(name, value);
    for (const notice of outcome.notices ?? [])commands.notice(notice);
    for (const warning of outcome.warnings ?? [])commands.warning(warning);
    if (outcome.summary) commands.summary(outcome.summary);
    if (!outcome.failure) return;
    commands.error(outcome.failure.message, outcome.failure.title);
    process.exitCode = 1;
}


/***/ }),

/***/ 6808:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Bc: () => (/* binding */ isDigest),
/* harmony export */   I0: () => (/* binding */ parseDigestUri),
/* harmony export */   O9: () => (/* binding */ digestReference),
/* harmony export */   VK: () => (/* binding */ shortDigest),
/* harmony export */   Wr: () => (/* binding */ isEcrRegistry),
/* harmony export */   _p: () => (/* binding */ parseRepositoryUri),
/* harmony export */   rY: () => (/* binding */ isLocalRegistry)
/* harmony export */ });
/* unused harmony exports tryDigestUri, registryAccount */
/* harmony import */ var _action_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9678);

const DIGEST = /^sha256:[0-9a-f]{64}$/;
// The grammar of the OCI distribution specification 1.1, "Pulling manifests": names of lower-case components.
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const REGISTRY = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?$/;
const isDigest = (text)=>DIGEST.test(text);
/** A reference by digest in all its forms. */ function digestReference(repository, digest) {
    return {
        ...repository,
        digest,
        uri: `${repository.registry}/${repository.repository}@${digest}`
    };
}
/**
 * Reads `<registry>/<repository>@sha256:<64 hex>`.
 * @throws {ActionError} for anything else; a tag is refused with the reason.
 */ function parseDigestUri(uri) {
    const at = uri.indexOf("@");
    if (at < 0) throw wrong(uri, hasTag(uri) ? "it names a tag, and a tag can move to another image" : "it has no digest");
    const digest = uri.slice(at + 1);
    if (!isDigest(digest)) throw wrong(uri, "after the @ there is no sha256: with 64 lower-case hexadecimal digits");
    const name = uri.slice(0, at);
    if (hasTag(name)) throw wrong(uri, "it names a tag as well as a digest");
    return digestReference(splitRepository(name, uri), digest);
}
/** As `parseDigestUri`, for what may be anything; undefined when it names no image by digest. */ function tryDigestUri(uri) {
    try {
        return parseDigestUri(uri);
    } catch  {
        return undefined;
    }
}
/** First 12 hex digits, as people compare them. */ const shortDigest = (digest)=>digest.replace(/^sha256:/, "").slice(0, 12);
/**
 * Reads a repository's address without tag or digest, such as ECR's `repositoryUri`.
 * @throws {ActionError} when it is none.
 */ function parseRepositoryUri(uri) {
    if (uri.includes("@") || hasTag(uri)) throw new _action_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ(`"${uri}" is not a repository: give it without tag and digest, <registry>/<repository>.`);
    return splitRepository(uri, uri);
}
/** Whether a registry may be spoken to without TLS: only one on this machine. */ const isLocalRegistry = (registry)=>/^(?:localhost|127(?:\.\d+){3})(?::\d+)?$/.test(registry);
/** Whether a registry is a private one of Amazon ECR, by its host name. */ const isEcrRegistry = (registry)=>/^\d{12}\.dkr[.-]ecr\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/.test(registry);
/** The ECR account of a registry's host, when it has one (the sandbox's has none). */ const registryAccount = (registry)=>/^(\d{12})\.dkr\.ecr\./.exec(registry)?.[1];
function splitRepository(name, shown) {
    const slash = name.indexOf("/");
    const registry = name.slice(0, Math.max(slash, 0));
    const repository = name.slice(slash + 1);
    if (!REGISTRY.test(registry) || !(registry.includes(".") || registry.includes(":") || registry === "localhost")) throw wrong(shown, "it does not begin with a registry's host name");
    if (!REPOSITORY.test(repository)) throw wrong(shown, `"${repository}" is not a repository's name`);
    return {
        registry,
        repository
    };
}
const hasTag = (name)=>name.slice(name.lastIndexOf("/")).includes(":");
const wrong = (uri, reason)=>new _action_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ(`"${uri}" does not name an image by digest: ${reason}. Allowed: <registry>/<repository>@sha256:<64 hexadecimal digits>.`);


/***/ }),

/***/ 9053:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  PX: () => (/* binding */ readManifests)
});

// UNUSED EXPORTS: FARGATE_SIZES, ManifestError, agentManifestSchema, parseManifest

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
;// CONCATENATED MODULE: ./agents/problems.js

/** One line about one problem, for people: `container.cpu is 3; allowed: 256, 512 or 1024`. */ const sentenceOf = (problem)=>`${problem.path ? `${problem.path} ` : ""}is ${problem.value}; allowed: ${problem.allowed}`;
/**
 * Checks `input` and reports every problem at once, each path once. What is allowed comes from the schema's own
 * `v.description`, so that messages, JSON Schema and checks cannot drift apart. Never throws on JSON.
 */ function check(schema, input) {
    const result = dist/* safeParse */.xLC(schema, input);
    const unknown = unknownKeys(schema, input, []);
    if (result.success && unknown.length === 0) return {
        ok: true,
        output: result.output
    };
    const issues = (result.issues ?? []).filter((issue)=>!isUnknownKey(issue));
    return {
        ok: false,
        problems: onePerPath([
            ...issues.map((issue)=>problemOf(schema, input, issue)),
            ...unknown
        ])
    };
}
/** JSON of any value, cut to a length that fits a line. */ function shown(value) {
    if (value === undefined) return "missing";
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
/** The same value in words: `a, b or c`. */ const oneOf = (values)=>values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
function problemOf(schema, input, issue) {
    const keys = (issue.path ?? []).map((item)=>String(item.key));
    const at = schemaAt(schema, input, keys);
    // A rule between several values (`v.forward(v.check(…, message))`) says itself what it allows.
    const relation = issue.type === "check" && !issue.message.startsWith("Invalid");
    const allowed = relation ? issue.message : (at && describe(at)) ?? expected(issue);
    return {
        path: keys.join("."),
        value: shown(valueAt(input, keys)),
        allowed
    };
}
/** Valibot names only the first unknown key of an object, and none that `Object.prototype` has; this names all. */ function unknownKeys(schema, value, path) {
    const shape = shapeOf(schema, value);
    if (typeof value !== "object" || value === null || !shape) return [];
    return Object.entries(value).flatMap(([key, child])=>{
        const below = Object.hasOwn(shape.entries ?? {}, key) ? shape.entries?.[key] : shape.item ?? shape.value;
        if (below) return unknownKeys(below, child, [
            ...path,
            key
        ]);
        if (!shape.entries || shape.type !== "strict_object") return [];
        const allowed = `only the keys ${Object.keys(shape.entries).join(", ")}`;
        return [
            {
                path: [
                    ...path,
                    key
                ].join("."),
                value: "an unknown key",
                allowed
            }
        ];
    });
}
function schemaAt(schema, input, keys) {
    const [key, ...rest] = keys;
    if (key === undefined) return schema;
    const shape = shapeOf(schema, input);
    const discriminator = shape?.options && shape.key === key;
    if (discriminator) return undefined;
    const below = Object.hasOwn(shape?.entries ?? {}, key) ? shape?.entries?.[key] : shape?.item ?? shape?.value;
    return below && schemaAt(below, input[key], rest);
}
const valueAt = (input, keys)=>keys.reduce((value, key)=>value?.[key], input);
/** Looks through optionals and picks a variant's option by its discriminator. */ function shapeOf(schema, value) {
    const shape = schema;
    if (shape.wrapped) return shapeOf(shape.wrapped, value);
    if (shape.type !== "variant") return shape;
    return shape.options?.find((option)=>dist.is(kindOf(option, shape.key), kindIn(value, shape.key))) ?? {
        type: "variant",
        options: shape.options,
        key: shape.key
    };
}
const kindOf = (option, key = "")=>option.entries?.[key] ?? dist/* never */.ZmZ();
const kindIn = (value, key = "")=>value?.[key];
function describe(schema) {
    const shape = schema;
    const own = dist/* getDescription */.fYn(schema);
    if (own) return own;
    if (shape.wrapped) return describe(shape.wrapped);
    if (shape.entries) return `an object with the keys ${Object.keys(shape.entries).join(", ")}`;
    if (shape.item) return `a list; each entry: ${describe(shape.item) ?? shape.item.expects}`;
    return undefined;
}
function expected(issue) {
    if (issue.kind !== "schema") return issue.message;
    return (issue.expected ?? issue.message).replaceAll(/[()]/g, "").replaceAll(" | ", " or ");
}
const isUnknownKey = (issue)=>issue.type === "strict_object" && issue.expected === "never";
const onePerPath = (problems)=>[
        ...new Map(problems.toReversed().map((problem)=>[
                problem.path,
                problem
            ])).values()
    ].toReversed();

;// CONCATENATED MODULE: ./agents/manifest-schema.js


/** Fargate's task sizes: memory in MiB allowed for each number of CPU units (AWS ECS developer guide, task size). */ const FARGATE_SIZES = {
    256: [
        512,
        1024,
        2048
    ],
    512: steps(1024, 4096),
    1024: steps(2048, 8192),
    2048: steps(4096, 16_384),
    4096: steps(8192, 30_720)
};
const architecture = choice([
    "arm64",
    "amd64"
], "the processor the image runs on");
const agentName = pattern(/^(?=.{3,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "3-32 characters: lower-case words joined by dashes");
const urlPath = pattern(/^\/(?!.*\/\.{1,2}(\/|$))([A-Za-z0-9_.-]+\/)*[A-Za-z0-9_.-]*$/, "an absolute URL path such as /health");
const routePath = pattern(/^(\/[A-Za-z0-9_-]+)+$/, "a URL path without a slash at its end, such as /my-agent");
const innerPath = pattern(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[\w./-]+$/, "a path inside the agent's folder, such as src/main.ts");
const build = dist/* variant */.Oxt("kind", [
    dist/* strictObject */.rej({
        kind: dist/* literal */.euz("node"),
        entry: innerPath
    }),
    dist/* strictObject */.rej({
        kind: dist/* literal */.euz("dockerfile"),
        file: innerPath
    })
]);
const smoke = dist/* strictObject */.rej({
    method: choice([
        "GET",
        "POST",
        "PUT",
        "DELETE"
    ], "the request's method"),
    path: urlPath,
    body: dist/* optional */.lqM(dist/* pipe */.FsL(dist/* unknown */.L5J(), dist/* description */.h_("any JSON; sent as the request's body"))),
    expect: dist/* strictObject */.rej({
        status: whole(100, 599, "the HTTP status that proves it works"),
        json: dist/* optional */.lqM(dist/* pipe */.FsL(dist/* record */.g1P(dist/* string */.YjP(), choice([
            "string",
            "number",
            "boolean",
            "object",
            "array",
            "null"
        ], "JSON type of this key in the answer")), dist/* description */.h_("keys of the answer with their JSON types")))
    })
});
const gates = dist/* strictObject */.rej({
    errorRatePercent: percent("requests that may fail"),
    latencyMs: whole(1, 60_000, "milliseconds within which a request is not slow"),
    slowPercent: percent("requests that may be slow"),
    minimumRequests: whole(0, 1_000_000, "requests needed before a verdict"),
    smoke: dist/* array */.YOg(smoke)
});
const container = dist/* strictObject */.rej({
    port: whole(1, 65_535, "the port the agent listens on"),
    cpu: choice([
        256,
        512,
        1024,
        2048,
        4096
    ], "CPU units that Fargate offers"),
    memoryMiB: whole(512, 30_720, "MiB; depends on cpu"),
    architecture: dist/* pipe */.FsL(dist/* union */.KCZ([
        architecture,
        dist/* pipe */.FsL(dist/* array */.YOg(architecture), dist/* minLength */.BpQ(1), dist/* maxLength */.Ru6(2))
    ]), dist/* description */.h_("arm64 or amd64, or a list of both")),
    stopTimeoutSeconds: whole(2, 120, "seconds between SIGTERM and SIGKILL; Fargate takes 2 to 120")
});
const health = dist/* strictObject */.rej({
    path: urlPath,
    intervalSeconds: whole(5, 300, "seconds between two health checks"),
    timeoutSeconds: whole(2, 120, "seconds an answer may take"),
    healthyThreshold: whole(2, 10, "good answers in a row that make it healthy"),
    unhealthyThreshold: whole(2, 10, "bad answers in a row that make it unhealthy")
});
const scale = dist/* strictObject */.rej({
    min: whole(0, 1000, "least number of tasks"),
    max: whole(1, 1000, "greatest number of tasks"),
    cpuPercent: percent("CPU use to hold"),
    memoryPercent: percent("memory use to hold"),
    capacity: choice([
        "spot",
        "on-demand"
    ], "the capacity that tasks run on")
});
/** The one definition of `agents/<name>/agent.json`; `agents/agent.schema.json` is generated from it. */ const agentManifestSchema = dist/* strictObject */.rej({
    $schema: dist/* optional */.lqM(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* description */.h_("the path of agent.schema.json, for editors"))),
    name: agentName,
    purpose: dist/* pipe */.FsL(dist/* string */.YjP(), dist/* regex */.yGV(/\S/), dist/* maxLength */.Ru6(200), dist/* description */.h_("one sentence of 1-200 characters")),
    agentId: whole(1, 1_000_000, "the agent's id in the identity registry"),
    build,
    container,
    health,
    route: dist/* strictObject */.rej({
        path: routePath,
        host: agentName
    }),
    calls: dist/* pipe */.FsL(dist/* array */.YOg(agentName), dist/* description */.h_("a list of the names of agents it calls")),
    environment: dist/* pipe */.FsL(dist/* record */.g1P(pattern(/^[A-Z][A-Z0-9_]*$/, "a name in capitals such as LOG_LEVEL"), dist/* pipe */.FsL(dist/* string */.YjP(), dist/* description */.h_("a string (numbers and booleans in quotes)"))), dist/* description */.h_("an object of environment variables: names in capitals, values strings")),
    secrets: dist/* pipe */.FsL(dist/* array */.YOg(pattern(/^[a-z][a-z0-9_]*$/, "a key of the agent's secret such as private_key")), dist/* description */.h_("a list of the keys of its secret that it may read")),
    scale,
    rollout: dist/* strictObject */.rej({
        strategy: choice([
            "blue-green",
            "canary",
            "linear",
            "rolling"
        ], "how traffic moves"),
        bakeMinutes: whole(0, 1440, "minutes in which both versions run and rollback is instant"),
        gateTimeoutMinutes: whole(1, 1440, "minutes after which a pause rolls back by itself"),
        gates
    })
});
function whole(min, max, meaning) {
    const allowed = `a whole number from ${min} to ${max} (${meaning})`;
    return dist/* pipe */.FsL(dist/* number */.aig(), dist/* integer */.ndf(), dist/* minValue */.Wwf(min), dist/* maxValue */.cGV(max), dist/* description */.h_(allowed));
}
function percent(meaning) {
    return dist/* pipe */.FsL(dist/* number */.aig(), dist/* minValue */.Wwf(0), dist/* maxValue */.cGV(100), dist/* description */.h_(`a percentage from 0 to 100 (${meaning})`));
}
function choice(values, meaning) {
    return dist/* pipe */.FsL(dist/* picklist */.KIO(values), dist/* description */.h_(`${oneOf(values)} (${meaning})`));
}
function pattern(expression, allowed) {
    return dist/* pipe */.FsL(dist/* string */.YjP(), dist/* regex */.yGV(expression), dist/* description */.h_(allowed));
}
function steps(from, to) {
    return Array.from({
        length: (to - from) / 1024 + 1
    }, (_, index)=>from + index * 1024);
}

;// CONCATENATED MODULE: ./agents/manifest-checks.js


/** Set by the image or the task definition for every agent; a manifest that set them too would fight the platform. */ const RESERVED = /^(PORT|ROUTE_PATH|NODE_ENV|AGENT_[A-Z0-9_]+|AWS_[A-Z0-9_]+)$/;
/**
 * Rules between several values of one manifest. They read the JSON as it is, and skip what is not there, so that
 * they report along with the faults of single values.
 */ function relationProblems(json) {
    const at = (path)=>path.split(".").reduce((value, key)=>isObject(value) ? value[key] : undefined, json);
    return [
        ...memoryProblems(at("container.cpu"), at("container.memoryMiB")),
        ...orderProblems(at, "scale.min", "scale.max", "at most"),
        ...orderProblems(at, "health.timeoutSeconds", "health.intervalSeconds", "less than"),
        ...listProblems("calls", at("calls"), at("name")),
        ...listProblems("secrets", at("secrets")),
        ...listProblems("container.architecture", at("container.architecture")),
        ...environmentProblems(at("environment"), at("calls"), at("secrets")),
        ...smokeProblems(at("rollout.gates.smoke"))
    ];
}
/** Rules between the manifests of one fleet: peers exist; ids, routes and ports are not shared. */ function fleetProblems(manifests, folders) {
    const found = [];
    const known = folders.length > 0 ? `the name of an agent: ${oneOf(folders)}` : "nothing: there is no other agent";
    for (const { name, calls } of manifests)for (const [index, peer] of calls.entries())if (!folders.includes(peer)) found.push({
        agent: name,
        problem: {
            path: `calls.${index}`,
            value: shown(peer),
            allowed: known
        }
    });
    for (const [path, pick] of UNIQUE){
        const owners = new Map();
        for (const manifest of manifests){
            const owner = owners.get(pick(manifest));
            const allowed = `a value that no other agent has; ${owner} has this one`;
            if (owner) found.push({
                agent: manifest.name,
                problem: {
                    path,
                    value: shown(pick(manifest)),
                    allowed
                }
            });
            else owners.set(pick(manifest), manifest.name);
        }
    }
    return found;
}
const UNIQUE = [
    [
        "agentId",
        (manifest)=>manifest.agentId
    ],
    [
        "route.path",
        (manifest)=>manifest.route.path
    ],
    [
        "route.host",
        (manifest)=>manifest.route.host
    ],
    [
        "container.port",
        (manifest)=>manifest.container.port
    ]
];
function memoryProblems(cpu, memory) {
    const sizes = typeof cpu === "number" ? FARGATE_SIZES[cpu] : undefined;
    if (!sizes || typeof memory !== "number" || sizes.includes(memory)) return [];
    const allowed = `MiB that Fargate offers with ${cpu} CPU units: ${oneOf(sizes)}`;
    return [
        {
            path: "container.memoryMiB",
            value: shown(memory),
            allowed
        }
    ];
}
function orderProblems(at, low, high, relation) {
    const [small, great] = [
        at(low),
        at(high)
    ];
    if (typeof small !== "number" || typeof great !== "number") return [];
    if (small < great || small === great && relation === "at most") return [];
    return [
        {
            path: low,
            value: shown(small),
            allowed: `${relation} ${high}, which is ${great}`
        }
    ];
}
function listProblems(path, list, self) {
    if (!Array.isArray(list)) return [];
    return list.flatMap((entry, index)=>{
        const where = {
            path: `${path}.${index}`,
            value: shown(entry)
        };
        if (entry === self && self !== undefined) return [
            {
                ...where,
                allowed: "agents other than itself"
            }
        ];
        return list.indexOf(entry) < index ? [
            {
                ...where,
                allowed: "each entry once"
            }
        ] : [];
    });
}
function environmentProblems(environment, calls, secrets) {
    if (!isObject(environment)) return [];
    const strings = (list)=>Array.isArray(list) ? list.filter((entry)=>typeof entry === "string") : [];
    const capitals = (word)=>word.toUpperCase().replaceAll("-", "_");
    const given = new Map([
        ...strings(calls).map((peer)=>[
                `${capitals(peer)}_URL`,
                `the platform sets it: the URL of ${peer}`
            ]),
        ...strings(secrets).map((key)=>[
                capitals(key),
                `it comes from the secret's key ${key}`
            ])
    ]);
    return Object.keys(environment).flatMap((key)=>{
        const reason = given.get(key) ?? (RESERVED.test(key) ? "the platform sets it" : undefined);
        if (!reason) return [];
        return [
            {
                path: `environment.${key}`,
                value: shown(environment[key]),
                allowed: `another name; ${reason}`
            }
        ];
    });
}
function smokeProblems(smoke) {
    if (!Array.isArray(smoke)) return [];
    return smoke.flatMap((request, index)=>{
        if (!isObject(request) || request.method !== "GET" || request.body === undefined) return [];
        const path = `rollout.gates.smoke.${index}.body`;
        return [
            {
                path,
                value: shown(request.body),
                allowed: "nothing: a GET request has no body"
            }
        ];
    });
}
const isObject = (value)=>typeof value === "object" && value !== null;

;// CONCATENATED MODULE: ./agents/manifest.js






/** All faults of all manifests at once; the message lists one a line. */ class ManifestError extends Error {
    name = "ManifestError";
    problems;
    constructor(problems){
        const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
        super(`${count} in agent manifests:\n${problems.map((p)=>`  ${p.file}: ${sentenceOf(p)}`).join("\n")}`);
        this.problems = problems;
    }
}
/** Checks one parsed manifest. Returns the manifest or every problem found; reads and executes nothing, never throws. */ function parseManifest(file, json) {
    if (typeof json !== "object" || json === null || Array.isArray(json)) return {
        problems: [
            {
                file,
                path: "",
                value: manifest_kindOf(json),
                allowed: "one JSON object, {…}"
            }
        ]
    };
    const checked = check(agentManifestSchema, json);
    const single = checked.ok ? [] : checked.problems;
    const taken = new Set(single.map((problem)=>problem.path));
    const relations = relationProblems(json).filter((problem)=>!taken.has(problem.path));
    const problems = [
        ...single,
        ...relations
    ].map((problem)=>({
            file,
            ...problem
        }));
    return checked.ok && problems.length === 0 ? {
        manifest: checked.output,
        problems
    } : {
        problems
    };
}
/**
 * Reads `<agentsDir>/<name>/agent.json` of every agent, in the order of names.
 * @throws {ManifestError} with all problems of all files.
 */ function readManifests(agentsDir) {
    const folders = agentFolders(agentsDir);
    const fileOf = (folder)=>{
        const file = (0,external_node_path_.join)(agentsDir, folder, "agent.json");
        return {
            file,
            shown: (0,external_node_path_.relative)(process.cwd(), file) || file
        };
    };
    const read = folders.map((folder)=>readManifest(folder, fileOf(folder)));
    const manifests = read.flatMap(({ manifest })=>manifest ?? []);
    const fleet = fleetProblems(manifests, folders);
    const problems = [
        ...read.flatMap((one)=>one.problems),
        ...fleet.map(({ agent, problem })=>({
                file: fileOf(agent).shown,
                ...problem
            }))
    ];
    if (problems.length > 0) throw new ManifestError(problems);
    return manifests;
}
function readManifest(folder, { file, shown }) {
    const json = readJson(file, shown);
    if (json.problem) return {
        problems: [
            json.problem
        ]
    };
    const parsed = parseManifest(shown, json.value);
    const name = json.value?.name;
    if (typeof name !== "string" || name === folder) return parsed;
    const allowed = `the name of its folder, ${JSON.stringify(folder)}`;
    return {
        problems: [
            {
                file: shown,
                path: "name",
                value: JSON.stringify(name),
                allowed
            },
            ...parsed.problems
        ]
    };
}
function readJson(file, shown) {
    try {
        return {
            value: JSON.parse((0,external_node_fs_.readFileSync)(file, "utf8"))
        };
    } catch (error) {
        const value = `not JSON (${error.message})`;
        return {
            problem: {
                file: shown,
                path: "",
                value,
                allowed: "one JSON object, {…}"
            }
        };
    }
}
function agentFolders(agentsDir) {
    if (!(0,external_node_fs_.statSync)(agentsDir, {
        throwIfNoEntry: false
    })?.isDirectory()) {
        const allowed = "the folder that holds the agents, such as agents";
        throw new ManifestError([
            {
                file: agentsDir,
                path: "",
                value: "not a folder",
                allowed
            }
        ]);
    }
    return (0,external_node_fs_.readdirSync)(agentsDir, {
        withFileTypes: true
    }).filter((entry)=>entry.isDirectory()).map((entry)=>entry.name).filter((name)=>(0,external_node_fs_.statSync)((0,external_node_path_.join)(agentsDir, name, "agent.json"), {
            throwIfNoEntry: false
        })?.isFile()).sort();
}
const manifest_kindOf = (json)=>{
    if (json === undefined) return "empty";
    if (json === null) return "null";
    return Array.isArray(json) ? "a list" : `a ${typeof json}`;
};


/***/ })

};
