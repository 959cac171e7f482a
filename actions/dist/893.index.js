export const id = 893;
export const ids = [893];
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

/***/ 3568:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  b: () => (/* binding */ RegistryClient),
  T: () => (/* binding */ parseStored)
});

// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
// EXTERNAL MODULE: ./actions/lib/action.js + 1 modules
var action = __webpack_require__(9678);
// EXTERNAL MODULE: ./actions/lib/images/oci.js
var oci = __webpack_require__(5408);
// EXTERNAL MODULE: ./actions/lib/images/reference.js
var reference = __webpack_require__(6808);
;// CONCATENATED MODULE: ./actions/lib/images/registry-http.js


/** A failure that may pass: the connection broke, the registry was busy or broken for a moment. */ class PassingFailure extends Error {
}
/** Limits on real work in milliseconds; they never follow a faster clock. */ const REQUEST_LIMIT = 30_000;
const TRANSFER_LIMIT = 600_000;
/** HTTP as registries want it: credentials or tokens, redirects, retries with growing waits. */ class RegistryHttp {
    tokens = new Map();
    base;
    options;
    constructor(options){
        this.options = options;
        const { registry } = options;
        // Docker Hub's names say docker.io, its registry answers at another host.
        const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
        this.base = `${(0,reference/* isLocalRegistry */.rY)(registry) ? "http" : "https"}://${host}`;
    }
    /** An upload's `Location` may be a path or a URL. */ resolve(path) {
        return new URL(path, this.base);
    }
    async send(request) {
        const once = async ()=>{
            const answer = await this.exchange(request);
            if (answer.status !== 401 || this.options.credentials) return answer;
            await this.fetchToken(request, answer.headers.get("www-authenticate") ?? "");
            return this.exchange(request);
        };
        return request.once ? once() : this.retrying(`${request.method} ${this.resolve(request.path).href}`, once);
    }
    /**
   * Runs `work` until it succeeds, a failure will not pass, or its budget is spent.
   * @throws {ActionError} with the last failure.
   */ async retrying(what, work) {
        const attempts = this.options.attempts ?? 4;
        for(let attempt = 1;; attempt++){
            try {
                return await work();
            } catch (error) {
                if (!(error instanceof PassingFailure)) throw error;
                if (attempt >= attempts) throw new action/* ActionError */.lZ(`Could not ${what} in ${attempts} attempts: ${error.message}`);
                const wait = 2 ** (attempt - 2);
                this.options.say?.(`${error.message}; attempt ${attempt + 1} of ${attempts} in ${wait} s`);
                await this.options.clock.sleep(wait);
            }
        }
    }
    async exchange(request) {
        const url = this.resolve(request.path);
        const authorization = this.authorization(url, request);
        const headers = {
            ...request.headers,
            ...authorization ? {
                authorization
            } : {}
        };
        const signal = AbortSignal.timeout(request.transfersBlob ? TRANSFER_LIMIT : REQUEST_LIMIT);
        const body = request.body ? new Uint8Array(request.body) : undefined;
        try {
            const answer = await fetch(url, {
                method: request.method,
                headers,
                body,
                signal
            });
            const result = {
                status: answer.status,
                headers: answer.headers,
                body: new Uint8Array(await answer.arrayBuffer())
            };
            if (answer.status < 500 && answer.status !== 429) return result;
        } catch (cause) {
            throw new PassingFailure(`${request.method} ${url.pathname} failed: ${reason(cause)}`);
        }
        throw new PassingFailure(`${request.method} ${url.pathname} was answered with a server's error`);
    }
    /** Credentials go to the registry itself only, never to another host that it names. */ authorization(url, request) {
        if (url.origin !== new URL(this.base).origin) return undefined;
        const { credentials } = this.options;
        const token = this.tokens.get(scopeOf(request));
        if (token) return `Bearer ${token}`;
        if (!credentials) return undefined;
        return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
    }
    /** The distribution project's token scheme: a public repository gives anyone a token to read. */ async fetchToken(request, challenge) {
        const fields = Object.fromEntries([
            ...challenge.matchAll(/(\w+)="([^"]*)"/g)
        ].map((m)=>[
                m[1],
                m[2]
            ]));
        if (!/^bearer /i.test(challenge) || !fields.realm) return;
        const url = new URL(fields.realm);
        if (url.protocol !== "https:" && !(0,reference/* isLocalRegistry */.rY)(url.host)) return;
        if (fields.service) url.searchParams.set("service", fields.service);
        url.searchParams.set("scope", scopeOf(request));
        const answer = await fetch(url, {
            signal: AbortSignal.timeout(REQUEST_LIMIT)
        });
        if (!answer.ok) return;
        const body = await answer.json();
        const token = body.token ?? body.access_token;
        if (token) this.tokens.set(scopeOf(request), token);
    }
}
const scopeOf = (request)=>`repository:${request.repository}:${request.push ? "pull,push" : "pull"}`;
/** `fetch` says "fetch failed" and keeps the reason in the cause. */ const reason = (cause)=>{
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    return inner instanceof Error ? inner.message : String(inner);
};

