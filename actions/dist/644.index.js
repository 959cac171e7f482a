export const id = 644;
export const ids = [644,411];
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

/***/ 9411:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   P: () => (/* binding */ EcrRepository),
/* harmony export */   ecrCredentials: () => (/* binding */ ecrCredentials)
/* harmony export */ });
/* harmony import */ var _aws_sdk_client_ecr__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1330);
/* harmony import */ var _action_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9678);
/* harmony import */ var _oci_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5408);
/* harmony import */ var _reference_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6808);




/** What the pushing needs of Amazon ECR beyond the distribution protocol that every registry speaks. */ class EcrRepository {
    client;
    name;
    constructor(client, name){
        this.client = client;
        this.name = name;
    }
    /** @throws {ActionError} when the repository does not exist. */ async reference() {
        const command = new _aws_sdk_client_ecr__WEBPACK_IMPORTED_MODULE_3__/* .DescribeRepositoriesCommand */ .pE_({
            repositoryNames: [
                this.name
            ]
        });
        const answer = await explained(()=>this.client.send(command), this.name);
        const uri = answer.repositories?.[0]?.repositoryUri;
        if (!uri) throw new _action_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ(`ECR did not say the address of the repository ${this.name}.`);
        return (0,_reference_js__WEBPACK_IMPORTED_MODULE_2__/* .parseRepositoryUri */ ._p)(uri);
    }
    async findTag(tag) {
        const input = {
            repositoryName: this.name,
            imageIds: [
                {
                    imageTag: tag
                }
            ],
            acceptedMediaTypes: [
                _oci_js__WEBPACK_IMPORTED_MODULE_1__/* .MANIFEST_TYPE */ .b3,
                _oci_js__WEBPACK_IMPORTED_MODULE_1__/* .INDEX_TYPE */ .cp
            ]
        };
        const answer = await explained(()=>this.client.send(new _aws_sdk_client_ecr__WEBPACK_IMPORTED_MODULE_3__/* .BatchGetImageCommand */ .P8n(input)), this.name);
        const [found] = answer.images ?? [];
        const [failure] = answer.failures ?? [];
        if (failure && failure.failureCode !== "ImageNotFound") throw new _action_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ(`ECR cannot say what ${this.name}:${tag} is: ${failure.failureCode} ${failure.failureReason}`);
        if (!found?.imageId?.imageDigest || !found.imageManifest) return undefined;
        return {
            digest: found.imageId.imageDigest,
            manifest: found.imageManifest
        };
    }
}
/** User and password for all of an account's registries; valid for hours. The caller masks the password. */ async function ecrCredentials(client = new _aws_sdk_client_ecr__WEBPACK_IMPORTED_MODULE_3__/* .ECRClient */ .S70({})) {
    const answer = await explained(()=>client.send(new _aws_sdk_client_ecr__WEBPACK_IMPORTED_MODULE_3__/* .GetAuthorizationTokenCommand */ .Eu6({})));
    const token = answer.authorizationData?.[0]?.authorizationToken;
    if (!token) throw new _action_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ("ECR gave no authorization token.");
    const text = Buffer.from(token, "base64").toString("utf8");
    const colon = text.indexOf(":");
    return {
        username: text.slice(0, colon),
        password: text.slice(colon + 1)
    };
}
async function explained(call, repository) {
    try {
        return await call();
    } catch (error) {
        if (error instanceof _aws_sdk_client_ecr__WEBPACK_IMPORTED_MODULE_3__/* .RepositoryNotFoundException */ .Da2) throw new _action_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ(`There is no ECR repository ${repository}. The registries stack creates it: deploy the infrastructure first.`);
        const { name, message } = error;
        throw new _action_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ(`ECR refused: ${name}: ${message || "no connection to the endpoint"}`);
    }
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

/***/ 1644:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-ecr/dist-cjs/index.js
var dist_cjs = __webpack_require__(1330);
// EXTERNAL MODULE: ./actions/lib/action.js + 1 modules
var action = __webpack_require__(9678);
// EXTERNAL MODULE: ./actions/lib/clock.js
var clock = __webpack_require__(7376);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
;// CONCATENATED MODULE: ./actions/push-image/inputs.js

/** Inputs of `push-image`, by the names of action.yml. */ const inputs = dist/* strictObject */.rej({
    layout: dist/* pipe */.FsL(dist/* string */.YjP(), dist/* minLength */.BpQ(1)),
    repository: dist/* optional */.lqM(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* regex */.yGV(/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/, "the name of an ECR repository, such as project/name")))
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./agents/naming.js
var naming = __webpack_require__(1741);
// EXTERNAL MODULE: ./actions/lib/images/ecr.js
var images_ecr = __webpack_require__(9411);
// EXTERNAL MODULE: ./actions/lib/images/layout.js
var layout = __webpack_require__(4087);
// EXTERNAL MODULE: ./actions/lib/images/oci.js
var oci = __webpack_require__(5408);
// EXTERNAL MODULE: ./actions/lib/images/reference.js
var images_reference = __webpack_require__(6808);
;// CONCATENATED MODULE: ./actions/lib/images/push.js




/**
 * Pushes an image under its commit as an immutable tag: blobs the repository lacks, then the manifest, then a look at
 * what was really stored. Running it again does only what is missing.
 * @throws {ActionError} when the tag holds another image, or the registry stored something else.
 */ async function pushImage(image, target) {
    const tag = commitTag(image);
    const { repository } = target;
    const reference = (0,images_reference/* digestReference */.O9)(repository, image.descriptor.digest);
    const before = await target.findTag(tag);
    if (before && before.digest !== image.descriptor.digest) throw otherImage(reference, tag, before.digest);
    const uploads = await Promise.all(neededBlobs(image).map((blob)=>deliver(blob, image, target)));
    const alreadyThere = before !== undefined;
    if (!alreadyThere) await target.registry.putManifest(repository.repository, tag, storedManifest(image));
    await verify(image, tag, target);
    const sent = uploads.filter((bytes)=>bytes > 0);
    const uploadedBytes = sent.reduce((sum, bytes)=>sum + bytes, 0);
    return {
        reference,
        tag,
        uploadedBytes,
        uploadedBlobs: sent.length,
        alreadyThere
    };
}
/** The tag of an image: the commit that it says it was built from. */ function commitTag(image) {
    const commit = (0,layout/* labelsOf */.PC)(image.config)["org.opencontainers.image.revision"];
    if (commit && /^[0-9a-f]{40}$/.test(commit)) return commit;
    throw new action/* ActionError */.lZ(`The image's label org.opencontainers.image.revision is ${JSON.stringify(commit ?? "missing")}; it must be a full commit hash.`);
}
/** Layers first; a layer that occurs twice is sent once. */ function neededBlobs(image) {
    const all = [
        ...image.manifest.layers,
        image.manifest.config
    ];
    return [
        ...new Map(all.map((blob)=>[
                blob.digest,
                blob
            ])).values()
    ];
}
/** Returns the bytes that had to be sent. */ async function deliver(blob, image, target) {
    const { registry, repository, say } = target;
    if (await registry.hasBlob(repository.repository, blob)) return 0;
    const own = image.blobs.get(blob.digest);
    const bytes = own ?? await fromBase(blob, image, target);
    if (!bytes) return 0;
    say(`uploading ${blob.digest.slice(0, 19)} (${inKibibytes(bytes.byteLength)})`);
    await registry.upload(repository.repository, blob.digest, bytes);
    return bytes.byteLength;
}
/** A base's layer: taken over inside the same registry, or carried from the other. Undefined once it is there. */ async function fromBase(blob, image, target) {
    const { registry, repository, say } = target;
    const base = (0,images_reference/* parseRepositoryUri */._p)(image.manifest.annotations?.[oci/* BASE_NAME */.IG] ?? "");
    const sameRegistry = base.registry === repository.registry;
    if (sameRegistry && await registry.mount(repository.repository, blob, base.repository)) return undefined;
    say(`reading the base's layer ${blob.digest.slice(0, 19)} (${inKibibytes(blob.size)}) from ${base.registry}`);
    const source = sameRegistry ? registry : target.openRegistry(base.registry);
    return (await source.blob(base.repository, blob)).bytes;
}
function storedManifest(image) {
    const { digest, mediaType } = image.descriptor;
    const bytes = image.blobs.get(digest);
    if (!bytes) throw new Error(`the image has no manifest ${digest}`);
    return {
        digest,
        mediaType,
        bytes
    };
}
/** Asks both of the registry's faces what they hold now, and looks for every blob. */ async function verify(image, tag, target) {
    const { digest } = image.descriptor;
    const name = `${target.repository.registry}/${target.repository.repository}`;
    const recorded = await target.findTag(tag);
    if (recorded?.digest !== digest) throw new action/* ActionError */.lZ(`${name}:${tag} is ${recorded?.digest ?? "missing"} after the push; ${digest} was pushed.`);
    // Reading by digest compares the stored bytes with it.
    await target.registry.manifest(target.repository.repository, digest);
    const blobs = neededBlobs(image);
    const there = await Promise.all(blobs.map((blob)=>target.registry.hasBlob(target.repository.repository, blob)));
    const lost = blobs.filter((_blob, index)=>!there[index]).map((blob)=>blob.digest);
    if (lost.length > 0) throw new action/* ActionError */.lZ(`${name} does not have ${lost.join(", ")} after the push. Run it again.`);
}
const otherImage = (reference, tag, existing)=>new action/* ActionError */.lZ(`${reference.registry}/${reference.repository}:${tag} is already ${existing}, and a commit's tag is never moved; ` + `this image of the same commit is ${reference.digest}. They differ in the base image, the source URL or the build ` + "tools: build it as it was built first, or commit the change.");
const inKibibytes = (bytes)=>`${Math.ceil(bytes / 1024)} KiB`;

// EXTERNAL MODULE: ./actions/lib/images/registry.js + 1 modules
var images_registry = __webpack_require__(3568);
;// CONCATENATED MODULE: ./actions/push-image/push-image.js







/** Pushes the image of a layout to its ECR repository under its commit. Running it again changes nothing. */ async function push(inputs, progress, { env, clock, ecr }) {
    const image = await (0,layout/* readLayout */.T4)((0,external_node_path_.resolve)(env.GITHUB_WORKSPACE ?? ".", inputs.layout));
    const name = inputs.repository ?? repositoryOf(image);
    const ecrRepository = new images_ecr/* EcrRepository */.P(ecr, name);
    const [repository, credentials] = await Promise.all([
        ecrRepository.reference(),
        (0,images_ecr.ecrCredentials)(ecr)
    ]);
    progress.mask(credentials.password);
    const say = (line)=>progress.line(`${name}: ${line}`);
    const result = await pushImage(image, {
        repository,
        registry: new images_registry/* RegistryClient */.b({
            registry: repository.registry,
            credentials,
            clock,
            say
        }),
        findTag: (tag)=>ecrRepository.findTag(tag),
        openRegistry: (registry)=>new images_registry/* RegistryClient */.b({
                registry,
                clock,
                say
            }),
        say
    });
    const sentence = describe(result);
    say(sentence);
    return {
        outputs: {
            image: result.reference.uri,
            digest: result.reference.digest,
            tag: result.tag,
            "uploaded-bytes": String(result.uploadedBytes)
        },
        summary: `Pushed \`${result.reference.uri}\`: ${sentence}.\n`
    };
}
function repositoryOf(image) {
    const title = (0,layout/* labelsOf */.PC)(image.config)["org.opencontainers.image.title"];
    if (title) return (0,naming/* repositoryName */.aR)(title);
    throw new action/* ActionError */.lZ("The image has no label org.opencontainers.image.title; give the input repository.");
}
function describe({ alreadyThere, uploadedBlobs, uploadedBytes, tag, reference }) {
    if (alreadyThere && uploadedBlobs === 0) return `${tag} was already there as ${reference.digest}; nothing was sent`;
    return `${tag} is ${reference.digest}; sent ${uploadedBlobs} blobs, ${Math.ceil(uploadedBytes / 1024)} KiB; stored and verified`;
}

;// CONCATENATED MODULE: ./actions/push-image/main.js





const main = ()=>(0,action/* runAction */.Cs)({
        name: "push-image",
        inputs: inputs,
        run: (given, progress, env)=>push(given, progress, {
                env,
                clock: (0,clock/* environmentClock */.u)(env),
                ecr: new dist_cjs/* ECRClient */.S70({})
            })
    });


/***/ }),

