export const id = 934;
export const ids = [934];
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

/***/ 7496:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   FV: () => (/* binding */ PACKAGES_FILE),
/* harmony export */   R9: () => (/* binding */ imageSize),
/* harmony export */   al: () => (/* binding */ assembleImage),
/* harmony export */   jB: () => (/* binding */ APP_FOLDER)
/* harmony export */ });
/* harmony import */ var _layer_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5984);
/* harmony import */ var _oci_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5408);


/** Where the application lies in the image. */ const APP_FOLDER = "app";
/** The list of the npm packages in the bundle, inside the layer: so the image's digest vouches for it. */ const PACKAGES_FILE = "packages.json";
/** Puts an image together: the base's layers, then one of our own. The same parts give the same bytes, always. */ async function assembleImage(parts) {
    const packages = {
        path: PACKAGES_FILE,
        content: encodePackages(parts.bundle)
    };
    const layer = await (0,_layer_js__WEBPACK_IMPORTED_MODULE_0__/* .createLayer */ .A)(APP_FOLDER, [
        ...parts.bundle.files,
        packages
    ]);
    const config = imageConfig(parts, layer.diffId);
    const configBytes = (0,_oci_js__WEBPACK_IMPORTED_MODULE_1__/* .encodeJson */ .Pr)(config);
    const manifest = {
        schemaVersion: 2,
        mediaType: _oci_js__WEBPACK_IMPORTED_MODULE_1__/* .MANIFEST_TYPE */ .b3,
        config: (0,_oci_js__WEBPACK_IMPORTED_MODULE_1__/* .describeBlob */ .fs)(_oci_js__WEBPACK_IMPORTED_MODULE_1__/* .CONFIG_TYPE */ .Om, configBytes),
        layers: [
            ...parts.base.layers,
            (0,_oci_js__WEBPACK_IMPORTED_MODULE_1__/* .describeBlob */ .fs)(_oci_js__WEBPACK_IMPORTED_MODULE_1__/* .LAYER_TYPE */ .Nl, layer.bytes)
        ],
        annotations: {
            ...imageLabels(parts),
            ...parts.base.annotations
        }
    };
    const manifestBytes = (0,_oci_js__WEBPACK_IMPORTED_MODULE_1__/* .encodeJson */ .Pr)(manifest);
    const platform = {
        os: "linux",
        architecture: parts.architecture
    };
    const descriptor = {
        ...(0,_oci_js__WEBPACK_IMPORTED_MODULE_1__/* .describeBlob */ .fs)(_oci_js__WEBPACK_IMPORTED_MODULE_1__/* .MANIFEST_TYPE */ .b3, manifestBytes),
        platform
    };
    const blobs = new Map([
        manifestBytes,
        configBytes,
        layer.bytes
    ].map((bytes)=>[
            (0,_oci_js__WEBPACK_IMPORTED_MODULE_1__/* .describeBlob */ .fs)("", bytes).digest,
            bytes
        ]));
    return {
        descriptor,
        manifest,
        config,
        blobs,
        remoteLayers: parts.base.layers
    };
}
/** Bytes of an image's layers as a registry stores them. */ const imageSize = (image)=>image.manifest.layers.reduce((sum, layer)=>sum + layer.size, 0);
function imageConfig(parts, diffId) {
    const { agent, base, source, architecture } = parts;
    const created = source.committedAt.toISOString();
    const own = {
        AGENT_NAME: agent.name,
        AGENT_VERSION: source.version,
        AGENT_COMMIT: source.commit,
        NODE_ENV: "production"
    };
    return {
        created,
        os: "linux",
        architecture,
        config: {
            User: "1000:1000",
            ExposedPorts: {
                [`${agent.container.port}/tcp`]: {}
            },
            Env: [
                ...base.env,
                ...Object.entries(own).map(([name, value])=>`${name}=${value}`)
            ],
            Entrypoint: [
                "node",
                `/${APP_FOLDER}/index.js`
            ],
            WorkingDir: `/${APP_FOLDER}`,
            Labels: {
                ...imageLabels(parts),
                ...base.labels
            }
        },
        rootfs: {
            type: "layers",
            diff_ids: [
                ...base.diffIds,
                diffId
            ]
        },
        history: [
            ...base.history,
            {
                created,
                created_by: `build-image ${agent.build.kind} ${agent.name}`
            }
        ]
    };
}
/** The OCI image specification's own annotation names. */ function imageLabels({ agent, source }) {
    return {
        "org.opencontainers.image.created": source.committedAt.toISOString(),
        "org.opencontainers.image.revision": source.commit,
        ...source.url ? {
            "org.opencontainers.image.source": source.url
        } : {},
        "org.opencontainers.image.title": agent.name,
        "org.opencontainers.image.version": source.version
    };
}
const encodePackages = (bundle)=>Buffer.from(`${JSON.stringify({
        format: 1,
        packages: bundle.packages
    }, null, 2)}\n`);


/***/ }),

/***/ 5984:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   A: () => (/* binding */ createLayer),
/* harmony export */   Y: () => (/* binding */ readLayerFile)
/* harmony export */ });
/* harmony import */ var node_stream__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7075);
/* harmony import */ var node_stream_consumers__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8321);
/* harmony import */ var node_zlib__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8522);
/* harmony import */ var fflate__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(4589);
/* harmony import */ var tar_stream__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(497);
/* harmony import */ var _oci_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(5408);