;// CONCATENATED MODULE: ./actions/lib/images/registry.js




const MANIFEST_TYPES = [
    oci/* MANIFEST_TYPE */.b3,
    oci/* INDEX_TYPE */.cp,
    oci/* DOCKER_MANIFEST_TYPE */.cj,
    oci/* DOCKER_INDEX_TYPE */.$
].join(", ");
/** One registry, by the OCI distribution specification 1.1. Everything it answers is checked against its digest. */ class RegistryClient {
    registry;
    http;
    constructor(options){
        this.registry = options.registry;
        this.http = new RegistryHttp(options);
    }
    /**
   * The manifest of a tag or digest.
   * @throws {ActionError} when there is none.
   */ async manifest(repository, reference) {
        const found = await this.findManifest(repository, reference);
        if (found) return found;
        throw new action/* ActionError */.lZ(`${this.registry}/${repository} has no image ${reference}.`);
    }
    async findManifest(repository, reference) {
        const path = `/v2/${repository}/manifests/${reference}`;
        const answer = await this.http.send({
            method: "GET",
            path,
            headers: {
                accept: MANIFEST_TYPES
            },
            repository
        });
        if (answer.status === 404) return undefined;
        this.expect(answer, [
            200
        ], `read the manifest ${reference}`);
        const digest = (0,oci/* sha256 */.sc)(answer.body);
        if (reference.startsWith("sha256:") && reference !== digest) throw this.lying(repository, reference);
        return {
            mediaType: answer.headers.get("content-type")?.split(";")[0] ?? oci/* MANIFEST_TYPE */.b3,
            digest,
            bytes: answer.body
        };
    }
    /** Stores a manifest under a tag. Returns the digest that the registry answered with. */ async putManifest(repository, tag, manifest) {
        const path = `/v2/${repository}/manifests/${tag}`;
        const headers = {
            "content-type": manifest.mediaType
        };
        const answer = await this.http.send({
            method: "PUT",
            path,
            headers,
            body: manifest.bytes,
            repository,
            push: true
        });
        this.expect(answer, [
            200,
            201
        ], `store the manifest ${tag}`);
        const stored = answer.headers.get("docker-content-digest");
        if (stored && stored !== manifest.digest) throw new action/* ActionError */.lZ(`${this.registry}/${repository} stored ${tag} as ${stored}; ${manifest.digest} was sent.`);
    }
    async hasBlob(repository, blob) {
        const path = `/v2/${repository}/blobs/${blob.digest}`;
        const answer = await this.http.send({
            method: "HEAD",
            path,
            repository
        });
        if (answer.status === 404) return false;
        this.expect(answer, [
            200
        ], `look for the blob ${blob.digest}`);
        const length = answer.headers.get("content-length");
        return length === null || Number(length) === blob.size;
    }
    async blob(repository, blob) {
        const path = `/v2/${repository}/blobs/${blob.digest}`;
        const answer = await this.http.send({
            method: "GET",
            path,
            repository,
            transfersBlob: true
        });
        this.expect(answer, [
            200
        ], `read the blob ${blob.digest}`);
        if ((0,oci/* sha256 */.sc)(answer.body) !== blob.digest) throw this.lying(repository, blob.digest);
        return {
            mediaType: blob.mediaType,
            digest: blob.digest,
            bytes: answer.body
        };
    }
    /** Asks the registry to take a blob over from another of its repositories. False when it wants an upload instead. */ async mount(repository, blob, from) {
        const query = new URLSearchParams({
            mount: blob.digest,
            from
        });
        const path = `/v2/${repository}/blobs/uploads/?${query}`;
        const answer = await this.http.send({
            method: "POST",
            path,
            repository,
            push: true
        });
        this.expect(answer, [
            201,
            202
        ], `mount the blob ${blob.digest}`);
        return answer.status === 201;
    }
    /**
   * Uploads a blob: a new session, the bytes, the digest. An interrupted upload is begun again from the start, because
   * registries differ in what they keep of a broken one.
   */ async upload(repository, digest, bytes) {
        await this.http.retrying(`upload ${digest} to ${this.registry}/${repository}`, async ()=>{
            const once = {
                repository,
                push: true,
                once: true,
                transfersBlob: true
            };
            const begun = await this.http.send({
                method: "POST",
                path: `/v2/${repository}/blobs/uploads/`,
                ...once
            });
            this.expect(begun, [
                202
            ], "begin an upload");
            const headers = {
                "content-type": "application/octet-stream"
            };
            const session = begun.headers.get("location") ?? "";
            const sent = await this.http.send({
                method: "PATCH",
                path: session,
                headers,
                body: bytes,
                ...once
            });
            forgotten(sent);
            this.expect(sent, [
                202,
                204
            ], `upload ${digest}`);
            const end = this.http.resolve(sent.headers.get("location") ?? session);
            end.searchParams.set("digest", digest);
            const done = await this.http.send({
                method: "PUT",
                path: end.href,
                ...once
            });
            forgotten(done);
            this.expect(done, [
                201,
                204
            ], `complete the upload of ${digest}`);
        });
    }
    expect(answer, allowed, what) {
        if (allowed.includes(answer.status)) return;
        throw new action/* ActionError */.lZ(`${this.registry} refused to ${what}: ${answer.status} ${explain(answer)}`.trim());
    }
    lying(repository, digest) {
        return new action/* ActionError */.lZ(`${this.registry}/${repository} answered for ${digest} with content that has another digest.`);
    }
}
/** A registry that was restarted no longer knows the upload; a new one will do. */ function forgotten(answer) {
    if (answer.status === 404) throw new PassingFailure("the registry forgot the upload");
}
/** Reads a stored JSON document by its schema; `shown` names it in the error. */ function parseStored(stored, schema, shown) {
    try {
        return dist/* parse */.qgA(schema, JSON.parse(Buffer.from(stored.bytes).toString("utf8")));
    } catch (cause) {
        throw new action/* ActionError */.lZ(`${shown} cannot be read: ${stored.digest} is wrong (${cause.message}).`);
    }
}
const errorsSchema = dist/* object */.Ikc({
    errors: dist/* array */.YOg(dist/* object */.Ikc({
        code: dist/* string */.YjP(),
        message: dist/* optional */.lqM(dist/* string */.YjP())
    }))
});
/** The error codes and messages of the distribution specification, or the beginning of whatever was said. */ function explain(answer) {
    const text = Buffer.from(answer.body).toString("utf8");
    try {
        const { errors } = dist/* parse */.qgA(errorsSchema, JSON.parse(text));
        return errors.map(({ code, message })=>message ? `${code}: ${message}` : code).join("; ");
    } catch  {
        return text.slice(0, 200);
    }
}


/***/ })

};
