export const id = 411;
export const ids = [411];
export const modules = {

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


/***/ })

};