const EPOCH = new Date(0);
/**
 * Packs files under `folder` (e.g. `app`) into a layer whose bytes depend on nothing but their paths and contents:
 * sorted entries, owner 0:0, times 0, modes 644 and 755. The compressor is JavaScript (fflate), not `node:zlib`: zlib's
 * output changes with its version, its build and the processor, so it would change the image's digest with the machine.
 */ async function createLayer(folder, files) {
    const tar = (0,tar_stream__WEBPACK_IMPORTED_MODULE_3__.pack)();
    const names = files.map((file)=>`${folder}/${file.path}`);
    const folders = new Set(names.flatMap(parents));
    for (const name of [
        ...folders
    ].sort())tar.entry({
        name: `${name}/`,
        type: "directory",
        mode: 0o755,
        mtime: EPOCH,
        uid: 0,
        gid: 0
    });
    const sorted = files.toSorted((a, b)=>a.path < b.path ? -1 : 1);
    for (const { path, content } of sorted)tar.entry({
        name: `${folder}/${path}`,
        mode: 0o644,
        mtime: EPOCH,
        uid: 0,
        gid: 0
    }, Buffer.from(content));
    tar.finalize();
    const bytes = await (0,node_stream_consumers__WEBPACK_IMPORTED_MODULE_1__.buffer)(tar);
    return {
        bytes: (0,fflate__WEBPACK_IMPORTED_MODULE_5__/* .gzipSync */ .u3)(bytes, {
            level: 9,
            mtime: 0
        }),
        diffId: (0,_oci_js__WEBPACK_IMPORTED_MODULE_4__/* .sha256 */ .sc)(bytes)
    };
}
/**
 * One file of a layer; undefined when the layer does not have it.
 * @throws when the layer is not a gzipped tar.
 */ async function readLayerFile(layer, name) {
    const reader = (0,tar_stream__WEBPACK_IMPORTED_MODULE_3__.extract)();
    node_stream__WEBPACK_IMPORTED_MODULE_0__.Readable.from([
        (0,node_zlib__WEBPACK_IMPORTED_MODULE_2__.gunzipSync)(layer)
    ]).pipe(reader);
    let found;
    for await (const entry of reader){
        // A later entry of the same name replaces an earlier one, as unpacking would.
        if (entry.header.name === name) found = await (0,node_stream_consumers__WEBPACK_IMPORTED_MODULE_1__.buffer)(entry);
        else entry.resume();
    }
    return found;
}
const parents = (path)=>path.split("/").flatMap((_part, index, parts)=>index === 0 ? [] : [
            parts.slice(0, index).join("/")
        ]);


/***/ }),

/***/ 4087:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   PC: () => (/* binding */ labelsOf),
/* harmony export */   Rd: () => (/* binding */ LayoutError),
/* harmony export */   T4: () => (/* binding */ readLayout),
/* harmony export */   wy: () => (/* binding */ writeLayout)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6760);
/* harmony import */ var valibot__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(1969);
/* harmony import */ var _action_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9678);
/* harmony import */ var _oci_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(5408);






