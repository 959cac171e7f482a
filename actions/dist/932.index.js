const __dirname = import.meta.dirname;
const __filename = import.meta.filename;
export const id = 932;
export const ids = [932];
export const modules = {

/***/ 2932:
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
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./agents/manifest.js + 3 modules
var manifest = __webpack_require__(9053);
// EXTERNAL MODULE: ./actions/lib/images/oci.js
var oci = __webpack_require__(5408);
// EXTERNAL MODULE: ./actions/lib/images/reference.js
var images_reference = __webpack_require__(6808);
// EXTERNAL MODULE: ./actions/lib/images/registry.js + 1 modules
var images_registry = __webpack_require__(3568);
;// CONCATENATED MODULE: ./actions/lib/images/base.js




/**
 * Reads the input `base`: empty or `host-node`, or an image by digest.
 * @throws {ActionError} for a tag or anything else.
 */ function parseBase(text) {
    return !text || text === oci/* HOST_NODE */.kh ? oci/* HOST_NODE */.kh : (0,images_reference/* parseDigestUri */.I0)(text);
}
/** The sandbox's base: no files at all; the process driver runs the bundle with the Node of its host. */ const hostNodeBase = {
    layers: [],
    diffIds: [],
    env: [],
    labels: {
        [oci/* BASE_LABEL */.vZ]: oci/* HOST_NODE */.kh
    },
    history: [],
    annotations: {},
    description: "base host-node: the image holds no Node and no system; only the sandbox's process driver can run it"
};
/**
 * Reads a base image's manifest and config from its registry; its layers stay there and are copied from registry to
 * registry when the image is pushed.
 * @throws {ActionError} when the base does not exist, or not for that architecture.
 */ async function readBase(reference, architecture, registry) {
    const manifestReference = await pickPlatform(reference, architecture, registry);
    const { repository, digest } = manifestReference;
    const manifest = (0,images_registry/* parseStored */.T)(await registry.manifest(repository, digest), oci/* manifestSchema */.rc, reference.uri);
    const config = (0,images_registry/* parseStored */.T)(await registry.blob(repository, manifest.config), oci/* configSchema */.Qn, reference.uri);
    if (config.architecture !== architecture || config.os !== "linux") throw new action/* ActionError */.lZ(`The base ${reference.uri} is for ${config.os}/${config.architecture}; the agent needs linux/${architecture}.`);
    return {
        layers: manifest.layers.map(inOciTerms),
        diffIds: config.rootfs.diff_ids,
        env: config.config?.Env ?? [],
        labels: {},
        history: config.history ?? [],
        annotations: {
            [oci/* BASE_NAME */.IG]: `${reference.registry}/${repository}`,
            [oci/* BASE_DIGEST */.rz]: digest
        },
        description: `base ${manifestReference.uri}: ${manifest.layers.length} layers, which stay in their registry`
    };
}
async function pickPlatform(reference, architecture, registry) {
    const stored = await registry.manifest(reference.repository, reference.digest);
    if (stored.mediaType !== oci/* INDEX_TYPE */.cp && stored.mediaType !== oci/* DOCKER_INDEX_TYPE */.$) return reference;
    const index = (0,images_registry/* parseStored */.T)(stored, oci/* indexSchema */.me, reference.uri);
    const offered = index.manifests.filter((found)=>found.platform?.os === "linux");
    const match = offered.find((found)=>found.platform?.architecture === architecture);
    if (match) return (0,images_reference/* digestReference */.O9)({
        registry: reference.registry,
        repository: reference.repository
    }, match.digest);
    const names = offered.map((found)=>`linux/${found.platform?.architecture}`).join(", ");
    throw new action/* ActionError */.lZ(`The base ${reference.uri} has no image for linux/${architecture}; it has: ${names || "none"}.`);
}
/** Docker's name for a gzipped tar means the same bytes; an OCI manifest uses the OCI name. */ const inOciTerms = ({ mediaType, digest, size })=>({
        mediaType: mediaType === oci/* DOCKER_LAYER_TYPE */.Wc ? oci/* LAYER_TYPE */.Nl : mediaType,
        digest,
        size
    });

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(7975);
// EXTERNAL MODULE: external "node:module"
var external_node_module_ = __webpack_require__(8995);
;// CONCATENATED MODULE: ./actions/lib/images/installed.js



/** Packages that are taken from the checkout's own `node_modules` and never bundled: native ones, and the bundler. */ /** @throws {ActionError} when the package is not installed in the checkout at `root`. */ function resolveInstalled(root, name) {
    try {
        return (0,external_node_module_.createRequire)((0,external_node_path_.join)(root, "package.json")).resolve(name);
    } catch  {
        throw new action/* ActionError */.lZ(`${name} is not installed in ${root}. Run: npm ci`);
    }
}
/** @throws {ActionError} when the package is not installed, or does not load on this machine. */ function loadInstalled(root, name) {
    const file = resolveInstalled(root, name);
    try {
        return (0,external_node_module_.createRequire)(file)(file);
    } catch (cause) {
        throw new action/* ActionError */.lZ(`${name} is installed in ${root} but does not load: ${cause.message}. Run: npm ci`);
    }
}

;// CONCATENATED MODULE: ./actions/lib/images/packages.js




/**
 * Copies the installed packages that `names` need, and all that those depend on, from `root/node_modules` into
 * `staging` at the same places. Versions are checked against `package-lock.json`: an image is named by its commit, so
 * it may hold only what the commit locked.
 * @throws {ActionError} for a package that is missing or is not the locked version.
 */ async function stagePackages(root, staging, names) {
    const locked = await lockedVersions(root);
    const pending = [
        ...names
    ].map(([name, from])=>({
            name,
            inside: "",
            from,
            required: true
        }));
    const done = new Set();
    for(let next = pending.pop(); next; next = pending.pop()){
        const found = find(root, next.name, next.inside);
        if (!found && !next.required) continue;
        if (!found) throw new action/* ActionError */.lZ(`${next.from} needs the package ${next.name}, which is not installed. Run: npm ci`);
        if (done.has(found)) continue;
        done.add(found);
        const manifest = await readPackage((0,external_node_path_.join)(root, found));
        checkLocked(manifest, found, locked);
        await copyTree((0,external_node_path_.join)(root, found), (0,external_node_path_.join)(staging, found));
        for (const { name, required } of dependenciesOf(manifest))pending.push({
            name,
            inside: found,
            from: next.name,
            required
        });
    }
}
/** The packages that own `paths` (module paths below a root, such as `./node_modules/a/index.js`), sorted and once each. */ async function packagesOf(root, paths) {
    const folders = new Set([
        ...paths
    ].map(packageFolder).filter((folder)=>folder !== undefined));
    const packages = await Promise.all([
        ...folders
    ].map((folder)=>readPackage((0,external_node_path_.join)(root, folder)).then(describe)));
    const unique = new Map(packages.map((found)=>[
            found.purl,
            found
        ]));
    return [
        ...unique.values()
    ].sort((a, b)=>a.purl < b.purl ? -1 : 1);
}
/** The folder of the package that owns a module: what follows the last `node_modules`; undefined for own code. */ function packageFolder(path) {
    return /^(?:\.\/)?((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}
/** What a package's code may import. An optional peer is not its business, as `typescript` is not a library's. */ function dependenciesOf(manifest) {
    const optional = manifest.optionalDependencies ?? {};
    const peers = Object.keys(manifest.peerDependencies ?? {});
    const names = [
        ...Object.keys({
            ...manifest.dependencies,
            ...optional
        }),
        ...peers.filter((name)=>!manifest.peerDependenciesMeta?.[name]?.optional)
    ];
    const used = names.filter((name)=>!name.startsWith("@types/"));
    return used.map((name)=>({
            name,
            required: !(name in optional) && !peers.includes(name)
        }));
}
/** Node's look-up of a package from `inside` (a path below the root) upwards, never above the root. */ function find(root, name, inside) {
    for(let folder = inside;; folder = external_node_path_.posix.dirname(folder)){
        const base = folder === "." ? "" : folder;
        const candidate = external_node_path_.posix.join(base, "node_modules", name);
        if (external_node_path_.posix.basename(base) !== "node_modules" && (0,external_node_fs_.existsSync)((0,external_node_path_.join)(root, candidate, "package.json"))) return candidate;
        if (base === "") return undefined;
    }
}
async function readPackage(folder) {
    return JSON.parse(await (0,promises_.readFile)((0,external_node_path_.join)(folder, "package.json"), "utf8"));
}
function describe(manifest) {
    const { name = "UNKNOWN", version = "0.0.0", license } = manifest;
    const stated = typeof license === "string" ? license : license?.type;
    return {
        name,
        version,
        license: stated ?? "UNKNOWN",
        purl: npmPurl(name, version)
    };
}
const npmPurl = (name, version)=>`pkg:npm/${name.replace("@", "%40")}@${version}`;
/** Installed places and versions of the lock file; undefined without one (a checkout that locks nothing). */ async function lockedVersions(root) {
    const file = (0,external_node_path_.join)(root, "package-lock.json");
    if (!(0,external_node_fs_.existsSync)(file)) return undefined;
    const lock = JSON.parse(await (0,promises_.readFile)(file, "utf8"));
    return lock.packages;
}
function checkLocked(manifest, folder, locked) {
    const expected = locked?.[folder]?.version;
    if (!locked || expected === manifest.version) return;
    const wanted = expected ? `package-lock.json says ${expected}` : "package-lock.json does not have it";
    throw new action/* ActionError */.lZ(`${folder} is version ${manifest.version}, but ${wanted}. Run: npm ci`);
}
/** Types, maps and prose are never part of a bundle; leaving them out halves the copying. */ const USELESS = /\.(?:d\.[cm]?ts|map|md|markdown|flow)$/;
async function copyTree(from, to) {
    await (0,promises_.mkdir)(to, {
        recursive: true
    });
    for (const entry of (await (0,promises_.readdir)(from, {
        withFileTypes: true
    }))){
        const [source, target] = [
            (0,external_node_path_.join)(from, entry.name),
            (0,external_node_path_.join)(to, entry.name)
        ];
        if (entry.isDirectory() && entry.name !== "node_modules" && entry.name !== "dist-types") await copyTree(source, target);
        else if (entry.isFile() && !USELESS.test(entry.name)) await linkOrCopy(source, target);
    }
}
/** A hard link costs no copy; another file system, or one that forbids links, gets a copy. */ async function linkOrCopy(source, target) {
    await (0,promises_.mkdir)((0,external_node_path_.dirname)(target), {
        recursive: true
    });
    await (0,promises_.link)(source, target).catch(()=>(0,promises_.copyFile)(source, target));
}

;// CONCATENATED MODULE: ./node_modules/es-module-lexer/dist/lexer.js
/* es-module-lexer 2.3.2 */
var ImportType=function(A){return A[A.Static=1]="Static",A[A.Dynamic=2]="Dynamic",A[A.ImportMeta=3]="ImportMeta",A[A.StaticSourcePhase=4]="StaticSourcePhase",A[A.DynamicSourcePhase=5]="DynamicSourcePhase",A[A.StaticDeferPhase=6]="StaticDeferPhase",A[A.DynamicDeferPhase=7]="DynamicDeferPhase",A}({});const A=1===new Uint8Array(new Uint16Array([1]).buffer)[0];function parse(C,g="@"){if(!E)return init.then(()=>parse(C,g));const I=C.length+1,w=(E.__heap_base.value||E.__heap_base)+4*I-E.memory.buffer.byteLength;w>0&&E.memory.grow(Math.ceil(w/65536));const D=E.sa(I-1);if("undefined"!=typeof Buffer?Buffer.from(E.memory.buffer,D,2*(I-1)).write(C,"utf16le"):(A?Q:B)(C,new Uint16Array(E.memory.buffer,D,I)),!E.parse())throw Object.assign(new Error(`Parse error ${g}:${C.slice(0,E.e()).split("\n").length}:${E.e()-C.lastIndexOf("\n",E.e()-1)}`),{idx:E.e()});const o=[],G=[];for(;E.ri();){const A=E.is(),B=E.ie(),Q=E.it(),g=E.ai(),I=E.id(),w=E.ss(),D=E.se();let G;E.ip()&&(G=i(C.slice(-1===I?A-1:A,-1===I?B+1:B)));let J=null;for(J=[],E.rsa();E.ra();){const A=E.aks(),B=E.ake(),Q=E.avs(),g=E.ave();J.push([s(C.slice(A,B)),s(C.slice(Q,g))])}0===J.length&&(J=null),o.push({n:G,t:Q,s:A,e:B,ss:w,se:D,d:I,a:g,at:J})}for(;E.re();){const A=E.es(),B=E.ee(),Q=E.els(),g=E.ele(),I=Q<0?void 0:s(C.slice(Q,g)),w=s(C.slice(A,B));G.push({s:A,e:B,ls:Q,le:g,ss:E.ess(),n:w,ln:I})}function i(A){try{return(0,eval)(A)}catch(A){}}function s(A){if(!A)return A;const B=A[0];return('"'===B||"'"===B)&&i(A)||A}return[o,G,!!E.f(),!!E.ms()]}function B(A,B){const Q=A.length;let E=0;for(;E<Q;){const Q=A.charCodeAt(E);B[E++]=(255&Q)<<8|Q>>>8}}function Q(A,B){const Q=A.length;let E=0;for(;E<Q;)B[E]=A.charCodeAt(E++)}let E;const C=()=>{return A="AGFzbQEAAAABKwhgAAF/YAF/AX9gAABgAn9/AX9gBH9/f38AYAN/f38Bf2ABfwBgA39/fwADPj0CAgEEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgABBQICAgYBAQYBAQEFAQEBAQECAgIBAQEDAQEHAQMDBAUBcAECAgUHAQGCAoCAAgYPAn8BQaCLBAt/AEGgiwQLB80BHgZtZW1vcnkCAAJzYQACAWUABQJpcwAGAmllAAcCc3MACAJzZQAJAml0AAoCYWkACwJpZAAMAmlwAA0CZXMADgJlZQAPA2VscwAQA2VsZQARA2VzcwASAnJpABMCcmUAFAFmABUCbXMAFgJyYQAXA2FrcwAYA2FrZQAZA2F2cwAaA2F2ZQAbA3JzYQAcBXBhcnNlAB0LX19oZWFwX2Jhc2UDAQtfaW5pdGlhbGl6ZQABGV9faW5kaXJlY3RfZnVuY3Rpb25fdGFibGUBAAkHAQBBAQsBAAwBAQrZVz0oAEHYCkGAwAA2AgBB0ApBoIsENgIAQbgKQSo2AgBB1ApBgIAENgIACwQAEAALWQBB6AkgADYCACAAQQF0IgBBADsBoIsEQewJIABBoosEajYCAEHECUEANgIAQdQJQQA2AgBBzAlBADYCAEHICUEANgIAQdwJQQA2AgBB0AlBADYCAEGgiwQLuAEBAn9B7AlB7AkoAgAiBEEoajYCAAJAQdQJKAIAIgVFBEBBxAkgBDYCAAwBCyAFIAQ2AiQLQdQJIAQ2AgBB2AkgBTYCACAEIAA2AgggBEIANwIgIAQgA0EBRiIAOgAYIAQgAzYCFCAEQQA2AhAgBCACNgIEIAQgATYCACAEQQNBAUECIAAbIANBAkYiARs2AhwgBCACIAJBAmpBACAAGyABGzYCDCADQQFrQQFNBEBB8AlBAToAAAsLdwECf0HsCUHsCSgCACIEQRhqNgIAAkBB3AkoAgAiBUUEQEHICSAENgIADAELIAUgBDYCFAtB3AkgBDYCACAEIAM2AgwgBCACNgIIIAQgATYCBCAEIAA2AgBB4AkoAgAhACAEQQA2AhQgBCAANgIQQfAJQQE6AAALCABB9AkoAgALEwBBzAkoAgAoAgBBoIsEa0EBdQscAQF/QcwJKAIAKAIEIgBBoIsEa0EBdUF/IAAbCxMAQcwJKAIAKAIIQaCLBGtBAXULHAEBf0HMCSgCACgCDCIAQaCLBGtBAXVBfyAAGwsLAEHMCSgCACgCHAscAQF/QcwJKAIAKAIQIgBBoIsEa0EBdUF/IAAbCzUBAn9BfyEAAkACQAJAQcwJKAIAKAIUIgFBAWsOAgIBAAsgAUGgiwRrQQF1DwtBfiEACyAACwsAQcwJKAIALQAYCxMAQdAJKAIAKAIAQaCLBGtBAXULEwBB0AkoAgAoAgRBoIsEa0EBdQscAQF/QdAJKAIAKAIIIgBBoIsEa0EBdUF/IAAbCxwBAX9B0AkoAgAoAgwiAEGgiwRrQQF1QX8gABsLEwBB0AkoAgAoAhBBoIsEa0EBdQslAQF/QcwJQcwJKAIAIgBBJGpBxAkgABsoAgAiADYCACAAQQBHCyUBAX9B0AlB0AkoAgAiAEEUakHICSAAGygCACIANgIAIABBAEcLCABB+AktAAALCABB8AktAAALKwEBf0H8CUH8CSgCACIAQRBqQcwJKAIAQSBqIAAbKAIAIgA2AgAgAEEARwsTAEH8CSgCACgCAEGgiwRrQQF1CxMAQfwJKAIAKAIEQaCLBGtBAXULEwBB/AkoAgAoAghBoIsEa0EBdQsTAEH8CSgCACgCDEGgiwRrQQF1CwoAQfwJQQA2AgAL3g8BBn8jAEGA0ABrIgQkAEH4CUEBOgAAQYAIIQBBhApBgAg2AgBBnApBnosEIgJB6AkoAgBBAXRqIgU2AgBB8AlBADoAAEGACkEAOwEAQYIKQQA7AQBBiApBADoAAEH0CUEANgIAQeQJQQA6AABBjAogBEGAEGo2AgBBkAogBDYCAEGUCkEAOgAAA0AgACEBQZgKIAJBAmoiADYCAAJAAkACfwJAAkAgAiAFSQRAIAAvAQAiA0EJa0EFSQ0EAkACQAJAAkACQCADQeUAaw4FAQYGBgIACyADQSBGDQggA0EvRg0DIANBO0YNAgwFC0GCCi8BAA0BIAAQHkUNASACQQRqQYIIQQoQHw0BECBBmAooAgAhAEH4CS0AAA0BQYQKIAA2AgAgACIBIQIMBQsgAi8BBEHtAEcNACAAEB5FDQAgAikABkLwgLyDoI6AOlINABAhQZgKKAIAIQALQYQKIAA2AgAMBgsgAi8BBCIAQSpHBEAgAEEvRw0CECIMBQtBARAjDAQLIAAhAkEAQeQJLQAADQIaDAELQfgJQQA6AAALA0ACQEGYCiACQQJqIgA2AgACQAJAAkACQCACIAVJBEACQAJAAkACQAJAAkACQAJAAkACQAJAIAAvAQAiA0Egaw4QDwgFCAgICAUKAggIAQgIBgALAkACQAJAAkACQAJAIANB2wBrDg8EDQUNDQwNDQMNAQ0NDQIACyADQQlrQQVJDRMgA0H7AGsOAwcMCAwLQYIKLwEADQwgABAeRQ0MIAJBBGpBgghBChAfDQwQIAwRCyACLwEEQe0ARw0LIAAQHkUNCyACKQAGQvCAvIOgjoA6Ug0LECEMEAsgAi8BBEHsAEcNCiAAEB5FDQogAkEGakGyCEEGEB8NCiACLwEMECRFDQpBlApBAToAAAwKC0GCCkGCCi8BACIAQQFqOwEAIARBgBBqIABBA3RqIgBBCDYCACAAIAE2AgQMDgtBggovAQAiAEUND0GCCiAAQQFrOwEADA0LQYAKLwEAIgBFDQxBggovAQAiA0UNDCADQQN0IARqQfgPaigCAEEFRw0MIAQgAEECdGpBBGsoAgAiACgCBA0MIAAgAUECajYCBEGYCiACQQRqNgIAQQEQJRogAEGYCigCACIANgIQQZgKIABBAms2AgAMDAtBggovAQAiAEUNDUGCCiAAQQFrIgM7AQBBgAovAQAiAEUNCyAEQYAQaiADQf//A3FBA3RqKAIAQQVHDQsgBCAAQQJ0akEEaygCACIDKAIERQRAIAMgAUECajYCBAsgAyACQQRqNgIMQYAKIABBAWs7AQAMCwsCQCABLwEAQSlHDQBB1AkoAgAiAEUNACAAKAIMIAFBAmpHDQBB1AlB2AkoAgAiADYCACAABEAgAEEANgIkDAELQcQJQQA2AgALQYIKQYIKLwEAIgBBAWo7AQAgBEGAEGogAEEDdGoiAEEGQQJBlAotAAAbNgIAIAAgATYCBEGUCkEAOgAADAoLQYIKLwEAIgBFDQtBggogAEEBayIAOwEAIARBgBBqIABB//8DcUEDdGooAgBBBEcNCQwICyADECYMCAsCQCACLwEEIgBBKkcEQCAAQS9HDQEQIgwKC0EBECMMCQsCQCABLwEAIgAQJwRAAkACQAJAIABBK2sOBAEKAgAKCyABQQJrLwEAQTBrQf//A3FBCkkNAwwJCyABQQJrLwEAQStGDQIMCAsgAUECay8BAEEtRg0BDAcLIABBKUcNACAEQYAQakGCCi8BAEEDdGooAgQQKA0GCwJAAkBBggovAQAiAkUgAEHmAEdyDQAgBEGAEGogAkEDdGoiA0EIaygCAEEBRw0AIAFBAmsvAQBB7wBHDQEgAUEEaxApRQ0BIANBBGsoAgBBnglBAxAqRQ0BDAcLIABB/QBHDQAgBEGAEGogAkEDdGoiAigCBBArDQYgAigCAEEGRg0GCyABECwNBUGICi0AACAAQS9GcSAAQQBHc0UNBQJAQdwJKAIAIgJFDQAgASACKAIASQ0AIAEgAigCBE0NBgsDQCABQaCLBEsEQEGECiABQQJrIgE2AgAgAS8BACIAEC1FDQELCyAAQf//A3EQLgRAA0AgAUGgiwRLBEBBhAogAUECayIBNgIAIAEvAQAQLg0BCwsgARAvDQYLQYgKQQE6AAAMBwtBggpBggovAQAiAEEBajsBACAEQYAQaiAAQQN0aiIAIAE2AgQgAEEDNgIADAULIANBMGtB//8DcUEKSSADQSByQeEAa0H//wNxQRpJcg0AAkACQCADQdwAaw4EAgEBAgALIANBJEYNAQsgA0GgAUYgA0GAAUlyDQULA0AgAC8BAiIBQSByQeEAayECAkAgAUEwa0H//wNxQQpJIAJB//8DcUEaSXINAAJAAkAgAUHcAGsOBAIBAQIACyABQSRGDQELIAFBoAFGIAFBgAFJcg0GC0GYCiAAQQJqIgA2AgAMAAsAC0GCCkGCCi8BACIAQQFqOwEAIARBgBBqIABBA3RqIgBBATYCACAAIAE2AgQMAwtBgAovAQBFQYIKLwEARUHkCS0AAEF/c3FxDAYLEDBBiApBADoAAAwBCxAxC0GECkGYCigCACIBNgIAC0GYCigCACECDAELCxAyQQALIQMgBEGA0ABqJAAgAw8LIAEhAAtBmAooAgAhAgwACwALFgAgAEGgiwRGBEBBAQ8LIABBAmsQMwtDAQN/AkAgAkUNAANAIAAtAAAiBCABLQAAIgVGBEAgAUEBaiEBIABBAWohACACQQFrIgINAQwCCwsgBCAFayEDCyADC9IIAQV/QZgKQZgKKAIAIgRBDGoiATYCAEHcCSgCACEDQQEQJSECAkACQAJAAkACQAJAIAFBmAooAgAiAEYEQCACEDRFDQELQeAJIAQ2AgACQAJAAkAgAkEqRwRAIAJB+wBHDQFBmAogAEECajYCAEEBECUhAkGcCigCACEBQZgKKAIAIQADQAJAIAJB//8DcSICQSJGIAJBJ0ZyRQRAIAIQNRpBmAooAgAhAgwBCyACECZBmApBmAooAgBBAmoiAjYCAAtBARAlGiAAIAIQNiICQSxGBEBBmApBmAooAgBBAmo2AgBBARAlIQILIAJB/QBGDQMgAEGYCigCACIARg0IIAAgAU0NAAsMBwtBmAogAEECajYCAEEBECUaQZgKKAIAIgAgABA2GgwCC0H4CUEAOgAAAkACQAJAAkACQAJAIAJB4QBrDgwCCAQBCAMICAgICAUACyACQfYARg0EDAcLQZgKIABBDmoiBDYCAAJAAkACQAJAQQEQJUHhAGsOBgAMAgwMAQwLQZgKKAIAIgEpAAJC84Dkg+CNwDFSDQsgAS8BChAuRQ0LQZgKIAFBCmo2AgBBABAlGgtBmAooAgAiA0ECakGiCEEOEB8NCgJAIAMvARAiARAkDQAgAUEoaw4DAAsACwtBmAogA0EQajYCAEEBECUiAUEqRgRAQZgKQZgKKAIAQQJqNgIAQQEQJSEBCyABQShHDQEMCgtBmAooAgAiAykAAkLsgISDsI7AOVINCSADLwEKIgEQJEUgAUH7AEdxDQlBmAogA0EKajYCAEEBECUiAUH7AEYNCQtBmAooAgAhAyABEDUaQZgKKAIAIgEgA00NCCAAIAQgAyABEAQMCgtBmAogAEEKajYCAEEAECUaQZgKKAIAIQALQZgKIABBEGo2AgBBARAlIgBBKkYEQEGYCkGYCigCAEECajYCAEEBECUhAAsMCQsCQCAAKQACQuyAhIOwjsA5Ug0AIAAvAQoQLUUNAEGYCiAAQQpqNgIAQQEQJSEADAkLIABBBGohAAtBmAogAEEGajYCAEGcCigCACEDA0BBARAlIQBBmAooAgAiASADSw0HIAAQNyECQZgKKAIAIgAgAUYNBCACQT1GBEBBARA4IQJBmAooAgAhAAsgAkEsRw0EQZgKIABBAmo2AgAMAAsAC0HwCUEBOgAAQZgKQZgKKAIAQQJqNgIAC0EBECUhAEGYCigCACEBAkAgAEHmAEcNACABQQJqQZwIQQYQHw0AQZgKIAFBCGo2AgAgBEEBECVBABA5IANBFGpByAkgAxshAgNAIAIoAgAiAEUNAiAAQgA3AgggAEEUaiECDAALAAtBmAogAUECazYCAAsPCyAAIQEMAgsgACAEQQBBABAEQZgKIABBDGo2AgAPCxAyDwtBmAogAUECazYCAA8LQZgKKAIAIQEgABA1GiABQZgKKAIAIgAgASAAEARBmAogAEECazYCAAuKCwEKf0GYCkGYCigCACIGQQxqIgk2AgBBARAlIQBBmAooAgAhAgJAAkACQAJAAkACQAJ/IABBLkYEQEGYCiACQQJqNgIAQQEQJSIAQeQARwRAIABB8wBHBEAgAEHtAEcNB0GYCigCACIAQQJqQYwIQQYQHw0HQYQKKAIAIgEQOkUEQCABLwEAQS5GDQgLIAYgBiAAQQhqQQIQAw8LQZgKKAIAIgBBAmpBkghBChAfDQZBhAooAgAiARA6RQRAIAEvAQBBLkYNBwtBmAogAEEMajYCAEEBIQhBBSEEQQEQJSEAQQEMAgtBmAooAgAiACkAAkLlgJiD0IyAOVINBUGECigCACIBEDpFBEAgAS8BAEEuRg0GC0GYCiAAQQpqNgIAQQchBEEBIQVBARAlIQBBASEIQQIMAQsCQAJAIABB8wBHIAIgCU1yRQRAQfMAIQAgAkECakGSCEEKEB8NASACLwEMECRFDQFBmAogAkEMaiIANgIAQQEhCEEBECUhASAAQZgKKAIAIgRHBEBB5gAhACABQeYARwRAQQUhBCABIQBBAQwFC0EBIQMgBEECakGcCEEGEB8NBSAELwEIEC1FDQULQZgKIAI2AgBBByEEQQEhB0EAIQggASEAQQAMAwtBByEEQQEhByAAQeQARyACIAZBCmpNcg0BQeQAIQAgAikAAkLlgJiD0IyAOVINACACLwEKECRFDQBBmAogAkEKajYCAEEqIQBBASEFQQIhA0EBECUiAUEqRg0EQZgKIAI2AgBBACEFIAEhAEEADAILIAIhBAwCC0EACyEDIABBKEYEQEGMCigCAEGCCi8BACIFQQN0aiIAQQU2AgBBggogBUEBajsBACAAQZgKKAIAIgI2AgRBhAooAgAvAQBBLkYNBEGYCiACQQJqNgIAQQEQJSEAIAZBmAooAgAiAUEAIAIQA0HUCSgCACEDIAgEQCADIAQ2AhwLQYAKQYAKLwEAIgRBAWo7AQBBkAooAgAgBEECdGogAzYCAAJAIABBIkYgAEEnRnJFBEACQCAAQeAARw0AQZwKKAIAIQYgASEAA0AgACICIAZPDQECQAJAIABBAmoiAC8BACIHQdwAaw4FAAICAgUBCyACQQRqIQAMAQsgB0EkRw0AIAIvAQRB+wBHDQALC0GYCiABQQJrNgIADwsgABAmQZgKKAIAIQALQZgKIABBAmoiADYCAAJAAkACQEEBECVBKWsOBAECAgACC0GYCkGYCigCAEECajYCAEEBECUaIAMgADYCBEGYCigCACEAIANBAToAGCADIAA2AhAMCAtBggogBTsBACADIAA2AgRBmAooAgAhACADQQE6ABggAyAAQQJqNgIMQYAKIAQ7AQAPC0GYCkGYCigCAEECazYCAA8LIAdFIABB+wBHckUEQEGYCigCACEAQYIKLwEADQZBnAooAgAhAQNAAkACQCAAIAFJBEBBARAlIgBBIkYgAEEnRnINASAAQf0ARw0CQZgKQZgKKAIAQQJqNgIAC0EBECUhAUGYCigCACEAIAFB5gBGBEAgAEECakGcCEEGEB8NBwtBmAogAEEIajYCAEEBECUiAEEiRyAAQSdHcQ0GIAYgAEEAEDkPCyAAECYLQZgKQZgKKAIAQQJqIgA2AgAMAAsACwJAAkAgAEEnaw4EAwEBAwALIABBIkYNAgtBmAooAgAhBAsgBCAJRw0AQZgKIARBAms2AgAPCyAAQSpHIAVxDQJBggovAQANAkGYCigCACEAQZwKKAIAIQIDQCAAIAJPDQEgAC8BACIBQSdHIAFBIkdxBEBBmAogAEECaiIANgIADAEFIAYgASADEDkPCwALAAsQMgsPC0GYCkGYCigCAEECazYCAA8LQZgKIABBAms2AgALQwEDf0GYCigCACEAQZwKKAIAIQIDQAJAIABBAmohASAAIAJPDQAgASEAIAEvAQBBCmsOBAABAQABCwtBmAogATYCAAtwAQR/QZgKKAIAQQJqIQFBnAooAgAhBAJAA0AgASICQQJqIQEgAiAETw0BIAEvAQAhAwJAIABFBEAgA0EqRg0BIANBCmsOBAMCAgMCCyADQSpHDQELIAIvAQRBL0cNAAsgAkEEaiEBC0GYCiABNgIACwsAIABBn4CABBA8C30BBH9BnAooAgAhA0GYCigCACEBA0ACQAJAAkAgAS8BACICQS9GBEAgAS8BAiIBQSpHBEAgAUEvRg0CQS8PCyAAECMMAgsgAARAIAIQJA0CDAMLIAIQLg0BDAILECILQZgKQZgKKAIAIgRBAmoiATYCACADIARLDQELCyACC4YBAQR/QZgKKAIAIQFBnAooAgAhBAJAA0ACQCABIgJBAmohASACIARPDQAgAS8BACIDIABGDQIgA0HcAEcEQCADQQprDgQBAgIBAgsgAkEEaiEBIAIvAQRBDUcNASACQQZqIAEgAi8BBkEKRhshAQwBCwtBmAogATYCABAyDwtBmAogATYCAAtuAQF/AkAgAEEpRyAAQShrQf//A3FBB0lxIABBIWsiAUEFTUEAQQEgAXRBMXEbckUEQCAAQTprIgFB//8DcUElT0K/gICAoAIgAa2Ip0EBcUVyDQELQQEPCyAAQf0ARyAAQfsAa0H//wNxQQRJcQsuAQF/QQEhAQJAIABBlAlBBRAqDQAgAEGeCUEDECoNACAAQaQJQQIQKiEBCyABC28BAX8CfyAALwEAIgEQJCABQSlGciABQf0ARnJFBEBBACABQd0ARw0BGgsDQAJAIABBoIsETQ0AIAEQJEUNACAAQQJrIgAvAQAhAQwBCwtBASABQSlGIAFB3QBGciABQf0ARnINABogARA0QQFzCws+AQJ/AkAgACACQQF0IgJrIgRBAmoiAEGgiwRJDQAgACABIAIQHw0AIABBoIsERgRAQQEPCyAEEDMhAwsgAwuDAQECf0EBIQICQAJAAkACQAJAAkAgAC8BACIBQTtrDgQFBAQBAAsCQCABQeUAaw4EAwQEAgALIAFBKUYNBCABQfkARw0DIABBAmtBsAlBBhAqDwsgAEECay8BAEE9Rg8LIABBAmtBqAlBBBAqDwsgAEECa0G8CUEDECoPC0EAIQILIAILqgMBAn8CQAJAAkACQAJAAkACQAJAAkACQCAALwEAQeQAaw4UAAECCQkJCQMJCQQFCQkGCQcJCQgJCwJAAkAgAEECay8BAEHpAGsOBAAKCgEKCyAAQQRrQbgIQQIQKg8LIABBBGtBvAhBAxAqDwsCQAJAAkAgAEECay8BAEHzAGsOAwABAgoLIABBBGsvAQAiAUHhAEcEQCABQewARw0KIABBBmtB5QAQOw8LIABBBmtB4wAQOw8LIABBBGtBwghBBBAqDwsgAEEEa0HKCEEGECoPCyAAQQJrLwEAQe8ARw0GIABBBGsvAQBB5QBHDQYgAEEGay8BACIBQfAARwRAIAFB4wBHDQcgAEEIa0HWCEEGECoPCyAAQQhrQeIIQQIQKg8LIABBAmtB5ghBBBAqDwtBASECIABBAmsiAEHpABA7DQQgAEHuCEEFECoPCyAAQQJrQeQAEDsPCyAAQQJrQfgIQQcQKg8LIABBAmtBhglBBBAqDwsgAEECay8BACIBQe8ARwRAIAFB5QBHDQEgAEEEa0HuABA7DwsgAEEEa0GOCUEDECohAgsgAgs0AQF/IABBoAFGIABBCWsiAUEXTUEAQQEgAXRBn4CABHEbckUEQCAAEDQgAEEuR3EPC0EBCwsAIABBjYCABBA8C0gBAn8CQCAALwEAIgJB5QBHBEAgAkHrAEcNASAAQQJrQeYIQQQQKg8LIABBAmsvAQBB9QBHDQAgAEEEa0HKCEEGECohAQsgAQvbAQEEf0GYCigCACEAQZwKKAIAIQMDQCAAQQJqIQECQAJAIAAgA08NAAJAAkACQCABLwEAIgJB2wBrDgIBAgALIAEhACACQQprDgQCBAQCAwsCQANAAkAgAUECaiEAIAEgA08NAAJAAkAgAC8BACICQdwAaw4CAAQBCyABQQRqIQEMAgsgACEBIAJBCmsOBAABAQABCwtBmAogADYCABAyQZgKKAIAIQAMBAtBmAogADYCAAwDCyAAQQRqIQAMAgtBmAogATYCABAyDwsgAkEvRw0AC0GYCiAANgIAC94BAQR/QZgKKAIAIQBBnAooAgAhAwJAAkADQAJAIAAiAUECaiEAIAEgA08NAAJAAkACQCAALwEAIgJB3ABrDgUCBAQEAQALIAJBJEcNAyABLwEEQfsARw0DQZgKIAFBBGoiAjYCAEGMCigCAEGCCi8BACIAQQN0aiIBQQQ2AgBBggogAEEBajsBACABIAI2AgQPC0GYCiAANgIAQYIKQYIKLwEAQQFrIgE7AQBBjAooAgAgAUH//wNxQQN0aigCAEEDRw0DDAQLIAFBBGohAAwBCwtBmAogADYCAAsQMgsLMwEBf0HkCUEBOgAAQZgKKAIAIQBBmApBnAooAgBBAmo2AgBB9AkgAEGgiwRrQQF1NgIACz0BAX8Cf0EBIAAvAQAiAUEJa0H//wNxQQVJIAFBgAFyQaABRnINABpBACABEDRFDQAaIAAQOiABQS5HcgsLXgEBfwJAIABB+P8DcUEoRiAAQSFrIgFBBU1BAEEBIAF0QTFxG3JFBEAgAEE6ayIBQf//A3FBJU9Cv4CAgKADIAGtiKdBAXFFcg0BC0EBDwsgAEH7AGtB//8DcUEESQtXAQN/QZgKKAIAIQEDQAJAIABB//8DcSICECQEQCAAIQMMAQsgACEDIAIQNA0AQQAhA0GYCiABQQJqIgI2AgAgAS8BAiEAIAIhASAADQELCyADQf//A3ELpQEBBH8CQEGYCigCACIDLwEAIgVB4QBHBEAgASECIAAhBAwBC0GYCiADQQRqNgIAQQEQJSECQZgKKAIAIQQCQCACQSJGIAJBJ0ZyRQRAIAIQNRpBmAooAgAhAgwBCyACECZBmApBmAooAgBBAmoiAjYCAAtBARAlIQVBmAooAgAhAwsgAyAERwRAIAQgAkEAIAAgACABRiIAG0EAIAEgABsQBAsgBQvTBAEHf0GYCigCACEBAkAgAEHf/wNxQdsARgRAIAEvAQAhBUGYCiABQQJqNgIAQf0AQd0AIAVB+wBGGyEGQQEQJSEDQZwKKAIAIQcDQAJAIAYgA0H//wNxIgJGQZgKKAIAIgEgB0tyDQACQCACQS5HDQAgAS8BAkEuRw0AIAEvAQRBLkcNAEGYCiABQQZqNgIAQQEQJRA3IQMMAgsCQAJ/AkAgBUH7AEYEQAJAIAJBIkYgAkEnRnJFBEAgAkHbAEcNAUEAEDgaQZgKQZgKKAIAQQJqNgIAIAEMBAsgAhAmQZgKQZgKKAIAQQJqNgIAIAEMAwsgASEAIANBMGtB//8DcUEJSw0BA0AgACICQQJqIQAgAi8BAiIDQTBrQf//A3FBCkkNACADQcEAayIEQR5NQQBBASAEdEG/gIGEBHEbDQAgA0HhAGsiBEEXTUEAQQEgBHRBv8CBBHEbDQACQAJAIANBK2sOBAABAAIBCyACLwEAQSByQeUARg0BCwtBmAogADYCACABDAILIAJBLEYEQEGYCiABQQJqNgIAQQEQJSEDDAULIAIQNyECDAILIAIQNRpBmAooAgALIQBBARAlIgJBOkYEQEGYCkGYCigCAEECajYCAEEBECUQNyECDAELIAAgAU0NACABIAAgASAAEAQLIAJBPUYEQEEAEDghAgtBmAooAgAhASACQSxHDQBBmAogAUECajYCAEEBECUhAwwBCwtBmAogAUECajYCAAwBCyAAEDUaQZgKKAIAIgAgAU0NACABIAAgASAAEAQLQQEQJQvgDgEMf0GECkGYCigCACIBNgIAQZAKKAIAIQpBjAooAgAhB0GcCigCACEMQYIKLwEAIQsgASIDIQUCQANAQZgKIAVBAmoiBDYCACAFIAxPBEBBACEIDAILAkACQCAELwEAIgIQLg0AAkACQAJAAkACQAJAAkACQAJAAkACQAJAAkACQAJAAkACQAJAAkACQAJAAkACQEGCCi8BACIGIAtHDQAgAiEIAkACQCACQSlrDgQcAQEcAAsgAkE7RiACQd0ARnIgAkH9AEZyDRkLIAAgCXFBAUcNAAJAIAJBImsODgsODg4OCxAIDg4HDg4MAAsCQCACQdsAaw4PBQ4GDg4NDg4EDgIODg4DAAsCQCACQfsAaw4DCQ4KAAsgAkEKaw4EGg0NGg0LAkAgAkEiaw4OCg0NDQ0KDwcNDQYNDQsACwJAIAJB2wBrDg8EDQUNDQwNDQMNAQ0NDQIACwJAIAJBCmsOBBcNDRcACyACQfsAaw4DBwwIDAsgBg0MIAQQHkUNDCAFQQRqQYIIQQoQHw0MECAMEgsgBS8BBEHtAEcNCyAEEB5FDQsgBSkABkLwgLyDoI6AOlINCxAhDBELIAUvAQRB7ABHDQogBBAeRQ0KIAVBBmpBsghBBhAfDQogBS8BDBAkRQ0KQZQKQQE6AAAMCgsgByAGQQN0aiIBQQg2AgBBggogBkEBajsBACABIAM2AgQMDwsgBkUND0GCCiAGQQFrOwEADA4LIAZFDQ1BgAovAQAiAUUNDSAHIAZBA3RqQQhrKAIAQQVHDQ0gCiABQQJ0akEEaygCACIBKAIEDQ0gASADQQJqNgIEQZgKIAVBBGo2AgBBARAlGiABQZgKKAIAIgE2AhBBmAogAUECazYCAAwNCyAGRQ0NQYIKIAZBAWsiBDsBAEGACi8BACIBRQ0MIAcgBEH//wNxQQN0aigCAEEFRw0MIAogAUECdGpBBGsoAgAiBCgCBEUEQCAEIANBAmo2AgQLIAQgBUEEajYCDEGACiABQQFrOwEADAwLAkAgAy8BAEEpRw0AQdQJKAIAIgFFDQAgASgCDCADQQJqRw0AQdQJQdgJKAIAIgE2AgAgAQRAIAFBADYCJAwBC0HECUEANgIACyAHIAZBA3RqIgFBBkECQZQKLQAAGzYCAEGCCiAGQQFqOwEAIAEgAzYCBEGUCkEAOgAADAsLIAZFDQtBggogBkEBayIBOwEAIAcgAUH//wNxQQN0aigCAEEERw0KDAkLIAIQJgwJCwJAIAUvAQQiBEEqRwRAIARBL0cNARAiDAwLQQEQIwwLCwJAIAMvAQAiBRAnBEACQAJAAkAgBUEraw4EAQsCAAsLIANBAmsvAQBBMGtB//8DcUEKSQ0DDAoLIANBAmsvAQBBK0YNAgwJCyADQQJrLwEAQS1GDQEMCAsgBUEpRw0AIAcgBkEDdGooAgQQKA0HCwJAAkAgBkUgBUHmAEdyDQAgByAGQQN0aiIBQQhrKAIAQQFHDQAgA0ECay8BAEHvAEcNASADQQRrEClFDQEgAUEEaygCAEGeCUEDECpFDQEMCAsgBUH9AEcNACAHIAZBA3RqIgEoAgQQKw0HIAEoAgBBBkYNBwsgAxAsDQZBiAotAAAgBUEvRnEgBUEAR3NFDQZB3AkoAgAiAUUNBCADIAEoAgBJDQQgAyEEIAMgASgCBE0NBgwFCyAHIAZBA3RqIgEgAzYCBEGCCiAGQQFqOwEAIAFBAzYCAAwGCyACQTBrQf//A3FBCkkgAkEgckHhAGtB//8DcUEaSXINAAJAAkAgAkHcAGsOBAIBAQIACyACQSRGDQELIAJBoAFGIAJBgAFJcg0GCwNAIAQvAQIiAUEgckHhAGshCAJAIAFBMGtB//8DcUEKSSAIQf//A3FBGklyDQACQAJAIAFB3ABrDgQCAQECAAsgAUEkRg0BCyABQaABRiABQYABSXINBwtBmAogBEECaiIENgIADAALAAsgByAGQQN0aiIBQQE2AgBBggogBkEBajsBACABIAM2AgQMBAsgAyEECwNAIARBoIsESwRAIARBAmsiBC8BACIFEC1FDQELCyAFQf//A3EQLgRAA0AgBEGgiwRLBEBBhAogBEECayIENgIAIAQvAQAQLg0BCwsgBBAvDQELQYgKQQE6AAAMAgsQMEGICkEAOgAADAELEDELQYQKQZgKKAIAIgE2AgAMAQsQMgtBACEIQeQJLQAADQMCQCABIANGBEAgAEUNAUGCCi8BACALRiAJcUUNAUEBIQkgASEDQZgKKAIALwEAIghBCmsOBAUCAgUCCyACQS9GBEBBiAotAABBAXMhCQwBC0EBIQkgAkEwa0H//wNxQQpJIAJB3/8DcUHBAGtB//8DcUEaSXIgAkEkRiACQd8ARnJyIAJB/wBLcg0AIAEhAwJAAkAgAkEnaw4DAwEDAAsCQCACQd0Aaw4EAwEBAwALIAJBIkYgAkH9AEZyDQELQQAhCQsgASEDC0GYCigCACEFDAELCyACDwsgCAuvBAEHfyABQSJGIAFBJ0ZyRQRAEDIPC0GYCigCACEDIAEQJiAAIANBAmpBmAooAgBBARADIAIEQEHUCSgCAEEEQQYgAkEBRhs2AhwLQZgKQZgKKAIAQQJqNgIAQQAQJSEAQZgKKAIAIQQCQAJAIABB9wBHDQAgBC8BAkHpAEcNACAELwEEQfQARw0AIAQvAQZB6ABGDQELQZgKIARBAms2AgAPC0GYCiAEQQhqNgIAAkBBARAlQfsARwRADAELQewJKAIAIQNB1AkoAgAhBUGYCigCACIGIQBBACECA0AgAyEBQZgKIABBAmo2AgBBARAlIQBBmAooAgAhBwJAAkACQCAAQSJHBEAgAEEnRw0BQScQJgwCC0EiECYMAQsgABA1IQNBmAooAgAhAAwBC0GYCigCAEECaiEAQZgKIAA2AgBBARAlIQMLIANBOkcEQAwCC0GYCkGYCigCAEECajYCAEEBECUiA0EiRiADQSdGckUEQAwCC0GYCigCACEIIAMQJkHsCSABQRRqIgM2AgBBmAooAgAhCSABQQA2AhAgASAINgIIIAEgADYCBCABIAc2AgAgASAJQQJqIgA2AgwCQCACRQRAIAUgATYCIAwBCyACIAE2AhALQZgKIAA2AgACQEEBECUiAEEsRwRAIABB/QBGDQEMAwtBmApBmAooAgBBAmoiADYCACABIQIMAQsLIAUgBjYCECAFQZgKKAIAQQJqNgIMDwtBmAogBDYCAAstAQF/AkAgAC8BAEEuRw0AIABBAmsvAQBBLkcNACAAQQRrLwEAQS5GIQELIAELNQEBfwJAIABBoIsESQ0AIAAvAQAgAUcNACAAQaCLBEYEQEEBDwsgAEECay8BABAtIQILIAILKQEBfyAAQaABRiAAQQlrIgJBF01BAEEBIAJ0IAFxG3JFBEBBAA8LQQELC8cBAQBBgggLvwF4AHAAbwByAHQAZQB0AGEAbwB1AHIAYwBlAHIAbwBtAHUAbgBjAHQAaQBvAG4AbABhAHMAcwB2AG8AeQBpAGUAZABlAGwAZQBjAG8AbgB0AGkAbgBpAG4AcwB0AGEAbgB0AHkAYgByAGUAYQByAGUAdAB1AHIAZABlAGIAdQBnAGcAZQBhAHcAYQBpAHQAaAByAHcAaABpAGwAZQBmAG8AcgBpAGYAYwBhAHQAYwBmAGkAbgBhAGwAbABlAGwAcw==","undefined"!=typeof Buffer?Buffer.from(A,"base64"):Uint8Array.from(atob(A),A=>A.charCodeAt(0));var A};const init=WebAssembly.compile(C()).then(WebAssembly.instantiate).then(({exports:A})=>{E=A});const initSync=()=>{if(E)return;const A=new WebAssembly.Module(C());E=new WebAssembly.Instance(A).exports};
;// CONCATENATED MODULE: ./actions/lib/images/sources.js






/** A file beside the code that it reads when it runs: the bundler carries it as an asset. */ const ASSET = /new URL\(\s*(["'])(\.[^"']+)\1\s*,\s*import\.meta\.url\s*\)/g;
/**
 * Follows the imports of `entry` (a path below `root`) and compiles what it meets.
 * @throws {ActionError} for an import that does not exist or leaves the root, and for code that does not parse.
 */ async function collectSources(root, entry) {
    await init;
    const compile = typescriptCompiler(root);
    const files = new Map();
    const packages = new Map();
    const pending = [
        {
            path: external_node_path_.posix.normalize(entry),
            from: "the agent's manifest"
        }
    ];
    const seen = new Set();
    for(let next = pending.pop(); next; next = pending.pop()){
        if (seen.has(next.path)) continue;
        seen.add(next.path);
        const source = await readSource(root, next.path, next.from);
        if (!isCode(next.path)) {
            files.set(next.path, {
                path: next.path,
                content: source
            });
            continue;
        }
        const code = next.path.endsWith(".ts") ? await compile(source.toString("utf8"), next.path) : source.toString("utf8");
        const { rewritten, relative, bare } = readImports(code, next.path);
        files.set(next.path, {
            path: staged(next.path),
            content: rewritten
        });
        for (const path of relative)pending.push({
            path,
            from: next.path
        });
        for (const name of bare)packages.set(name, packages.get(name) ?? next.path);
    }
    const sorted = [
        ...files.values()
    ].sort((a, b)=>a.path < b.path ? -1 : 1);
    return {
        files: sorted,
        packages
    };
}
/** The name under which the bundler finds a source file. */ const staged = (path)=>path.replace(/\.ts$/, ".js");
const isCode = (path)=>[
        ".ts",
        ".js",
        ".mjs"
    ].includes((0,external_node_path_.extname)(path));
async function readSource(root, path, from) {
    if (path.startsWith("../")) throw new action/* ActionError */.lZ(`${from} imports ${path}, which is outside the checkout.`);
    try {
        return await (0,promises_.readFile)((0,external_node_path_.join)(root, path));
    } catch (cause) {
        throw new action/* ActionError */.lZ(`${from} names ${path}, which cannot be read (${cause.code}).`);
    }
}
function readImports(code, path) {
    const relative = [];
    const bare = [];
    let rewritten = code;
    const [imports] = parse(code, path);
    for (const found of imports.toReversed()){
        const specifier = found.n;
        if (specifier === undefined || (0,external_node_module_.isBuiltin)(specifier)) continue;
        if (!specifier.startsWith(".")) {
            bare.push(packageOf(specifier));
            continue;
        }
        relative.push(external_node_path_.posix.join(external_node_path_.posix.dirname(path), specifier));
        // A dynamic import's range includes its quotes, a static one's does not; the extension is the last thing in both.
        const text = code.slice(found.s, found.e);
        rewritten = rewritten.slice(0, found.s) + text.replace(/\.ts(["'`]?)$/, ".js$1") + rewritten.slice(found.e);
    }
    for (const match of code.matchAll(ASSET))relative.push(external_node_path_.posix.join(external_node_path_.posix.dirname(path), match[2] ?? ""));
    return {
        rewritten,
        relative,
        bare
    };
}
const packageOf = (specifier)=>specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
/** SWC is a native module, so it is taken from the checkout and never bundled. */ function typescriptCompiler(root) {
    const swc = loadInstalled(root, "@swc/core");
    return async (code, path)=>{
        const options = {
            filename: path,
            configFile: false,
            swcrc: false,
            sourceMaps: false,
            module: {
                type: "es6"
            },
            jsc: {
                target: "es2022",
                parser: {
                    syntax: "typescript"
                },
                transform: {
                    verbatimModuleSyntax: true
                }
            }
        };
        try {
            return (await swc.transform(code, options)).code;
        } catch (cause) {
            throw new action/* ActionError */.lZ(`${path} does not compile: ${firstLine(cause)}`);
        }
    };
}
const firstLine = (cause)=>{
    // SWC frames its message with terminal colours and a code picture; the sentence is what helps here.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour
    const text = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\u001b\[[0-9;]*m/g, "");
    return text.split("\n").find((line)=>/[A-Za-z]{3}/.test(line))?.replace(/^[\s×x]+/, "").trim() ?? "a syntax error";
};

;// CONCATENATED MODULE: ./actions/lib/images/bundle.js









const run = (0,external_node_util_.promisify)(external_node_child_process_.execFile);
/** Makes ncc read and write ES modules. */ const MODULE_PACKAGE = '{ "type": "module" }\n';
/**
 * Bundles an entry and all that it imports into ES modules for Node 20.19 and newer, unminified. The bundler sees only
 * a fresh folder with the compiled sources and the packages they need, at the same places below it for every checkout:
 * so the result depends on the commit alone, not on where the clone lies or what else is installed.
 * @throws {ActionError} for code that does not compile, missing packages or an entry that cannot be bundled.
 */ async function bundle({ root, entry, sourceMap = false }) {
    const { files, packages } = await collectSources(root, entry);
    const staging = await (0,promises_.realpath)(await (0,promises_.mkdtemp)((0,external_node_path_.join)((0,external_node_os_.tmpdir)(), "karmacadabra-bundle-")));
    try {
        await (0,promises_.writeFile)((0,external_node_path_.join)(staging, "package.json"), MODULE_PACKAGE);
        for (const { path, content } of files){
            await (0,promises_.mkdir)((0,external_node_path_.dirname)((0,external_node_path_.join)(staging, path)), {
                recursive: true
            });
            await (0,promises_.writeFile)((0,external_node_path_.join)(staging, path), content);
        }
        await stagePackages(root, staging, packages);
        const api = await stageBundler(root, staging);
        const modules = await runNcc({
            api,
            staging,
            entry,
            sourceMap
        });
        const bundled = (await readBundle((0,external_node_path_.join)(staging, "out"))).map(withCommonJsNames);
        bundled.sort((a, b)=>a.path < b.path ? -1 : 1);
        return {
            files: bundled,
            packages: await packagesOf(staging, modules)
        };
    } finally{
        await (0,promises_.rm)(staging, {
            recursive: true,
            force: true
        });
    }
}
/**
 * Copies ncc into the staging folder. It names chunks by the paths of modules, and its own loaders are among them: from
 * where the checkout lies, the same commit would give other names in another folder.
 * @returns the copy, as Node requires it.
 */ async function stageBundler(root, staging) {
    const copy = (0,external_node_path_.join)(staging, "bundler");
    await (0,promises_.cp)((0,external_node_path_.dirname)(resolveInstalled(root, "@vercel/ncc/package.json")), copy, {
        recursive: true
    });
    return copy;
}
/**
 * What the bundler's process runs. ncc gets a process of its own: its working folder is part of what it derives module
 * ids from, and no variable of ours may reach it. `filterAssetBase` names a folder that does not exist: otherwise ncc
 * takes any `path.resolve(variable, "name")` for a file to carry along, and rewrites the code to find it beside itself.
 * Its exit listeners are removed because they only write caches, which go away with the folder.
 */ const NCC_PROGRAM = `
const { mkdirSync, writeFileSync } = require("node:fs");
const { dirname, resolve } = require("node:path");
const [api, entry, sourceMap] = process.argv.slice(1);
const options = {
  cache: false, quiet: true, minify: false, sourceMapRegister: false, target: "es2022",
  sourceMap: sourceMap === "true", filterAssetBase: resolve("no-assets"),
};
const put = (name, content) => {
  mkdirSync(dirname(resolve("out", name)), { recursive: true });
  writeFileSync(resolve("out", name), content);
};
require(api)(resolve(entry), options).then(({ code, map, assets, stats }) => {
  put("index.js", code);
  if (map) put("index.js.map", map);
  for (const [name, asset] of Object.entries(assets)) put(name, asset.source);
  writeFileSync("stats.json", JSON.stringify(stats.toJson({ all: false, modules: true, nestedModules: true, ids: true })));
}).catch((error) => { console.error(error.message); process.exitCode = 1; })
  .finally(() => process.removeAllListeners("exit"));
`;
async function runNcc(job) {
    const args = [
        "-e",
        NCC_PROGRAM,
        "--",
        job.api,
        staged(job.entry),
        String(job.sourceMap)
    ];
    try {
        await run(process.execPath, args, {
            cwd: job.staging,
            env: {},
            maxBuffer: 64 * 1024 * 1024
        });
    } catch (cause) {
        const { stdout = "", stderr = "", message } = cause;
        const said = `${stdout}\n${stderr}`.replaceAll(job.staging, ".").trim() || message;
        throw new action/* ActionError */.lZ(`${job.entry} cannot be bundled:\n${said.split("\n").slice(0, 12).join("\n")}`);
    }
    const stats = JSON.parse(await (0,promises_.readFile)((0,external_node_path_.join)(job.staging, "stats.json"), "utf8"));
    return (stats.modules ?? []).filter((found)=>found.chunks?.length).flatMap(moduleNames);
}
const moduleNames = (found)=>found.modules?.length ? found.modules.flatMap(moduleNames) : found.name ? [
        found.name
    ] : [];
async function readBundle(folder) {
    const entries = await (0,promises_.readdir)(folder, {
        recursive: true,
        withFileTypes: true
    });
    const paths = entries.filter((e)=>e.isFile()).map((e)=>(0,external_node_path_.relative)(folder, (0,external_node_path_.join)(e.parentPath, e.name)));
    const files = paths.map((path)=>({
            path: path.replaceAll("\\", "/"),
            file: (0,external_node_path_.join)(folder, path)
        }));
    return Promise.all(files.map(async ({ path, file })=>({
            path,
            content: await (0,promises_.readFile)(file)
        })));
}
/** ncc leaves `__dirname` and `__filename` of CommonJS packages as they are; an ES module must declare them. */ function withCommonJsNames(file) {
    if (!file.path.endsWith(".js")) return file;
    const code = Buffer.from(file.content).toString("utf8");
    const names = [
        "__dirname",
        "__filename"
    ].filter((name)=>new RegExp(`(?<![\\w$."'\`])${name}\\b`).test(code));
    if (names.length === 0) return file;
    const value = {
        __dirname: "import.meta.dirname",
        __filename: "import.meta.filename"
    };
    const head = names.map((name)=>`const ${name} = ${value[name]};\n`).join("");
    return {
        path: file.path,
        content: Buffer.from(head + code)
    };
}

;// CONCATENATED MODULE: ./actions/lib/images/checkout.js





const checkout_run = (0,external_node_util_.promisify)(external_node_child_process_.execFile);
/** Files beside the agents' folder that decide what an image holds. */ const SHARED_FILES = [
    "package.json",
    "package-lock.json"
];
/**
 * What git says about the commit that is checked out.
 * @throws {ActionError} when `commit` is not what is checked out, or files that go into the image were changed since:
 * the image would lie about where it came from.
 */ async function readBuildSource({ root, agentsDir, commit, sourceUrl }) {
    const head = await git(root, [
        "rev-parse",
        "HEAD"
    ]);
    if (commit && commit !== head) throw new action/* ActionError */.lZ(`The image of commit ${commit} cannot be built: ${head} is checked out in ${root}. Check out ${commit} first.`);
    const changed = await git(root, [
        "status",
        "--porcelain",
        "--",
        agentsDir,
        ...SHARED_FILES
    ]);
    if (changed) throw new action/* ActionError */.lZ(`Files were changed since commit ${head}, so the image would not be that commit's. Commit or undo them:\n${changed}`);
    const seconds = await git(root, [
        "show",
        "-s",
        "--format=%ct",
        head
    ]);
    const packageJson = JSON.parse(await (0,promises_.readFile)((0,external_node_path_.join)(root, "package.json"), "utf8"));
    const committedAt = new Date(Number(seconds) * 1000);
    return {
        commit: head,
        committedAt,
        version: packageJson.version ?? "0.0.0",
        url: sourceUrl
    };
}
async function git(root, args) {
    try {
        const { stdout } = await checkout_run("git", [
            "-C",
            root,
            ...args
        ], {
            maxBuffer: 16 * 1024 * 1024
        });
        return stdout.trimEnd();
    } catch (cause) {
        const { stderr, message } = cause;
        const said = stderr?.trim().split("\n")[0] || message;
        throw new action/* ActionError */.lZ(`git ${args[0]} failed in ${root}: ${said}. An image is built from a git checkout.`);
    }
}

// EXTERNAL MODULE: ./actions/lib/images/image.js
var images_image = __webpack_require__(7496);
// EXTERNAL MODULE: ./actions/lib/images/layout.js
var layout = __webpack_require__(4087);
;// CONCATENATED MODULE: ./actions/build-image/build-image.js












/** Builds one agent's image from the checkout into an OCI image layout. Nothing outside the layout changes. */ async function buildImage(inputs, progress, { env, clock }) {
    const root = (0,external_node_path_.resolve)(env.GITHUB_WORKSPACE ?? ".");
    const agentsDir = inputs["agents-dir"];
    const agent = findAgent((0,external_node_path_.resolve)(root, agentsDir), inputs.agent);
    const build = nodeBuild(agent);
    const architecture = oneArchitecture(agent);
    const choice = parseBase(inputs.base);
    const output = outputFolder(inputs, root, env);
    const source = await readBuildSource({
        root,
        agentsDir,
        commit: inputs.commit ?? env.GITHUB_SHA,
        sourceUrl: inputs.source ?? sourceUrl(env)
    });
    progress.line(`${agent.name}: commit ${source.commit}, bundling ${build.entry}`);
    const bundled = await bundle({
        root,
        entry: `${agentsDir}/${agent.name}/${build.entry}`
    });
    const base = await chooseBase(choice, architecture, {
        env,
        clock,
        say: (line)=>progress.line(line),
        mask: (secret)=>progress.mask(secret)
    });
    progress.line(`${agent.name}: ${base.description}`);
    const image = await (0,images_image/* assembleImage */.al)({
        agent,
        architecture,
        bundle: bundled,
        base,
        source
    });
    await (0,layout/* writeLayout */.wy)(output, image);
    const { digest } = image.descriptor;
    const size = (0,images_image/* imageSize */.R9)(image);
    progress.line(`${agent.name}: ${digest}, ${Math.ceil(size / 1024)} KiB, ${bundled.packages.length} npm packages`);
    return {
        outputs: {
            digest,
            layout: output,
            "image-size": String(size),
            packages: String(bundled.packages.length),
            "packages-file": `/${images_image/* APP_FOLDER */.jB}/${images_image/* PACKAGES_FILE */.FV}`,
            base: inputs.base ?? oci/* HOST_NODE */.kh
        },
        notices: choice === oci/* HOST_NODE */.kh && env.GITHUB_ACTIONS === "true" && !inputs.base ? [
            base.description
        ] : [],
        summary: `Built **${agent.name}** from \`${source.commit}\`: \`${digest}\`, ${Math.ceil(size / 1024)} KiB, ${bundled.packages.length} npm packages; ${base.description}.\n`
    };
}
function findAgent(agentsDir, name) {
    if (!(0,external_node_fs_.existsSync)(agentsDir)) throw new action/* ActionError */.lZ(`There is no folder ${agentsDir}; agents-dir must name the agents' folder.`);
    const agents = (0,manifest/* readManifests */.PX)(agentsDir);
    const agent = agents.find((found)=>found.name === name);
    if (agent) return agent;
    throw new action/* ActionError */.lZ(`There is no agent "${name}"; allowed: ${agents.map((found)=>found.name).join(", ") || "none"}.`);
}
function nodeBuild(agent) {
    if (agent.build.kind === "node") return agent.build;
    throw new action/* ActionError */.lZ(`${agent.name} has build.kind "${agent.build.kind}", which needs Docker Buildx and is not built yet; allowed: "node".`);
}
function oneArchitecture(agent) {
    const { architecture } = agent.container;
    const [first, ...others] = typeof architecture === "string" ? [
        architecture
    ] : architecture;
    if (first && others.length === 0) return first;
    throw new action/* ActionError */.lZ(`${agent.name} wants ${[
        first,
        ...others
    ].join(" and ")}; images for two architectures are not built yet. Name one in container.architecture.`);
}
async function chooseBase(choice, architecture, connection) {
    if (choice === oci/* HOST_NODE */.kh) return hostNodeBase;
    const credentials = await credentialsFor(choice.registry, connection);
    return readBase(choice, architecture, new images_registry/* RegistryClient */.b({
        ...connection,
        registry: choice.registry,
        credentials
    }));
}
/** A base in ECR, or in the sandbox's, is read with the job's own AWS credentials; any other must be public. */ async function credentialsFor(registry, { env, mask }) {
    const inSandbox = (0,images_reference/* isLocalRegistry */.rY)(registry) && env.AWS_ENDPOINT_URL;
    if (!(0,images_reference/* isEcrRegistry */.Wr)(registry) && !inSandbox) return undefined;
    const { ecrCredentials } = await Promise.all(/* import() */[__webpack_require__.e(330), __webpack_require__.e(411)]).then(__webpack_require__.bind(__webpack_require__, 9411));
    const credentials = await ecrCredentials();
    mask(credentials.password);
    return credentials;
}
/** Where GitHub says that the source is; absent outside a workflow. */ const sourceUrl = (env)=>env.GITHUB_SERVER_URL && env.GITHUB_REPOSITORY ? `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}` : undefined;
function outputFolder(inputs, root, env) {
    if (inputs.output) return (0,external_node_path_.resolve)(root, inputs.output);
    if (env.RUNNER_TEMP) return (0,external_node_path_.resolve)(env.RUNNER_TEMP, "images", inputs.agent);
    throw new action/* ActionError */.lZ("The input output is missing, and there is no RUNNER_TEMP; name a folder for the image layout.");
}

// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
;// CONCATENATED MODULE: ./actions/build-image/inputs.js

const inputs_text = dist/* pipe */.FsL(dist/* string */.YjP(), dist/* minLength */.BpQ(1));
/** Inputs of `build-image`, by the names of action.yml. */ const inputs = dist/* strictObject */.rej({
    agent: dist/* pipe */.FsL(dist/* string */.YjP(), dist/* regex */.yGV(/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/, "the name of a folder of the agents' folder")),
    "agents-dir": dist/* optional */.lqM(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* regex */.yGV(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./-]+$/, "a path inside the checkout, such as agents")), "agents"),
    commit: dist/* optional */.lqM(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* regex */.yGV(/^[0-9a-f]{40}$/, "a full commit hash, 40 lower-case hexadecimal digits"))),
    base: dist/* optional */.lqM(inputs_text),
    output: dist/* optional */.lqM(inputs_text),
    source: dist/* optional */.lqM(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* url */.OZ5("the URL of the source repository, such as https://github.com/owner/name")))
});

;// CONCATENATED MODULE: ./actions/build-image/main.js




const main = ()=>(0,action/* runAction */.Cs)({
        name: "build-image",
        inputs: inputs,
        run: (given, progress, env)=>buildImage(given, progress, {
                env,
                clock: (0,clock/* environmentClock */.u)(env)
            })
    });


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


/***/ })

};