/***/ 1741:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   BY: () => (/* binding */ imageParameter),
/* harmony export */   Qx: () => (/* binding */ stackName),
/* harmony export */   SL: () => (/* binding */ clusterName),
/* harmony export */   _$: () => (/* binding */ blockedParameter),
/* harmony export */   aR: () => (/* binding */ repositoryName),
/* harmony export */   fe: () => (/* binding */ serviceName),
/* harmony export */   tj: () => (/* binding */ ledgerParameter),
/* harmony export */   tm: () => (/* binding */ infrastructureParameter)
/* harmony export */ });
/* unused harmony exports PROJECT, taskFamily, logGroupName, secretName, loadBalancerName, targetGroupName, peerVariable, tags */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);

/**
 * The only place that builds names, tags and parameter paths: one truth for CDK, actions and docs.
 * A stage is a word with an optional number (`prod`, `preview-12`) and an agent's name starts with a letter, so
 * `<stage>-<agent>` can be read in one way only and no two pairs share a name.
 */ const PROJECT = "karmacadabra";
/** SSM parameter whose value is the digest URI that runs; its history is the ledger's spine. */ const imageParameter = (stage, agent)=>`/${PROJECT}/${stage}/${agent}/image`;
/** SSM parameter with the JSON record (commit, run, actor, verdict) of the last proven deployment. */ const ledgerParameter = (stage, agent)=>`/${PROJECT}/${stage}/${agent}/ledger`;
/** SSM parameter with the digests that a rollback refused; a re-run of an old workflow cannot bring them back. */ const blockedParameter = (stage, agent)=>`/${PROJECT}/${stage}/${agent}/blocked`;
/** SSM parameter with the fingerprint of the infrastructure that was last deployed. */ const infrastructureParameter = (stage)=>`/${PROJECT}/${stage}/infrastructure`;
const clusterName = (stage)=>`${PROJECT}-${stage}`;
const serviceName = (stage, agent)=>`${PROJECT}-${stage}-${agent}`;
const taskFamily = (stage, agent)=>`${PROJECT}-${stage}-${agent}`;
const repositoryName = (agent)=>`${PROJECT}/${agent}`;
const logGroupName = (stage, agent)=>`/ecs/${PROJECT}-${stage}/${agent}`;
const secretName = (stage, agent)=>`${PROJECT}-${stage}-${agent}`;
/** At most 32 characters, as for target groups (CreateLoadBalancer). */ const loadBalancerName = (stage)=>fitted(`${PROJECT}-${stage}`, "");
/**
 * Target group names must be unique in a region and have at most 32 characters (Elastic Load Balancing API,
 * CreateTargetGroup). A name that would be longer is cut and ends with a hash of the whole, so that two long names
 * never become one.
 */ const targetGroupName = (stage, agent, colour)=>fitted(`${stage}-${agent}`, `-${colour}`);
/** Stack names by their role; `agent` stacks are one per agent. Registries belong to the account, not to a stage. */ const stackName = (stage, role)=>{
    if (role === "registries") return `${PROJECT}-registries`;
    return `${PROJECT}-${stage}-${typeof role === "string" ? role : role.agent}`;
};
/** Environment variable through which an agent finds a peer it calls, e.g. `KARMA_HELLO_URL`. */ const peerVariable = (agent)=>`${agent.toUpperCase().replaceAll("-", "_")}_URL`;
const tags = (stage, agent)=>({
        Project: PROJECT,
        Environment: stage,
        ManagedBy: "karmacadabra-delivery",
        ...agent ? {
            Agent: agent
        } : {}
    });
const LOAD_BALANCING_NAME_LIMIT = 32;
function fitted(name, suffix) {
    if (name.length + suffix.length <= LOAD_BALANCING_NAME_LIMIT) return name + suffix;
    const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
    const room = LOAD_BALANCING_NAME_LIMIT - suffix.length - hash.length - 1;
    return `${name.slice(0, room).replace(/-+$/, "")}-${hash}${suffix}`;
}


/***/ })

};