/** A layout that is incomplete or not what its digests say; nothing of it may be used. */ class LayoutError extends _action_js__WEBPACK_IMPORTED_MODULE_3__/* .ActionError */ .lZ {
}
/**
 * Writes an OCI image layout (image specification 1.1) into `folder`, which is replaced when it holds a layout.
 * The folder appears whole or not at all.
 * @throws {LayoutError} when the folder holds something else.
 */ async function writeLayout(folder, image) {
    const target = (0,node_path__WEBPACK_IMPORTED_MODULE_2__.resolve)(folder);
    if ((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.existsSync)(target) && (await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.readdir)(target)).length > 0 && !(0,node_fs__WEBPACK_IMPORTED_MODULE_0__.existsSync)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(target, "oci-layout"))) throw new LayoutError(`${folder} holds files that are not an image layout. Give a folder that is new or empty.`);
    await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.mkdir)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.dirname)(target), {
        recursive: true
    });
    const fresh = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.mkdtemp)(`${target}.`);
    try {
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.mkdir)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(fresh, "blobs", "sha256"), {
            recursive: true
        });
        for (const [digest, bytes] of image.blobs)await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.writeFile)(blobPath(fresh, digest), bytes);
        const index = {
            schemaVersion: 2,
            mediaType: _oci_js__WEBPACK_IMPORTED_MODULE_4__/* .INDEX_TYPE */ .cp,
            manifests: [
                image.descriptor
            ]
        };
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.writeFile)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(fresh, "index.json"), (0,_oci_js__WEBPACK_IMPORTED_MODULE_4__/* .encodeJson */ .Pr)(index));
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.writeFile)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(fresh, "oci-layout"), (0,_oci_js__WEBPACK_IMPORTED_MODULE_4__/* .encodeJson */ .Pr)({
            imageLayoutVersion: "1.0.0"
        }));
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.rm)(target, {
            recursive: true,
            force: true
        });
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.rename)(fresh, target);
    } catch (error) {
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.rm)(fresh, {
            recursive: true,
            force: true
        });
        throw error;
    }
}
/**
 * Reads the one image of a layout and checks every byte against its digest and size.
 * @throws {LayoutError} naming the first thing that is wrong.
 */ async function readLayout(folder) {
    const layout = new LayoutFolder(folder);
    await layout.marker();
    const index = await layout.json("index.json", _oci_js__WEBPACK_IMPORTED_MODULE_4__/* .indexSchema */ .me);
    const [descriptor, ...others] = index.manifests;
    if (!descriptor || others.length > 0) throw layout.error(`index.json names ${index.manifests.length} images; there must be exactly one`);
    if (descriptor.mediaType !== _oci_js__WEBPACK_IMPORTED_MODULE_4__/* .MANIFEST_TYPE */ .b3) throw layout.error(`index.json names a ${descriptor.mediaType}; the image must be a ${_oci_js__WEBPACK_IMPORTED_MODULE_4__/* .MANIFEST_TYPE */ .b3}`);
    const manifest = layout.parse("the manifest", await layout.blob(descriptor), _oci_js__WEBPACK_IMPORTED_MODULE_4__/* .manifestSchema */ .rc);
    const config = layout.parse("the config", await layout.blob(manifest.config), _oci_js__WEBPACK_IMPORTED_MODULE_4__/* .configSchema */ .Qn);
    if (config.rootfs.diff_ids.length !== manifest.layers.length) throw layout.error(`the config lists ${config.rootfs.diff_ids.length} layers, the manifest ${manifest.layers.length}`);
    const own = manifest.layers.at(-1);
    const hasRemoteBase = manifest.annotations?.[_oci_js__WEBPACK_IMPORTED_MODULE_4__/* .BASE_DIGEST */ .rz] !== undefined;
    const remoteLayers = [];
    for (const layer of manifest.layers)if (hasRemoteBase && layer !== own && !layout.has(layer)) remoteLayers.push(layer);
    else await layout.blob(layer);
    return {
        descriptor,
        manifest,
        config,
        blobs: layout.blobs,
        remoteLayers
    };
}
/** Labels of an image's config; `{}` when it has none. */ const labelsOf = (config)=>config.config?.Labels ?? {};
class LayoutFolder {
    blobs = new Map();
    folder;
    constructor(folder){
        this.folder = folder;
    }
    error(reason) {
        return new LayoutError(`The image layout ${this.folder} cannot be used: ${reason}. Build the image again.`);
    }
    async marker() {
        const marker = await this.json("oci-layout", valibot__WEBPACK_IMPORTED_MODULE_5__/* .looseObject */ ._H3({
            imageLayoutVersion: valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP()
        }));
        if (marker.imageLayoutVersion !== "1.0.0") throw this.error(`its version is ${marker.imageLayoutVersion}; 1.0.0 is what can be read`);
    }
    async json(name, schema) {
        return this.parse(name, await this.read(name), schema);
    }
    parse(name, bytes, schema) {
        let value;
        try {
            value = JSON.parse(Buffer.from(bytes).toString("utf8"));
        } catch  {
            throw this.error(`${name} is not JSON`);
        }
        const result = valibot__WEBPACK_IMPORTED_MODULE_5__/* .safeParse */ .xLC(schema, value);
        if (result.success) return result.output;
        const [issue] = result.issues;
        throw this.error(`${name} is wrong at ${valibot__WEBPACK_IMPORTED_MODULE_5__/* .getDotPath */ .BuJ(issue) ?? "its top"}: ${issue.message}`);
    }
    has(descriptor) {
        return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.existsSync)(blobPath(this.folder, descriptor.digest));
    }
    async blob(descriptor) {
        const name = blobPath("", descriptor.digest);
        const bytes = await this.read(name);
        if (bytes.byteLength !== descriptor.size) throw this.error(`${name} has ${bytes.byteLength} bytes, its descriptor says ${descriptor.size}`);
        if ((0,_oci_js__WEBPACK_IMPORTED_MODULE_4__/* .sha256 */ .sc)(bytes) !== descriptor.digest) throw this.error(`${name} does not have the content that its name says`);
        this.blobs.set(descriptor.digest, bytes);
        return bytes;
    }
    async read(name) {
        try {
            return await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.readFile)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(this.folder, name));
        } catch (cause) {
            const { code } = cause;
            throw this.error(code === "ENOENT" ? `${name} is missing` : `${name} cannot be read (${code})`);
        }
    }
}
const blobPath = (folder, digest)=>(0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(folder, "blobs", "sha256", digest.slice("sha256:".length));


/***/ }),

/***/ 5408:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $: () => (/* binding */ DOCKER_INDEX_TYPE),
/* harmony export */   IG: () => (/* binding */ BASE_NAME),
/* harmony export */   Nl: () => (/* binding */ LAYER_TYPE),
/* harmony export */   Om: () => (/* binding */ CONFIG_TYPE),
/* harmony export */   Pr: () => (/* binding */ encodeJson),
/* harmony export */   Qn: () => (/* binding */ configSchema),
/* harmony export */   Wc: () => (/* binding */ DOCKER_LAYER_TYPE),
/* harmony export */   b3: () => (/* binding */ MANIFEST_TYPE),
/* harmony export */   cj: () => (/* binding */ DOCKER_MANIFEST_TYPE),
/* harmony export */   cp: () => (/* binding */ INDEX_TYPE),
/* harmony export */   fs: () => (/* binding */ describeBlob),
/* harmony export */   kh: () => (/* binding */ HOST_NODE),
/* harmony export */   me: () => (/* binding */ indexSchema),
/* harmony export */   rc: () => (/* binding */ manifestSchema),
/* harmony export */   rz: () => (/* binding */ BASE_DIGEST),
/* harmony export */   sc: () => (/* binding */ sha256),
/* harmony export */   vZ: () => (/* binding */ BASE_LABEL)
/* harmony export */ });
/* unused harmony export descriptorSchema */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var valibot__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1969);
/* harmony import */ var _reference_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6808);



/** The parts of the OCI image specification 1.1 that this platform writes and reads. */ const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";
/** Docker's older names for the same things; a base image may carry them. */ const DOCKER_MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_INDEX_TYPE = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_LAYER_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const BASE_NAME = "org.opencontainers.image.base.name";
const BASE_DIGEST = "org.opencontainers.image.base.digest";
/** Label of the sandbox's base, which holds no files: the process driver runs the host's Node. */ const BASE_LABEL = "dev.karmacadabra.base";
const HOST_NODE = "host-node";
const texts = valibot__WEBPACK_IMPORTED_MODULE_2__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP());
const digest = valibot__WEBPACK_IMPORTED_MODULE_2__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_2__/* .check */ .z6Y(_reference_js__WEBPACK_IMPORTED_MODULE_1__/* .isDigest */ .Bc, "sha256: and 64 hexadecimal digits"));
const descriptorSchema = valibot__WEBPACK_IMPORTED_MODULE_2__/* .looseObject */ ._H3({
    mediaType: valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(),
    digest,
    size: valibot__WEBPACK_IMPORTED_MODULE_2__/* .pipe */ .FsL(valibot__WEBPACK_IMPORTED_MODULE_2__/* .number */ .aig(), valibot__WEBPACK_IMPORTED_MODULE_2__/* .integer */ .ndf(), valibot__WEBPACK_IMPORTED_MODULE_2__/* .minValue */ .Wwf(0)),
    annotations: valibot__WEBPACK_IMPORTED_MODULE_2__/* .optional */ .lqM(texts),
    platform: valibot__WEBPACK_IMPORTED_MODULE_2__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_2__/* .looseObject */ ._H3({
        os: valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(),
        architecture: valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
    }))
});
const manifestSchema = valibot__WEBPACK_IMPORTED_MODULE_2__/* .looseObject */ ._H3({
    schemaVersion: valibot__WEBPACK_IMPORTED_MODULE_2__/* .literal */ .euz(2),
    mediaType: valibot__WEBPACK_IMPORTED_MODULE_2__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()),
    config: descriptorSchema,
    layers: valibot__WEBPACK_IMPORTED_MODULE_2__/* .array */ .YOg(descriptorSchema),
    annotations: valibot__WEBPACK_IMPORTED_MODULE_2__/* .optional */ .lqM(texts)
});
const indexSchema = valibot__WEBPACK_IMPORTED_MODULE_2__/* .looseObject */ ._H3({
    schemaVersion: valibot__WEBPACK_IMPORTED_MODULE_2__/* .literal */ .euz(2),
    manifests: valibot__WEBPACK_IMPORTED_MODULE_2__/* .array */ .YOg(descriptorSchema)
});
const configSchema = valibot__WEBPACK_IMPORTED_MODULE_2__/* .looseObject */ ._H3({
    created: valibot__WEBPACK_IMPORTED_MODULE_2__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()),
    os: valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(),
    architecture: valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(),
    config: valibot__WEBPACK_IMPORTED_MODULE_2__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_2__/* .looseObject */ ._H3({
        Env: valibot__WEBPACK_IMPORTED_MODULE_2__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_2__/* .nullable */ .mee(valibot__WEBPACK_IMPORTED_MODULE_2__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()))),
        Labels: valibot__WEBPACK_IMPORTED_MODULE_2__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_2__/* .nullable */ .mee(texts)),
        Entrypoint: valibot__WEBPACK_IMPORTED_MODULE_2__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_2__/* .nullable */ .mee(valibot__WEBPACK_IMPORTED_MODULE_2__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP())))
    })),
    rootfs: valibot__WEBPACK_IMPORTED_MODULE_2__/* .looseObject */ ._H3({
        type: valibot__WEBPACK_IMPORTED_MODULE_2__/* .literal */ .euz("layers"),
        diff_ids: valibot__WEBPACK_IMPORTED_MODULE_2__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP())
    }),
    history: valibot__WEBPACK_IMPORTED_MODULE_2__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_2__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_2__/* .looseObject */ ._H3({})))
});
const sha256 = (bytes)=>`sha256:${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)("sha256").update(bytes).digest("hex")}`;
/** JSON as it is stored: its bytes are what a digest names, so keys keep the order in which they were written. */ const encodeJson = (value)=>Buffer.from(JSON.stringify(value));
const describeBlob = (mediaType, bytes)=>({
        mediaType,
        digest: sha256(bytes),
        size: bytes.byteLength
    });


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

/***/ 1934:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./actions/lib/action.js + 1 modules
var action = __webpack_require__(9678);
// EXTERNAL MODULE: ./actions/lib/clock.js
var clock = __webpack_require__(7376);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
;// CONCATENATED MODULE: ./actions/lib/images/severity.js
const SEVERITIES = [
    "low",
    "medium",
    "high",
    "critical"
];
/**
 * How bad an advisory is for one affected package: the worst of what it states by name and by CVSS vector; undefined
 * when it states nothing that can be read (CVSS 4 vectors are not computed: their records name a severity as well).
 */ function severityOf(advisory, affected) {
    const named = [
        advisory.database_specific?.severity,
        affected?.database_specific?.severity
    ].map(byName);
    const scored = [
        ...advisory.severity ?? [],
        ...affected?.severity ?? []
    ].map(byScore);
    const found = [
        ...named,
        ...scored
    ].filter((severity)=>severity !== undefined);
    return found.sort((a, b)=>SEVERITIES.indexOf(b) - SEVERITIES.indexOf(a))[0];
}
const atLeast = (severity, threshold)=>SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(threshold);
function byName(name) {
    const lower = name?.toLowerCase();
    return lower === "moderate" ? "medium" : SEVERITIES.find((severity)=>severity === lower);
}
function byScore({ type, score }) {
    const base = type === "CVSS_V3" ? cvss3BaseScore(score) : undefined;
    if (base === undefined) return undefined;
    // The qualitative scale of the CVSS 3.1 specification, section 5; a score of 0 has no severity to act on.
    if (base >= 9) return "critical";
    if (base >= 7) return "high";
    if (base >= 4) return "medium";
    return "low";
}
/** Weights of the base metrics, CVSS 3.1 specification, section 7.4. */ const WEIGHTS = {
    AV: {
        N: 0.85,
        A: 0.62,
        L: 0.55,
        P: 0.2
    },
    AC: {
        L: 0.77,
        H: 0.44
    },
    UI: {
        N: 0.85,
        R: 0.62
    },
    C: {
        H: 0.56,
        L: 0.22,
        N: 0
    },
    I: {
        H: 0.56,
        L: 0.22,
        N: 0
    },
    A: {
        H: 0.56,
        L: 0.22,
        N: 0
    }
};
const PRIVILEGES = {
    N: [
        0.85,
        0.85
    ],
    L: [
        0.62,
        0.68
    ],
    H: [
        0.27,
        0.5
    ]
};
/** Base score of a CVSS 3.0 or 3.1 vector (specification section 7.1); undefined when it is not a whole vector. */ function cvss3BaseScore(vector) {
    const [version, ...parts] = vector.split("/");
    if (version !== "CVSS:3.0" && version !== "CVSS:3.1") return undefined;
    const metrics = Object.fromEntries(parts.map((part)=>part.split(":")));
    const changed = metrics.S === "C";
    if (!changed && metrics.S !== "U") return undefined;
    const weight = (name)=>WEIGHTS[name]?.[metrics[name] ?? ""] ?? Number.NaN;
    const privileges = PRIVILEGES[metrics.PR ?? ""]?.[changed ? 1 : 0] ?? Number.NaN;
    const lost = 1 - (1 - weight("C")) * (1 - weight("I")) * (1 - weight("A"));
    const impact = changed ? 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 : 6.42 * lost;
    const exploitability = 8.22 * weight("AV") * weight("AC") * privileges * weight("UI");
    if (Number.isNaN(impact + exploitability)) return undefined;
    if (impact <= 0) return 0;
    return roundUp(Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10));
}
/** The smallest number with one decimal that is not smaller; in integers, as the specification's appendix A has it. */ function roundUp(value) {
    const scaled = Math.round(value * 100_000);
    return scaled % 10_000 === 0 ? scaled / 100_000 : (Math.floor(scaled / 10_000) + 1) / 10;
}

;// CONCATENATED MODULE: ./actions/scan-image/inputs.js


const inputs_text = dist/* pipe */.FsL(dist/* string */.YjP(), dist/* minLength */.BpQ(1));
/** Inputs of `scan-image`, by the names of action.yml. */ const inputs = dist/* strictObject */.rej({
    layout: inputs_text,
    advisories: dist/* optional */.lqM(inputs_text),
    "fail-on": dist/* optional */.lqM(dist/* picklist */.KIO(SEVERITIES), "high"),
    "on-inconclusive": dist/* optional */.lqM(dist/* picklist */.KIO([
        "warn",
        "block"
    ]), "warn"),
    report: dist/* optional */.lqM(inputs_text)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
;// CONCATENATED MODULE: ./actions/lib/images/advisories.js



/** Advisory records in the OSV format (ossf.github.io/osv-schema), as far as matching npm packages needs them. */ const texts = dist/* array */.YOg(dist/* string */.YjP());
const advisories_event = dist/* looseObject */._H3({
    introduced: dist/* optional */.lqM(dist/* string */.YjP()),
    fixed: dist/* optional */.lqM(dist/* string */.YjP()),
    last_affected: dist/* optional */.lqM(dist/* string */.YjP()),
    limit: dist/* optional */.lqM(dist/* string */.YjP())
});
const severity = dist/* looseObject */._H3({
    type: dist/* string */.YjP(),
    score: dist/* string */.YjP()
});
const specific = dist/* optional */.lqM(dist/* nullable */.mee(dist/* looseObject */._H3({
    severity: dist/* optional */.lqM(dist/* nullable */.mee(dist/* string */.YjP()))
})));
const affected = dist/* looseObject */._H3({
    package: dist/* optional */.lqM(dist/* looseObject */._H3({
        ecosystem: dist/* string */.YjP(),
        name: dist/* string */.YjP()
    })),
    ranges: dist/* optional */.lqM(dist/* nullable */.mee(dist/* array */.YOg(dist/* looseObject */._H3({
        type: dist/* string */.YjP(),
        events: dist/* array */.YOg(advisories_event)
    })))),
    versions: dist/* optional */.lqM(dist/* nullable */.mee(texts)),
    severity: dist/* optional */.lqM(dist/* nullable */.mee(dist/* array */.YOg(severity))),
    database_specific: specific
});
const advisorySchema = dist/* looseObject */._H3({
    id: dist/* pipe */.FsL(dist/* string */.YjP(), dist/* minLength */.BpQ(1)),
    modified: dist/* pipe */.FsL(dist/* string */.YjP(), dist/* isoTimestamp */.yhX()),
    withdrawn: dist/* optional */.lqM(dist/* nullable */.mee(dist/* string */.YjP())),
    aliases: dist/* optional */.lqM(dist/* nullable */.mee(texts)),
    summary: dist/* optional */.lqM(dist/* nullable */.mee(dist/* string */.YjP())),
    severity: dist/* optional */.lqM(dist/* nullable */.mee(dist/* array */.YOg(severity))),
    affected: dist/* optional */.lqM(dist/* nullable */.mee(dist/* array */.YOg(affected))),
    database_specific: specific
});
/** Optional file of a snapshot: `{ "takenAt": "2026-01-31T12:00:00Z" }`. */ const SNAPSHOT_FILE = "snapshot.json";
const snapshotSchema = dist/* looseObject */._H3({
    takenAt: dist/* pipe */.FsL(dist/* string */.YjP(), dist/* isoTimestamp */.yhX())
});
/** Reads every `*.json` below `folder`. Never throws for bad data: what cannot be read is a problem that is reported. */ async function readAdvisories(folder) {
    const problems = [];
    const files = await listFiles(folder, problems);
    const records = [];
    let takenAt;
    for (const name of files){
        const isMeta = name === SNAPSHOT_FILE;
        const parsed = await readJson((0,external_node_path_.join)(folder, name), isMeta ? snapshotSchema : advisorySchema);
        if (typeof parsed === "string") problems.push(`${name} ${parsed}`);
        else if ("takenAt" in parsed) takenAt = new Date(parsed.takenAt);
        else records.push(parsed);
    }
    const advisories = records.filter((record)=>!record.withdrawn && (record.affected ?? []).some(isNpm));
    if (problems.length === 0 && records.length === 0) problems.push(`${folder} holds no advisory records`);
    else if (records.length > 0 && !records.some((record)=>(record.affected ?? []).some(isNpm))) problems.push(`${folder} holds ${records.length} records, none of them about npm packages`);
    const times = records.map((record)=>Date.parse(record.modified));
    const newest = times.reduce((latest, time)=>Math.max(latest, time), Number.NEGATIVE_INFINITY);
    return {
        advisories,
        records: records.length,
        takenAt,
        newestRecord: Number.isFinite(newest) ? new Date(newest) : undefined,
        problems
    };
}
const isNpm = (found)=>found.package?.ecosystem.split(":")[0] === "npm";
async function listFiles(folder, problems) {
    let entries;
    try {
        entries = await (0,promises_.readdir)(folder, {
            recursive: true,
            withFileTypes: true
        });
    } catch (cause) {
        problems.push(`the folder of advisories ${folder} cannot be read (${cause.code})`);
        return [];
    }
    const files = entries.filter((entry)=>entry.isFile() && entry.name.endsWith(".json"));
    return files.map((entry)=>(0,external_node_path_.join)(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}
/** The parsed record, or what is wrong with it. */ async function readJson(file, schema) {
    let value;
    try {
        value = JSON.parse(await (0,promises_.readFile)(file, "utf8"));
    } catch (cause) {
        return cause instanceof SyntaxError ? "is not JSON" : `cannot be read (${cause.code})`;
    }
    const result = dist/* safeParse */.xLC(schema, value);
    if (result.success) return result.output;
    return `is wrong at ${dist/* getDotPath */.BuJ(result.issues[0]) ?? "its top"}: ${result.issues[0].message}`;
}

// EXTERNAL MODULE: ./actions/lib/images/layout.js
var layout = __webpack_require__(4087);
// EXTERNAL MODULE: ./actions/lib/images/oci.js
var oci = __webpack_require__(5408);
// EXTERNAL MODULE: ./actions/lib/images/image.js
var images_image = __webpack_require__(7496);
// EXTERNAL MODULE: ./actions/lib/images/layer.js
var images_layer = __webpack_require__(5984);
// EXTERNAL MODULE: ./node_modules/semver/index.js
var semver = __webpack_require__(3031);
;// CONCATENATED MODULE: ./actions/lib/images/matching.js



/** All advisories that apply to the packages, the worst first. */ function matchAdvisories(packages, advisories) {
    const byName = new Map();
    for (const advisory of advisories)for (const affected of (advisory.affected ?? []).filter(isNpm)){
        const name = affected.package?.name ?? "";
        byName.set(name, [
            ...byName.get(name) ?? [],
            {
                advisory,
                affected
            }
        ]);
    }
    const findings = packages.flatMap((found)=>(byName.get(found.name) ?? []).filter(({ affected })=>isAffected(affected, found.version)).map(({ advisory, affected })=>findingOf(found, advisory, affected)));
    const unique = new Map(findings.map((finding)=>[
            `${finding.id} ${finding.package}@${finding.version}`,
            finding
        ]));
    return [
        ...unique.values()
    ].sort((a, b)=>rank(b) - rank(a) || (a.id < b.id ? -1 : 1));
}
/** OSV's evaluation: a version is affected when it is listed, or lies in a range of versions. */ function isAffected(affected, version) {
    if (affected.versions?.includes(version)) return true;
    return (affected.ranges ?? []).some((range)=>isVersionRange(range) && isInRange(range, version));
}
/** npm's ECOSYSTEM order is semantic versioning, the same as SEMVER; ranges of git commits say nothing about versions. */ const isVersionRange = (range)=>range.type === "SEMVER" || range.type === "ECOSYSTEM";
function isInRange(range, version) {
    if (!(0,semver.valid)(version)) return false;
    const limits = range.events.flatMap((event)=>event.limit ? [
            event.limit
        ] : []);
    if (limits.length > 0 && !limits.some((limit)=>limit === "*" || before(version, limit))) return false;
    const events = range.events.filter((event)=>event.limit === undefined);
    // Where a range ends at the version at which it begins, the end counts.
    const sorted = events.toSorted((a, b)=>order(versionOf(a), versionOf(b)) || Number(a.introduced === undefined) - Number(b.introduced === undefined));
    let inside = false;
    for (const event of sorted){
        if (event.introduced !== undefined && order(version, versionOf(event)) >= 0) inside = true;
        else if (event.fixed !== undefined && order(version, event.fixed) >= 0) inside = false;
        else if (event.last_affected !== undefined && order(version, event.last_affected) > 0) inside = false;
    }
    return inside;
}
/** An `introduced` that is no version counts as the very first: doubt must not hide an affected version. */ const versionOf = ({ introduced, fixed, last_affected })=>introduced === undefined ? fixed ?? last_affected ?? "0" : (0,semver.valid)(introduced) ? introduced : "0";
/** `0` is before every version; a limit that is no version is after all, so that it never hides an affected one. */ function order(a, b) {
    if (a === b) return 0;
    if (a === "0") return -1;
    if (b === "0") return 1;
    const [left, right] = [
        (0,semver.valid)(a),
        (0,semver.valid)(b)
    ];
    if (left && right) return (0,semver.compare)(left, right);
    return left ? -1 : 1;
}
const before = (a, b)=>order(a, b) < 0;
function findingOf(found, advisory, affected) {
    const entries = (advisory.affected ?? []).filter((entry)=>isNpm(entry) && entry.package?.name === found.name);
    const ranges = entries.flatMap((entry)=>entry.ranges ?? []).filter(isVersionRange);
    const fixes = ranges.flatMap((range)=>range.events.map((event)=>event.fixed)).filter((fix)=>fix !== undefined);
    const later = fixes.filter((fix)=>(0,semver.valid)(fix) && before(found.version, fix));
    const sound = later.filter((fix)=>!entries.some((entry)=>isAffected(entry, fix)));
    return {
        id: advisory.id,
        aliases: advisory.aliases ?? [],
        summary: advisory.summary ?? "",
        package: found.name,
        version: found.version,
        severity: severityOf(advisory, affected),
        fixedIn: sound.sort(order)[0]
    };
}
/** An unknown severity ranks highest: somebody must look at it. */ const rank = (finding)=>finding.severity ? [
        "low",
        "medium",
        "high",
        "critical"
    ].indexOf(finding.severity) : 4;

;// CONCATENATED MODULE: ./actions/lib/images/scan.js






const packagesSchema = dist/* object */.Ikc({
    format: dist/* literal */.euz(1),
    packages: dist/* array */.YOg(dist/* object */.Ikc({
        name: dist/* string */.YjP(),
        version: dist/* string */.YjP(),
        license: dist/* string */.YjP(),
        purl: dist/* string */.YjP()
    }))
});
/**
 * The npm packages whose code is in an image, from the list inside its own layer, which its digest vouches for.
 * @throws {LayoutError} when the image has no such list.
 */ async function packagesInImage(image) {
    const own = image.manifest.layers.at(-1);
    const layer = own && image.blobs.get(own.digest);
    const name = `${images_image/* APP_FOLDER */.jB}/${images_image/* PACKAGES_FILE */.FV}`;
    const file = layer && await (0,images_layer/* readLayerFile */.Y)(layer, name).catch(()=>undefined);
    if (!file) throw new layout/* LayoutError */.Rd(`The image has no list of its packages (/${name} in its last layer). Build it again.`);
    try {
        return dist/* parse */.qgA(packagesSchema, JSON.parse(file.toString("utf8"))).packages;
    } catch (cause) {
        throw new layout/* LayoutError */.Rd(`The image's list of packages, /${name}, is wrong: ${cause.message}.`);
    }
}
/** Judges packages by a snapshot of advisories. A finding decides even when the data are not whole; silence does not. */ function judge(packages, snapshot, failOn) {
    const findings = matchAdvisories(packages, snapshot.advisories);
    const blocking = findings.filter((finding)=>finding.severity && atLeast(finding.severity, failOn));
    const unrated = findings.filter((finding)=>!finding.severity);
    const problems = [
        ...snapshot.problems,
        ...unrated.map(({ id, package: name })=>`${id} (${name}) states no severity that can be read`)
    ];
    const verdict = blocking.length > 0 ? "fail" : problems.length > 0 ? "inconclusive" : "pass";
    return {
        verdict,
        findings,
        blocking,
        problems
    };
}

;// CONCATENATED MODULE: ./actions/scan-image/table.js
const COLUMNS = [
    "severity",
    "advisory",
    "package",
    "version",
    "fixed in",
    "summary"
];
const cells = (finding)=>[
        finding.severity ?? "unknown",
        finding.id,
        finding.package,
        finding.version,
        finding.fixedIn ?? "-",
        finding.summary.slice(0, 80)
    ];
/** Findings in aligned columns for a log; no lines when there are none. */ function findingsTable(findings) {
    if (findings.length === 0) return [];
    const rows = [
        [
            ...COLUMNS
        ],
        ...findings.map(cells)
    ];
    const widths = COLUMNS.map((_name, column)=>Math.max(...rows.map((row)=>row[column]?.length ?? 0)));
    return rows.map((row)=>row.map((cell, column)=>cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}
/** Findings and problems for a job summary. Advisory texts come from outside: nothing of them may become markup. */ function findingsMarkdown(result) {
    const row = (texts)=>`| ${texts.join(" | ")} |`;
    const table = [
        row(COLUMNS),
        row(COLUMNS.map(()=>"---")),
        ...result.findings.map((found)=>row(cells(found).map(plain)))
    ];
    return [
        ...result.findings.length > 0 ? table : [],
        ...result.problems.map((problem)=>`- ${plain(problem)}`)
    ];
}
const plain = (text)=>text.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\`*_{}[\]<>#|!~@]/g, "\\$&");

;// CONCATENATED MODULE: ./actions/scan-image/scan-image.js








/** Lists the npm packages of an image, matches them with known advisories and gates on their severity. */ async function scanImage(inputs, progress, { env, clock }) {
    const folder = (0,external_node_path_.resolve)(env.GITHUB_WORKSPACE ?? ".", inputs.layout);
    let image;
    let packages;
    try {
        image = await (0,layout/* readLayout */.T4)(folder);
        packages = await packagesInImage(image);
    } catch (error) {
        if (!(error instanceof layout/* LayoutError */.Rd)) throw error;
        return {
            outputs: {
                verdict: "error"
            },
            failure: {
                title: "The image cannot be scanned",
                message: error.message
            }
        };
    }
    const snapshot = await advisoriesOf(inputs, env);
    const result = judge(packages, snapshot, inputs["fail-on"]);
    const scope = scopeOf({
        image,
        packages: packages.length,
        snapshot,
        now: clock.now()
    });
    progress.line(scope);
    for (const line of findingsTable(result.findings))progress.line(line);
    for (const problem of result.problems)progress.line(`problem: ${problem}`);
    progress.line(`verdict: ${sentence(result, inputs)}`);
    const report = {
        digest: image.descriptor.digest,
        failOn: inputs["fail-on"],
        scope,
        packages,
        ...result
    };
    const reportFile = await writeReport(inputs, env, report);
    return {
        outputs: {
            verdict: result.verdict,
            packages: String(packages.length),
            findings: String(result.findings.length),
            ...reportFile ? {
                report: reportFile
            } : {}
        },
        summary: [
            `Scan: **${result.verdict}**. ${sentence(result, inputs)}. ${scope}.`,
            "",
            ...findingsMarkdown(result),
            ""
        ].join("\n"),
        ...gate(result, inputs)
    };
}
async function advisoriesOf(inputs, env) {
    const none = (problem)=>({
            advisories: [],
            records: 0,
            problems: [
                problem
            ]
        });
    if (!inputs.advisories) return none("no folder of advisories was given (input advisories)");
    const folder = (0,external_node_path_.resolve)(env.GITHUB_WORKSPACE ?? ".", inputs.advisories);
    return (0,external_node_fs_.existsSync)(folder) ? readAdvisories(folder) : none(`there is no folder of advisories at ${inputs.advisories}/`);
}
/** What was looked at, and what was not: a base's own packages are not in the layout. */ function scopeOf({ image, packages, snapshot, now }) {
    const { annotations = {} } = image.manifest;
    const base = annotations[oci/* BASE_NAME */.IG] ? `; the base ${annotations[oci/* BASE_NAME */.IG]}@${annotations[oci/* BASE_DIGEST */.rz]} was not examined` : `; base ${(0,layout/* labelsOf */.PC)(image.config)[oci/* BASE_LABEL */.vZ] ?? "unknown"} was not examined`;
    const age = snapshot.takenAt ? `taken ${days(snapshot.takenAt, now)} ago` : snapshot.newestRecord ? `of unknown age, newest record ${days(snapshot.newestRecord, now)} old` : "without a date";
    return `${packages} npm packages in the bundle, ${snapshot.records} advisory records ${age}${base}`;
}
const days = (from, to)=>`${Math.max(0, Math.floor((to.getTime() - from.getTime()) / 86_400_000))} days`;
function sentence(result, inputs) {
    if (result.verdict === "fail") return `${result.blocking.length} of ${result.findings.length} findings are ${inputs["fail-on"]} or worse`;
    if (result.verdict === "inconclusive") return `nothing ${inputs["fail-on"]} or worse was found, but that proves nothing: ${result.problems[0]}`;
    return result.findings.length === 0 ? "no known vulnerability" : `${result.findings.length} findings, all below ${inputs["fail-on"]}`;
}
/** The report for machines; nothing is written when no file was asked for. */ async function writeReport(inputs, env, report) {
    if (!inputs.report) return undefined;
    const file = (0,external_node_path_.resolve)(env.GITHUB_WORKSPACE ?? ".", inputs.report);
    await (0,promises_.mkdir)((0,external_node_path_.dirname)(file), {
        recursive: true
    });
    await (0,promises_.writeFile)(file, `${JSON.stringify(report, null, 2)}\n`);
    return file;
}
function gate(result, inputs) {
    if (result.verdict === "pass") return {};
    const blocks = result.verdict === "fail" || inputs["on-inconclusive"] === "block";
    const fixes = result.blocking.map(({ id, package: name, version, fixedIn })=>`${id}: ${name} ${version}, ${fixedIn ? `fixed in ${fixedIn}` : "no fix is known"}`);
    const message = [
        `Scan verdict ${result.verdict}: ${sentence(result, inputs)}.`,
        ...fixes
    ].join("\n");
    return blocks ? {
        failure: {
            title: "Image scan",
            message
        }
    } : {
        warnings: [
            message
        ]
    };
}

;// CONCATENATED MODULE: ./actions/scan-image/main.js




const main = ()=>(0,action/* runAction */.Cs)({
        name: "scan-image",
        inputs: inputs,
        run: (given, progress, env)=>scanImage(given, progress, {
                env,
                clock: (0,clock/* environmentClock */.u)(env)
            })
    });


/***/ })

};
