export const id = 991;
export const ids = [991];
export const modules = {

/***/ 3755:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  g: () => (/* binding */ connectCloud)
});

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-elastic-load-balancing-v2/dist-cjs/index.js
var dist_cjs = __webpack_require__(2837);
// EXTERNAL MODULE: ./actions/lib/aws/failures.js
var failures = __webpack_require__(9493);
;// CONCATENATED MODULE: ./actions/lib/aws/balancer.js


function balancerPort(settings) {
    const client = new dist_cjs/* ElasticLoadBalancingV2Client */.MlD(settings);
    return {
        rule: (arn)=>absent([
                "RuleNotFound",
                "RuleNotFoundException"
            ], async ()=>{
                const { Rules } = await client.send(new dist_cjs/* DescribeRulesCommand */.Ggo({
                    RuleArns: [
                        arn
                    ]
                }));
                return Rules?.[0];
            }),
        targetGroup: (arn)=>absent([
                "TargetGroupNotFound",
                "TargetGroupNotFoundException"
            ], async ()=>{
                const { TargetGroups } = await client.send(new dist_cjs/* DescribeTargetGroupsCommand */.sC7({
                    TargetGroupArns: [
                        arn
                    ]
                }));
                return TargetGroups?.[0];
            }),
        async targets (arn) {
            const { TargetHealthDescriptions = [] } = await client.send(new dist_cjs/* DescribeTargetHealthCommand */.qyg({
                TargetGroupArn: arn
            }));
            return TargetHealthDescriptions.map(({ Target, TargetHealth })=>({
                    target: `${Target?.Id}:${Target?.Port}`,
                    state: TargetHealth?.State ?? "unknown",
                    reason: TargetHealth?.Reason,
                    description: TargetHealth?.Description
                }));
        },
        listenerUrl: (ruleArn)=>absent([
                "ListenerNotFound",
                "ListenerNotFoundException",
                "LoadBalancerNotFound"
            ], ()=>urlOf(client, ruleArn))
    };
}
/** `…:listener-rule/app/<name>/<lb>/<listener>/<rule>` names its listener and its load balancer. */ async function urlOf(client, ruleArn) {
    const listenerArn = ruleArn.replace(":listener-rule/", ":listener/").replace(/\/[^/]+$/, "");
    const balancerArn = listenerArn.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "");
    const [listeners, balancers] = await Promise.all([
        client.send(new dist_cjs/* DescribeListenersCommand */.AKE({
            ListenerArns: [
                listenerArn
            ]
        })),
        client.send(new dist_cjs/* DescribeLoadBalancersCommand */.AZi({
            LoadBalancerArns: [
                balancerArn
            ]
        }))
    ]);
    const listener = listeners.Listeners?.[0];
    const host = balancers.LoadBalancers?.[0]?.DNSName;
    if (!listener?.Port || !host) return undefined;
    const scheme = listener.Protocol === "HTTPS" ? "https" : "http";
    const usual = listener.Port === (scheme === "https" ? 443 : 80);
    return `${scheme}://${host}${usual ? "" : `:${listener.Port}`}`;
}
async function absent(codes, read) {
    try {
        return await read();
    } catch (error) {
        if ((0,failures/* isAwsError */.m_)(error, ...codes)) return undefined;
        throw error;
    }
}

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-ecs/dist-cjs/index.js
var client_ecs_dist_cjs = __webpack_require__(7215);
;// CONCATENATED MODULE: ./actions/lib/aws/ecs.js


function ecsPort(settings) {
    const client = new client_ecs_dist_cjs/* ECSClient */.Zgc(settings);
    return {
        ...serviceReads(client),
        ...deploymentReads(client),
        ...writes(client)
    };
}
function serviceReads(client) {
    return {
        async service ({ cluster, service }) {
            try {
                const answer = await client.send(new client_ecs_dist_cjs/* DescribeServicesCommand */.H7c({
                    cluster,
                    services: [
                        service
                    ]
                }));
                return answer.services?.find((found)=>found.status !== "INACTIVE");
            } catch (error) {
                if ((0,failures/* isAwsError */.m_)(error, "ClusterNotFoundException")) return undefined;
                throw error;
            }
        },
        async taskDefinition (name) {
            try {
                const answer = await client.send(new client_ecs_dist_cjs/* DescribeTaskDefinitionCommand */.Zy$({
                    taskDefinition: name,
                    include: [
                        "TAGS"
                    ]
                }));
                return answer.taskDefinition ? {
                    definition: answer.taskDefinition,
                    tags: answer.tags ?? []
                } : undefined;
            } catch (error) {
                if ((0,failures/* isAwsError */.m_)(error, "ClientException", "InvalidParameterException")) return undefined;
                throw error;
            }
        },
        async tasks ({ cluster, service }, status) {
            const listed = await client.send(new client_ecs_dist_cjs/* ListTasksCommand */.MYg({
                cluster,
                serviceName: service,
                desiredStatus: status,
                maxResults: 20
            }));
            if (!listed.taskArns?.length) return [];
            const { tasks = [] } = await client.send(new client_ecs_dist_cjs/* DescribeTasksCommand */.z8X({
                cluster,
                tasks: listed.taskArns
            }));
            return tasks.sort((a, b)=>(b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
        }
    };
}
function deploymentReads(client) {
    return {
        async deployments ({ cluster, service }) {
            const { serviceDeployments = [] } = await client.send(new client_ecs_dist_cjs/* ListServiceDeploymentsCommand */.jz8({
                cluster,
                service,
                maxResults: 20
            }));
            return serviceDeployments.sort((a, b)=>(b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
        },
        async deployment (arn) {
            const answer = await client.send(new client_ecs_dist_cjs/* DescribeServiceDeploymentsCommand */.A6p({
                serviceDeploymentArns: [
                    arn
                ]
            }));
            return answer.serviceDeployments?.[0];
        },
        async revisions (arns) {
            if (arns.length === 0) return [];
            const answer = await client.send(new client_ecs_dist_cjs/* DescribeServiceRevisionsCommand */.oF5({
                serviceRevisionArns: [
                    ...arns
                ]
            }));
            return answer.serviceRevisions ?? [];
        }
    };
}
function writes(client) {
    return {
        async register (input) {
            const { taskDefinition } = await client.send(new client_ecs_dist_cjs/* RegisterTaskDefinitionCommand */.$Hl(input));
            if (!taskDefinition?.taskDefinitionArn) throw new Error("RegisterTaskDefinition answered without an ARN.");
            return taskDefinition.taskDefinitionArn;
        },
        async update (input) {
            const { service } = await client.send(new client_ecs_dist_cjs/* UpdateServiceCommand */.kZr(input));
            if (!service) throw new Error("UpdateService answered without a service.");
            return service;
        },
        async answer (serviceDeploymentArn, hookId, action) {
            try {
                await client.send(new client_ecs_dist_cjs/* ContinueServiceDeploymentCommand */.LrH({
                    serviceDeploymentArn,
                    hookId,
                    action
                }));
                return true;
            } catch (error) {
                // "Provided hookId is either completed, unavailable, …" and "… in terminal states": somebody else acted first.
                if ((0,failures/* isAwsError */.m_)(error, "InvalidParameterException", "ClientException", "ServiceDeploymentNotFoundException")) return false;
                throw error;
            }
        },
        async stop (serviceDeploymentArn) {
            try {
                await client.send(new client_ecs_dist_cjs/* StopServiceDeploymentCommand */.a8L({
                    serviceDeploymentArn,
                    stopType: "ROLLBACK"
                }));
                return true;
            } catch (error) {
                if ((0,failures/* isAwsError */.m_)(error, "ConflictException", "InvalidParameterException", "ServiceDeploymentNotFoundException")) return false;
                throw error;
            }
        }
    };
}

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-cloudwatch-logs/dist-cjs/index.js
var client_cloudwatch_logs_dist_cjs = __webpack_require__(8);
;// CONCATENATED MODULE: ./actions/lib/aws/logs.js


function logsPort(settings) {
    const client = new client_cloudwatch_logs_dist_cjs/* CloudWatchLogsClient */.TFr(settings);
    return {
        async groupExists (name) {
            try {
                const { logGroups = [] } = await client.send(new client_cloudwatch_logs_dist_cjs/* DescribeLogGroupsCommand */.VlF({
                    logGroupNamePrefix: name
                }));
                return logGroups.some((group)=>group.logGroupName === name);
            } catch (error) {
                if ((0,failures/* isDenied */.GZ)(error)) return undefined;
                throw error;
            }
        },
        async tail (logGroupName, logStreamName, limit) {
            try {
                const { events = [] } = await client.send(new client_cloudwatch_logs_dist_cjs/* GetLogEventsCommand */.h7S({
                    logGroupName,
                    logStreamName,
                    limit,
                    startFromHead: false
                }));
                return events.flatMap((event)=>event.message ? [
                        event.message.trimEnd()
                    ] : []);
            } catch (error) {
                // Evidence is welcome, never required: a missing stream must not hide the verdict.
                if ((0,failures/* isAwsError */.m_)(error, "ResourceNotFoundException") || (0,failures/* isDenied */.GZ)(error)) return [];
                throw error;
            }
        }
    };
}

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-ssm/dist-cjs/index.js
var client_ssm_dist_cjs = __webpack_require__(7171);
;// CONCATENATED MODULE: ./actions/lib/aws/parameters.js


function parametersPort(settings) {
    const client = new client_ssm_dist_cjs/* SSMClient */.jBj(settings);
    return {
        async get (name) {
            try {
                return (await client.send(new client_ssm_dist_cjs/* GetParameterCommand */.lhy({
                    Name: name
                }))).Parameter?.Value;
            } catch (error) {
                if ((0,failures/* isAwsError */.m_)(error, "ParameterNotFound")) return undefined;
                throw error;
            }
        },
        async put (name, value) {
            await client.send(new client_ssm_dist_cjs/* PutParameterCommand */.ihh({
                Name: name,
                Value: value,
                Type: "String",
                Overwrite: true
            }));
        },
        history: (name)=>historyOf(client, name)
    };
}
async function historyOf(client, name) {
    const versions = [];
    let next;
    try {
        do {
            const page = await client.send(new client_ssm_dist_cjs/* GetParameterHistoryCommand */.JFb({
                Name: name,
                MaxResults: 50,
                NextToken: next
            }));
            for (const { Version = 0, Value = "", LastModifiedDate } of page.Parameters ?? [])versions.push({
                version: Version,
                value: Value,
                at: LastModifiedDate
            });
            next = page.NextToken;
        }while (next)
    } catch (error) {
        if (!(0,failures/* isAwsError */.m_)(error, "ParameterNotFound")) throw error;
    }
    return versions.sort((a, b)=>b.version - a.version);
}

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-ecr/dist-cjs/index.js
var client_ecr_dist_cjs = __webpack_require__(1330);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
;// CONCATENATED MODULE: ./actions/lib/aws/registry.js



const MANIFESTS = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json"
];
const descriptor = dist/* object */.Ikc({
    digest: dist/* string */.YjP(),
    platform: dist/* optional */.lqM(dist/* object */.Ikc({
        architecture: dist/* string */.YjP(),
        os: dist/* optional */.lqM(dist/* string */.YjP())
    }))
});
const manifestShape = dist/* object */.Ikc({
    manifests: dist/* optional */.lqM(dist/* array */.YOg(descriptor)),
    config: dist/* optional */.lqM(descriptor)
});
const configShape = dist/* object */.Ikc({
    architecture: dist/* string */.YjP(),
    config: dist/* optional */.lqM(dist/* object */.Ikc({
        Labels: dist/* optional */.lqM(dist/* nullable */.mee(dist/* record */.g1P(dist/* string */.YjP(), dist/* string */.YjP())))
    }))
});
function registryPort(settings, http = fetch) {
    const client = new client_ecr_dist_cjs/* ECRClient */.S70(settings);
    return {
        async uri (repository) {
            try {
                const answer = await client.send(new client_ecr_dist_cjs/* DescribeRepositoriesCommand */.pE_({
                    repositoryNames: [
                        repository
                    ]
                }));
                return answer.repositories?.[0]?.repositoryUri;
            } catch (error) {
                if ((0,failures/* isAwsError */.m_)(error, "RepositoryNotFoundException")) return undefined;
                throw error;
            }
        },
        async image (repository, id) {
            try {
                const imageId = "digest" in id ? {
                    imageDigest: id.digest
                } : {
                    imageTag: id.tag
                };
                const answer = await client.send(new client_ecr_dist_cjs/* DescribeImagesCommand */.ji5({
                    repositoryName: repository,
                    imageIds: [
                        imageId
                    ]
                }));
                const found = answer.imageDetails?.[0];
                return found?.imageDigest ? {
                    digest: found.imageDigest,
                    tags: found.imageTags ?? []
                } : undefined;
            } catch (error) {
                if ((0,failures/* isAwsError */.m_)(error, "ImageNotFoundException", "RepositoryNotFoundException")) return undefined;
                throw error;
            }
        },
        contents: (repository, digest)=>contentsOf({
                client,
                http,
                repository
            }, digest)
    };
}
async function contentsOf(reader, digest) {
    const manifest = await manifestOf(reader, digest);
    if (!manifest) return undefined;
    if (manifest.config) return configOf(reader, manifest.config.digest);
    // BuildKit lists its attestations in the index too, with the platform `unknown`.
    const images = (manifest.manifests ?? []).filter((m)=>m.platform && m.platform.architecture !== "unknown");
    const first = images[0] && await contentsOf(reader, images[0].digest);
    const architectures = images.flatMap((m)=>m.platform ? [
            m.platform.architecture
        ] : []);
    return first ? {
        ...first,
        architectures
    } : {
        architectures,
        labels: {}
    };
}
async function manifestOf({ client, repository }, digest) {
    const { images } = await client.send(new client_ecr_dist_cjs/* BatchGetImageCommand */.P8n({
        repositoryName: repository,
        imageIds: [
            {
                imageDigest: digest
            }
        ],
        acceptedMediaTypes: MANIFESTS
    }));
    const parsed = dist/* safeParse */.xLC(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* parseJson */.qFJ(), manifestShape), images?.[0]?.imageManifest);
    return parsed.success ? parsed.output : undefined;
}
async function configOf({ client, repository, http }, layerDigest) {
    const { downloadUrl } = await client.send(new client_ecr_dist_cjs/* GetDownloadUrlForLayerCommand */.pKL({
        repositoryName: repository,
        layerDigest
    }));
    if (!downloadUrl) return undefined;
    const answer = await http(downloadUrl, {
        signal: AbortSignal.timeout(5_000)
    });
    if (!answer.ok) return undefined;
    const parsed = dist/* safeParse */.xLC(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* parseJson */.qFJ(), configShape), await answer.text());
    if (!parsed.success) return undefined;
    const labels = parsed.output.config?.Labels ?? {};
    return {
        architectures: [
            parsed.output.architecture
        ],
        revision: labels["org.opencontainers.image.revision"],
        labels
    };
}

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-secrets-manager/dist-cjs/index.js
var client_secrets_manager_dist_cjs = __webpack_require__(5065);
;// CONCATENATED MODULE: ./actions/lib/aws/secrets.js


function secretsPort(settings) {
    const client = new client_secrets_manager_dist_cjs/* SecretsManagerClient */._H(settings);
    return {
        async exists (id) {
            try {
                const answer = await client.send(new client_secrets_manager_dist_cjs/* DescribeSecretCommand */.X5({
                    SecretId: id
                }));
                return answer.DeletedDate === undefined;
            } catch (error) {
                if ((0,failures/* isAwsError */.m_)(error, "ResourceNotFoundException")) return false;
                if ((0,failures/* isDenied */.GZ)(error)) return undefined;
                throw error;
            }
        }
    };
}

;// CONCATENATED MODULE: ./actions/lib/aws/cloud.js






const connectCloud = (settings)=>({
        ecs: ecsPort(settings),
        balancer: balancerPort(settings),
        registry: registryPort(settings),
        parameters: parametersPort(settings),
        logs: logsPort(settings),
        secrets: secretsPort(settings)
    });


/***/ }),

/***/ 9493:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   GZ: () => (/* binding */ isDenied),
/* harmony export */   m_: () => (/* binding */ isAwsError),
/* harmony export */   vt: () => (/* binding */ explainAwsFailure)
/* harmony export */ });
/* harmony import */ var _action_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9678);

const named = (error)=>typeof error === "object" && error !== null && "name" in error && "message" in error;
/** True when `error` is the AWS error of one of these codes, e.g. `ParameterNotFound`. */ const isAwsError = (error, ...codes)=>named(error) && codes.includes(error.name);
const REFUSED = [
    "AccessDeniedException",
    "AccessDenied",
    "UnauthorizedOperation"
];
const EXPIRED = [
    "ExpiredTokenException",
    "ExpiredToken",
    "UnrecognizedClientException",
    "InvalidClientTokenId"
];
/** The permission is missing: a check that only informs may be skipped, a change may not. */ const isDenied = (error)=>isAwsError(error, ...REFUSED);
/** Says an AWS or network failure in the user's words; anything else passes through unchanged. */ function explainAwsFailure(error) {
    if (!named(error) || error instanceof _action_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ) return error;
    const fix = remedy(error);
    if (!fix) return error;
    return new _action_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ(`AWS answered ${error.name}: ${error.message}\n${fix}`, {
        cause: error
    });
}
function remedy(error) {
    if (EXPIRED.includes(error.name)) return "The credentials of this job are not valid (any more). Run aws-actions/configure-aws-credentials again before this step, or ask for a longer session with its input `role-duration-seconds`.";
    if (REFUSED.includes(error.name)) return "The role of this job lacks this permission. Its policy belongs to infra/aws/policies.";
    if (error.name === "CredentialsProviderError") return "This job has no AWS credentials. Run aws-actions/configure-aws-credentials before this step.";
    if ("code" in error && (error.code === "ECONNREFUSED" || error.code === "ENOTFOUND")) return "AWS could not be reached. Check AWS_REGION and AWS_ENDPOINT_URL of this job.";
    if (error.name === "ThrottlingException") return "AWS throttled the account for longer than the retries last. Run again.";
    return "$metadata" in error ? "Run again; if it stays, the request or the account is at fault." : undefined;
}


/***/ }),

/***/ 9627:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   T: () => (/* binding */ awsSettings)
/* harmony export */ });
/* harmony import */ var _action_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9678);

/**
 * Region and endpoint as the AWS CLI reads them; credentials come from the SDK's own chain.
 * Retries are the SDK's standard mode: exponential back-off with jitter, 8 attempts, so a throttled call waits its turn.
 * @throws {ActionError} when no region is known.
 */ function awsSettings(env, region) {
    const chosen = region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
    if (!chosen) throw new _action_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ("No AWS region is set. Give the input `region`, or run aws-actions/configure-aws-credentials before this step.");
    return {
        region: chosen,
        ...env.AWS_ENDPOINT_URL ? {
            endpoint: env.AWS_ENDPOINT_URL
        } : {},
        maxAttempts: 8,
        customUserAgent: [
            [
                "karmacadabra-delivery",
                "0.1.0"
            ]
        ]
    };
}


/***/ }),

/***/ 2957:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   D: () => (/* binding */ fetchHttp),
/* harmony export */   p: () => (/* binding */ isGatewayAnswer)
/* harmony export */ });
/** One request of a gate. Paths are absolute URLs by now. */ /** Bodies are read up to this many bytes: a gate looks at the shape, not at the data. */ const BODY_LIMIT = 1024 * 1024;
/** Every request opens its own connection, so that a load balancer may choose another target each time. */ const fetchHttp = async ({ method, url, body, timeoutSeconds })=>{
    const started = performance.now();
    try {
        const answer = await fetch(url, {
            method,
            redirect: "manual",
            signal: AbortSignal.timeout(timeoutSeconds * 1000),
            headers: {
                accept: "application/json",
                connection: "close",
                "user-agent": "karmacadabra-gate",
                ...body === undefined ? {} : {
                    "content-type": "application/json"
                }
            },
            ...body === undefined ? {} : {
                body: JSON.stringify(body)
            }
        });
        const text = (await answer.text()).slice(0, BODY_LIMIT);
        return {
            ok: true,
            status: answer.status,
            text,
            milliseconds: Math.round(performance.now() - started)
        };
    } catch (error) {
        return {
            ok: false,
            problem: problemOf(error, timeoutSeconds)
        };
    }
};
function problemOf(error, timeoutSeconds) {
    if (typeof error !== "object" || error === null) return String(error);
    if ("name" in error && error.name === "TimeoutError") return `no answer within ${timeoutSeconds} s`;
    const cause = "cause" in error ? messageOf(error.cause) : undefined;
    return cause ?? messageOf(error) ?? "the request failed";
}
const messageOf = (error)=>typeof error === "object" && error !== null && "message" in error && error.message ? String(error.message) : undefined;
/** Answers that a load balancer gives when it has no target to ask: nothing was learnt about the version. */ const isGatewayAnswer = (status)=>status === 502 || status === 503 || status === 504;


/***/ }),

/***/ 8215:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $n: () => (/* binding */ targetHealthGate),
/* harmony export */   ff: () => (/* binding */ describeTarget)
/* harmony export */ });
/* unused harmony export judgeTargets */
const LOOKS = 12;
const SECONDS_BETWEEN = 5;
/** The new version's target group holds as many healthy targets as tasks are wanted; looked at for up to a minute. */ async function targetHealthGate(context) {
    let last;
    for(let look = 0; look < LOOKS; look++){
        if (look > 0) await context.clock.sleep(SECONDS_BETWEEN);
        last = judgeTargets(await context.targets(), context.desired);
        if (last.outcome === "pass") return last;
    }
    return last ?? judgeTargets([], context.desired);
}
/** Pure: one look at a target group. */ function judgeTargets(targets, desired) {
    const inService = targets.filter((target)=>target.state !== "draining" && target.state !== "unused");
    const healthy = inService.filter((target)=>target.state === "healthy").length;
    const unhealthy = inService.filter((target)=>target.state.startsWith("unhealthy")).length;
    const enough = healthy >= Math.max(desired, 1) && unhealthy === 0;
    return {
        gate: "target-health",
        outcome: enough ? "pass" : "fail",
        summary: `${healthy} of ${desired} targets healthy${unhealthy ? `, ${unhealthy} unhealthy` : ""}.`,
        numbers: {
            healthy,
            unhealthy,
            desired
        },
        evidence: inService.filter((target)=>target.state !== "healthy").map(describeTarget)
    };
}
const describeTarget = ({ target, state, reason, description })=>[
        `${target} ${state}`,
        reason,
        description
    ].filter(Boolean).join(", ");


/***/ }),

/***/ 8304:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  au: () => (/* binding */ openLedger)
});

// UNUSED EXPORTS: provenHistory, withBlocked

// EXTERNAL MODULE: ./agents/naming.js
var naming = __webpack_require__(1741);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
;// CONCATENATED MODULE: ./actions/lib/ledger/record.js

const digest = dist/* pipe */.FsL(dist/* string */.YjP(), dist/* regex */.yGV(/^sha256:[0-9a-f]{64}$/));
/** One proven deployment. Every version of the ledger's parameter holds one; together they are the audit trail. */ const ledgerRecord = dist/* object */.Ikc({
    digest,
    /** `registry/repository@sha256:…` */ image: dist/* string */.YjP(),
    /** Full git sha of the source. */ commit: dist/* string */.YjP(),
    /** URL (or id) of the workflow run that did it. */ run: dist/* string */.YjP(),
    actor: dist/* string */.YjP(),
    verdict: dist/* literal */.euz("DEPLOYED"),
    /** ISO 8601. */ at: dist/* string */.YjP(),
    deployment: dist/* optional */.lqM(dist/* string */.YjP()),
    revision: dist/* optional */.lqM(dist/* string */.YjP()),
    /** The digest that this deployment replaced because a person asked to go back. */ rollbackOf: dist/* optional */.lqM(digest)
});
/** A digest that a rollback refused. */ const blockedDigest = dist/* object */.Ikc({
    digest,
    reason: dist/* string */.YjP(),
    actor: dist/* string */.YjP(),
    at: dist/* string */.YjP()
});
/** @returns undefined for a value that no version of this platform wrote (a seed, a manual edit). */ function parseLedgerRecord(value) {
    const parsed = dist/* safeParse */.xLC(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* parseJson */.qFJ(), ledgerRecord), value);
    return parsed.success ? parsed.output : undefined;
}
function parseBlocked(value) {
    const parsed = dist/* safeParse */.xLC(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* parseJson */.qFJ(), dist/* array */.YOg(blockedDigest)), value);
    return parsed.success ? parsed.output : [];
}

;// CONCATENATED MODULE: ./actions/lib/ledger/ledger.js


/** SSM's standard parameters hold 4 KB; a refused digest with its reason takes about 200 bytes. */ const BLOCKED_KEPT = 12;
function openLedger(parameters, stage, agent) {
    const names = {
        image: (0,naming/* imageParameter */.BY)(stage, agent),
        ledger: (0,naming/* ledgerParameter */.tj)(stage, agent),
        blocked: (0,naming/* blockedParameter */._$)(stage, agent)
    };
    const blocked = async ()=>parseBlocked(await parameters.get(names.blocked));
    return {
        live: async ()=>parseLedgerRecord(await parameters.get(names.ledger)),
        history: async ()=>provenHistory((await parameters.history(names.ledger)).map((version)=>version.value)),
        blocked,
        async write (record) {
            await parameters.put(names.image, record.image);
            await parameters.put(names.ledger, JSON.stringify(record));
        },
        block: async (entry)=>parameters.put(names.blocked, JSON.stringify(withBlocked(await blocked(), entry))),
        async unblock (digest) {
            const entries = await blocked();
            const left = entries.filter((entry)=>entry.digest !== digest);
            if (left.length < entries.length) await parameters.put(names.blocked, JSON.stringify(left));
        }
    };
}
/** @param values parameter values, newest first. */ function provenHistory(values) {
    const records = values.flatMap((value)=>parseLedgerRecord(value) ?? []);
    return records.filter((record, i)=>record.digest !== records[i - 1]?.digest);
}
function withBlocked(entries, entry) {
    return [
        entry,
        ...entries.filter((other)=>other.digest !== entry.digest)
    ].slice(0, BLOCKED_KEPT);
}


/***/ }),

/***/ 7551:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $t: () => (/* binding */ placeOf),
/* harmony export */   DH: () => (/* binding */ gatherService),
/* harmony export */   pc: () => (/* binding */ gatherFacts)
/* harmony export */ });
/* harmony import */ var _agents_naming_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1741);
/* harmony import */ var _ledger_ledger_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8304);
/* harmony import */ var _routing_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9542);
/* harmony import */ var _status_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2096);




const placeOf = (request)=>({
        cluster: (0,_agents_naming_js__WEBPACK_IMPORTED_MODULE_0__/* .clusterName */ .SL)(request.stage),
        service: (0,_agents_naming_js__WEBPACK_IMPORTED_MODULE_0__/* .serviceName */ .fe)(request.stage, request.manifest.name)
    });
async function gatherFacts(request, ports) {
    const place = placeOf(request);
    const [serviceSide, imageSide, ledgerSide] = await Promise.all([
        gatherService(place, ports),
        gatherImage(request, ports),
        gatherLedger(request, ports)
    ]);
    const definitions = serviceSide.service ? await gatherDefinitions(serviceSide.service, ports) : {
        secrets: []
    };
    return {
        place,
        ...serviceSide,
        ...definitions,
        ...imageSide,
        ...ledgerSide
    };
}
async function gatherService(place, { cloud }) {
    const service = await cloud.ecs.service(place);
    const routing = (0,_routing_js__WEBPACK_IMPORTED_MODULE_3__/* .routingOf */ .CC)(service?.loadBalancers);
    if (!service) return {
        routing,
        targets: []
    };
    const [deployments, rules] = await Promise.all([
        gatherDeployments(place, service, {
            cloud
        }, routing),
        gatherRules(routing, {
            cloud
        })
    ]);
    return {
        service,
        routing,
        ...deployments,
        ...rules
    };
}
async function gatherDeployments(place, service, { cloud }, routing) {
    const [brief] = await cloud.ecs.deployments(place);
    const current = (service.currentServiceRevisions ?? []).flatMap(({ arn })=>arn ? [
            arn
        ] : []);
    const arns = [
        ...new Set([
            ...current,
            ...brief?.targetServiceRevisionArn ? [
                brief.targetServiceRevisionArn
            ] : []
        ])
    ];
    const [newest, revisions] = await Promise.all([
        brief?.serviceDeploymentArn ? cloud.ecs.deployment(brief.serviceDeploymentArn) : undefined,
        cloud.ecs.revisions(arns)
    ]);
    const byArn = (arn)=>revisions.find((revision)=>revision.serviceRevisionArn === arn);
    const live = current.length === 1 && !(0,_status_js__WEBPACK_IMPORTED_MODULE_2__/* .isRunning */ .W_)(newest?.status) ? byArn(current[0]) : undefined;
    const group = (0,_routing_js__WEBPACK_IMPORTED_MODULE_3__/* .groupOf */ .F8)(live);
    return {
        newest,
        newestTarget: byArn(brief?.targetServiceRevisionArn),
        live,
        liveDigest: (0,_routing_js__WEBPACK_IMPORTED_MODULE_3__/* .digestOf */ .ol)(live, routing.container),
        targets: group ? await cloud.balancer.targets(group) : []
    };
}
async function gatherDefinitions(service, { cloud }) {
    const definition = service.taskDefinition ? await cloud.ecs.taskDefinition(service.taskDefinition) : undefined;
    const [latest, logGroup, secrets] = await Promise.all([
        definition?.definition.family ? cloud.ecs.taskDefinition(definition.definition.family) : undefined,
        gatherLogGroup(definition?.definition, {
            cloud
        }),
        gatherSecrets(definition?.definition, {
            cloud
        })
    ]);
    return {
        definition,
        latest: latest?.definition,
        logGroup,
        secrets
    };
}
async function gatherLogGroup(definition, { cloud }) {
    const name = definition?.containerDefinitions?.map((c)=>c.logConfiguration?.options?.["awslogs-group"]).find(Boolean);
    return name ? {
        name,
        exists: await cloud.logs.groupExists(name)
    } : undefined;
}
async function gatherSecrets(definition, { cloud }) {
    const references = definition?.containerDefinitions?.flatMap((container)=>container.secrets ?? []) ?? [];
    const ids = new Set(references.flatMap((secret)=>secretId(secret.valueFrom) ?? []));
    return Promise.all([
        ...ids
    ].map(async (id)=>({
            id,
            exists: await cloud.secrets.exists(id)
        })));
}
/** `arn:…:secret:name-AbCdEf:key::` → the secret's ARN. Parameters of SSM are not secrets of Secrets Manager. */ const secretId = (valueFrom)=>/^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+/.exec(valueFrom ?? "")?.[0];
async function gatherRules(routing, { cloud }) {
    const read = async (arn)=>{
        if (!arn) return undefined;
        const rule = await cloud.balancer.rule(arn);
        return {
            arn,
            exists: rule !== undefined,
            groups: (0,_routing_js__WEBPACK_IMPORTED_MODULE_3__/* .weightedGroups */ .OS)(rule)
        };
    };
    const [production, test] = await Promise.all([
        read(routing.productionRule),
        read(routing.testRule)
    ]);
    return {
        production,
        test
    };
}
async function gatherImage({ image }, { cloud }) {
    const [found, contents] = await Promise.all([
        cloud.registry.image(image.repository, {
            digest: image.digest
        }),
        // What the image says of itself only sharpens the checks; a registry that does not tell must not stop a deployment.
        cloud.registry.contents(image.repository, image.digest).catch(()=>undefined)
    ]);
    return {
        image: found,
        contents
    };
}
async function gatherLedger(request, { cloud, ancestry }) {
    const ledger = (0,_ledger_ledger_js__WEBPACK_IMPORTED_MODULE_1__/* .openLedger */ .au)(cloud.parameters, request.stage, request.manifest.name);
    const [record, history, blocked] = await Promise.all([
        ledger.live(),
        ledger.history(),
        ledger.blocked()
    ]);
    const standing = record ? await ancestry(request.commit, record.commit) : "unknown";
    return {
        record,
        history,
        blocked,
        ancestry: standing
    };
}


/***/ }),

/***/ 7478:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  lh: () => (/* binding */ agentUrl),
  C_: () => (/* binding */ gateLine),
  cE: () => (/* binding */ gateNow)
});

;// CONCATENATED MODULE: ./actions/lib/gates/result.js
/**
 * What a gate may say. `inconclusive` means it measured and cannot tell; `error` that it could not measure.
 * Neither is ever a pass.
 */ /** Traffic moves only when every gate passed; a gate that could not tell counts against the new version. */ function decide(results) {
    if (results.length === 0) return {
        action: "ROLLBACK",
        reason: "No gate was measured."
    };
    const refused = results.filter((result)=>result.outcome !== "pass").sort(bySeverity);
    const first = refused[0];
    if (!first) return {
        action: "CONTINUE",
        reason: `${results.length} of ${results.length} gates passed.`
    };
    return {
        action: "ROLLBACK",
        reason: `Gate ${first.gate}: ${first.outcome}. ${first.summary}`
    };
}
const SEVERITY = [
    "fail",
    "error",
    "inconclusive",
    "pass"
];
const bySeverity = (a, b)=>SEVERITY.indexOf(a.outcome) - SEVERITY.indexOf(b.outcome);

// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(1969);
// EXTERNAL MODULE: ./actions/lib/gates/http.js
var http = __webpack_require__(2957);
;// CONCATENATED MODULE: ./actions/lib/gates/identity.js


const healthBody = dist/* object */.Ikc({
    agent: dist/* string */.YjP(),
    commit: dist/* string */.YjP(),
    version: dist/* optional */.lqM(dist/* string */.YjP()),
    startedAt: dist/* optional */.lqM(dist/* string */.YjP())
});
/** A rewritten rule reaches every load balancer node within seconds; until then an answer may still be the old version's. */ const SETTLE_SECONDS = 30;
const ASK_EVERY_SECONDS = 2;
/** Answers asked for per target, so that each of two is missed with a chance below 1 in 500. */ const ANSWERS_PER_TARGET = 9;
const MINIMUM_ANSWERS = 10;
/** Requests that may fail to measure before the gate says `error`. */ const ERROR_BUDGET = 5;
/**
 * The health body of every answer names this agent and the commit being deployed: a stale image cannot pass.
 * First waits (30 s at most) for the first right answer, then wants every further one to be right.
 */ async function identityGate(context) {
    const settled = await settle(context);
    if (!settled.right) return judgeIdentities(context, settled.asked);
    const wanted = Math.max(MINIMUM_ANSWERS, ANSWERS_PER_TARGET * context.desired);
    const answers = [];
    let unmeasured = 0;
    while(answers.length < wanted && unmeasured <= ERROR_BUDGET){
        const identity = await askIdentity(context);
        if (identity.kind === "unmeasured") {
            unmeasured++;
            await context.clock.sleep(ASK_EVERY_SECONDS);
        }
        answers.push(identity);
    }
    return judgeIdentities(context, answers);
}
async function settle(context) {
    const asked = [];
    for(let waited = 0; waited <= SETTLE_SECONDS; waited += ASK_EVERY_SECONDS){
        const identity = await askIdentity(context);
        if (isRight(identity, context)) return {
            right: true,
            asked: [
                identity
            ]
        };
        asked.push(identity);
        await context.clock.sleep(ASK_EVERY_SECONDS);
    }
    return {
        right: false,
        asked
    };
}
async function askIdentity({ http, baseUrl, manifest }) {
    const url = `${baseUrl}${manifest.health.path}`;
    return readIdentity(await http({
        method: "GET",
        url,
        timeoutSeconds: manifest.health.timeoutSeconds
    }));
}
function readIdentity(answer) {
    if (!answer.ok) return {
        kind: "unmeasured",
        what: answer.problem
    };
    if ((0,http/* isGatewayAnswer */.p)(answer.status)) return {
        kind: "unmeasured",
        what: `the load balancer answered ${answer.status}`
    };
    if (answer.status !== 200) return {
        kind: "unreadable",
        what: `status ${answer.status}`
    };
    const parsed = dist/* safeParse */.xLC(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* parseJson */.qFJ(), healthBody), answer.text);
    if (!parsed.success) return {
        kind: "unreadable",
        what: `a body without agent and commit: ${answer.text.slice(0, 80)}`
    };
    const { agent, commit, startedAt } = parsed.output;
    return {
        kind: "known",
        agent,
        commit,
        instance: startedAt ?? ""
    };
}
const isRight = (identity, { commit, manifest })=>identity.kind === "known" && identity.commit === commit && identity.agent === manifest.name;
/** Pure: any answer of another version fails; too many that could not be had is `error`. */ function judgeIdentities(expected, identities) {
    const wrong = identities.filter((identity)=>identity.kind !== "unmeasured" && !isRight(identity, expected));
    const unmeasured = identities.filter((identity)=>identity.kind === "unmeasured");
    const right = identities.length - wrong.length - unmeasured.length;
    const instances = new Set(identities.flatMap((identity)=>identity.kind === "known" ? [
            identity.instance
        ] : []));
    const outcome = wrong.length > 0 ? "fail" : unmeasured.length > ERROR_BUDGET || right === 0 ? "error" : "pass";
    const commit = expected.commit.slice(0, 12);
    return {
        gate: "identity",
        outcome,
        summary: `${right} of ${identities.length} answers came from ${expected.manifest.name} at commit ${commit}.`,
        numbers: {
            asked: identities.length,
            right,
            wrong: wrong.length,
            unmeasured: unmeasured.length,
            instances: instances.size
        },
        evidence: tally([
            ...wrong,
            ...unmeasured
        ].map(describeIdentity))
    };
}
const describeIdentity = (identity)=>identity.kind === "known" ? `${identity.agent} at commit ${identity.commit}` : identity.what;
/** `["a", "a", "b"]` → `["2 × a", "1 × b"]` */ function tally(lines) {
    const counts = new Map();
    for (const line of lines)counts.set(line, (counts.get(line) ?? 0) + 1);
    return [
        ...counts
    ].map(([line, times])=>`${times} × ${line}`).slice(0, 5);
}

;// CONCATENATED MODULE: ./actions/lib/gates/smoke.js

/** A request that could not be measured is asked again this often before the gate says `error`. */ const ATTEMPTS = 4;
const SECONDS_BETWEEN = 2;
const TIMEOUT_SECONDS = 10;
/** Each request is made this often: one lucky answer proves little. */ const ROUNDS = 3;
/** The manifest's smoke requests get the answers it promises: status and the JSON types of named keys. */ async function smokeGate(context) {
    const outcomes = [];
    for(let round = 0; round < ROUNDS; round++)for (const request of context.manifest.rollout.gates.smoke)outcomes.push(await askSmoke(context, request));
    return judgeSmoke(outcomes);
}
async function askSmoke(context, request) {
    let outcome = {
        name: nameOf(request),
        outcome: "error",
        milliseconds: 0
    };
    for(let attempt = 0; attempt < ATTEMPTS; attempt++){
        if (attempt > 0) await context.clock.sleep(SECONDS_BETWEEN);
        const { method, path, body } = request;
        const url = `${context.baseUrl}${path}`;
        outcome = checkSmoke(request, await context.http({
            method,
            url,
            body,
            timeoutSeconds: TIMEOUT_SECONDS
        }));
        if (outcome.outcome !== "error") return outcome;
    }
    return outcome;
}
const nameOf = (request)=>`${request.method} ${request.path}`;
/** Pure: what one answer says about one request. */ function checkSmoke(request, answer) {
    const name = nameOf(request);
    if (!answer.ok) return {
        name,
        outcome: "error",
        problem: answer.problem,
        milliseconds: 0
    };
    const { status, milliseconds } = answer;
    const wanted = request.expect.status;
    if (status !== wanted) {
        const outcome = (0,http/* isGatewayAnswer */.p)(status) ? "error" : "fail";
        return {
            name,
            outcome,
            problem: `answered ${status}, expected ${wanted}: ${excerpt(answer.text)}`,
            milliseconds
        };
    }
    const problem = request.expect.json ? shapeProblem(request.expect.json, answer.text) : undefined;
    return {
        name,
        outcome: problem ? "fail" : "pass",
        problem,
        milliseconds
    };
}
function shapeProblem(expected, text) {
    const body = parseObject(text);
    if (!body) return `the body is no JSON object: ${excerpt(text)}`;
    const wrong = Object.entries(expected).filter(([key, type])=>jsonType(body[key]) !== type);
    return wrong.map(([key, type])=>`${key} is ${jsonType(body[key])}, expected ${type}`).join("; ") || undefined;
}
function parseObject(text) {
    try {
        const body = JSON.parse(text);
        return typeof body === "object" && body !== null && !Array.isArray(body) ? {
            ...body
        } : undefined;
    } catch  {
        return undefined;
    }
}
/** `string | number | boolean | object | array | null`, or `missing`. */ const jsonType = (value)=>value === undefined ? "missing" : value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
const excerpt = (text)=>text.replaceAll(/\s+/g, " ").trim().slice(0, 120) || "(empty body)";
/** Pure: all answers together. No answer at all is `inconclusive`. */ function judgeSmoke(outcomes) {
    const failed = outcomes.filter((outcome)=>outcome.outcome === "fail");
    const unmeasured = outcomes.filter((outcome)=>outcome.outcome === "error");
    const slowest = Math.max(0, ...outcomes.map((outcome)=>outcome.milliseconds));
    const right = outcomes.length - failed.length - unmeasured.length;
    return {
        gate: "smoke",
        outcome: outcomeOf(failed.length, unmeasured.length, right),
        summary: `${right} of ${outcomes.length} requests answered as expected, slowest ${slowest} ms.`,
        numbers: {
            asked: outcomes.length,
            right,
            failed: failed.length,
            unmeasured: unmeasured.length,
            slowest
        },
        evidence: [
            ...new Set([
                ...failed,
                ...unmeasured
            ].map(({ name, problem })=>`${name} ${problem}`))
        ].slice(0, 5)
    };
}
function outcomeOf(failed, unmeasured, right) {
    if (failed > 0) return "fail";
    if (unmeasured > 0) return "error";
    return right > 0 ? "pass" : "inconclusive";
}

// EXTERNAL MODULE: ./actions/lib/gates/target-health.js
var target_health = __webpack_require__(8215);
;// CONCATENATED MODULE: ./actions/lib/gates/run.js



const gates = [
    [
        "target-health",
        target_health/* targetHealthGate */.$n
    ],
    [
        "identity",
        identityGate
    ],
    [
        "smoke",
        smokeGate
    ]
];
/** Measures all gates of one pause side by side. A gate that throws says `error`; it never passes. */ function runGates(context) {
    const applicable = gates.filter(([gate])=>gate !== "smoke" || context.manifest.rollout.gates.smoke.length > 0);
    return Promise.all(applicable.map(async ([gate, measure])=>{
        try {
            return {
                ...await measure(context),
                ...gate === "target-health" ? {} : {
                    url: context.baseUrl
                }
            };
        } catch (error) {
            return unmeasured(gate, error instanceof Error ? error.message : String(error));
        }
    }));
}
const unmeasured = (gate, problem)=>({
        gate,
        outcome: "error",
        summary: `Not measured: ${problem}`,
        numbers: {},
        evidence: []
    });

;// CONCATENATED MODULE: ./actions/lib/rollout/gate-at-pause.js


/** Measures the gates of one moment and decides. Where nothing can be measured, nothing passes. */ async function gateNow(input, request, ports) {
    if (input.desired === 0 && request.allowEmpty) return {
        results: [],
        decision: {
            action: "CONTINUE",
            reason: "0 tasks are wanted, and that is allowed."
        }
    };
    const context = await contextOf(input, request, ports);
    const results = typeof context === "string" ? [
        unmeasured("routing", context)
    ] : await runGates(context);
    return {
        results,
        decision: decide(results)
    };
}
async function contextOf({ side, routing, group, desired }, request, { cloud, http, clock, cancel }) {
    const baseUrl = await agentUrl(side, routing, request, {
        cloud
    });
    if (!baseUrl) return `no ${side} listener is known; give the input \`${side}-url\`.`;
    if (!group) return "ECS does not tell the new revision's target group.";
    const targets = ()=>cloud.balancer.targets(group);
    // A cancelled job has seconds left: a gate that waits must not hold it.
    const waiting = {
        now: ()=>clock.now(),
        sleep: (seconds)=>clock.sleep(seconds, cancel)
    };
    return {
        manifest: request.manifest,
        commit: request.commit,
        baseUrl,
        desired,
        targets,
        http,
        clock: waiting
    };
}
/** URL of the agent on one side, without a slash at the end: listener and route. */ async function agentUrl(side, routing, request, { cloud }) {
    const given = side === "test" ? request.testUrl : request.productionUrl;
    const rule = side === "test" ? routing.testRule : routing.productionRule;
    const listener = given ?? (rule ? await cloud.balancer.listenerUrl(rule) : undefined);
    return listener && `${listener.replace(/\/+$/, "")}${request.manifest.route.path}`.replace(/\/+$/, "");
}
/** `identity        pass   10 of 10 answers …` */ const gateLine = ({ gate, outcome, summary })=>`gate ${gate.padEnd(14)} ${outcome.padEnd(12)} ${summary}`;


/***/ }),

/***/ 9766:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   e: () => (/* binding */ describeProof),
/* harmony export */   z: () => (/* binding */ prove)
/* harmony export */ });
/* harmony import */ var _images_reference_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6808);
/* harmony import */ var _routing_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9542);
/* harmony import */ var _status_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2096);



const unproven = (why)=>({
        kind: "unproven",
        why
    });
/**
 * Pure: a version serves when ECS lists one revision, the production rule sends everything to that revision's group,
 * and the group has a healthy target (or no task is wanted). Anything else proves nothing.
 */ function prove(facts) {
    const { service, live, liveDigest, production, targets, newest } = facts;
    if (!service) return unproven("The service does not exist.");
    if ((0,_status_js__WEBPACK_IMPORTED_MODULE_1__/* .isRunning */ .W_)(newest?.status)) return unproven(`A service deployment is ${newest?.status}.`);
    if (!live || !liveDigest) return unproven("ECS does not list exactly one current revision with its image digest.");
    const desired = service.desiredCount ?? 0;
    if (production) {
        const group = (0,_routing_js__WEBPACK_IMPORTED_MODULE_2__/* .groupOf */ .F8)(live);
        if (production.groups.length !== 1) return unproven(`The production rule gives traffic to ${production.groups.length} groups.`);
        if (group && production.groups[0] !== group) return unproven(`Production goes to ${(0,_routing_js__WEBPACK_IMPORTED_MODULE_2__/* .groupName */ .hv)(production.groups[0])}, the live revision is in ${(0,_routing_js__WEBPACK_IMPORTED_MODULE_2__/* .groupName */ .hv)(group)}.`);
        if (desired > 0 && !targets.some((target)=>target.state === "healthy")) return unproven(`${(0,_routing_js__WEBPACK_IMPORTED_MODULE_2__/* .groupName */ .hv)(production.groups[0])} has no healthy target.`);
    }
    return {
        kind: "serves",
        digest: liveDigest,
        revision: live.serviceRevisionArn ?? "",
        desired
    };
}
const describeProof = (proof)=>proof.kind === "serves" ? `${(0,_images_reference_js__WEBPACK_IMPORTED_MODULE_0__/* .shortDigest */ .VK)(proof.digest)} serves production.` : proof.why;


/***/ }),

/***/ 9542:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   CC: () => (/* binding */ routingOf),
/* harmony export */   F8: () => (/* binding */ groupOf),
/* harmony export */   OS: () => (/* binding */ weightedGroups),
/* harmony export */   hv: () => (/* binding */ groupName),
/* harmony export */   ol: () => (/* binding */ digestOf)
/* harmony export */ });
function routingOf(loadBalancers) {
    const balancer = loadBalancers?.[0];
    const advanced = balancer?.advancedConfiguration;
    return {
        container: balancer?.containerName,
        containerPort: balancer?.containerPort,
        groups: [
            balancer?.targetGroupArn,
            advanced?.alternateTargetGroupArn
        ].filter((arn)=>arn !== undefined),
        productionRule: advanced?.productionListenerRule,
        testRule: advanced?.testListenerRule
    };
}
/** Target groups that a rule gives traffic to. ECS writes 100/0, others 1/0: only shares above zero count. */ function weightedGroups(rule) {
    return (rule?.Actions ?? []).flatMap((action)=>{
        const groups = action.ForwardConfig?.TargetGroups;
        if (groups?.length) return groups.flatMap(({ TargetGroupArn, Weight = 1 })=>TargetGroupArn && Weight > 0 ? [
                TargetGroupArn
            ] : []);
        return action.TargetGroupArn ? [
            action.TargetGroupArn
        ] : [];
    });
}
/** The group that a revision's tasks are in: the only API field that tells is `resolvedConfiguration`. */ const groupOf = (revision)=>revision?.resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn;
/** The digest that a revision runs in `container`. */ function digestOf(revision, container) {
    const images = revision?.containerImages ?? [];
    const image = images.find((candidate)=>candidate.containerName === container) ?? images[0];
    return image?.imageDigest ?? /@(sha256:[0-9a-f]{64})$/.exec(image?.image ?? "")?.[1];
}
/** `…targetgroup/prod-alpha-blue/6d0e` → `prod-alpha-blue` */ const groupName = (arn)=>arn?.split("/").at(-2) ?? "none";


/***/ }),

/***/ 2096:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Hd: () => (/* binding */ isTerminal),
/* harmony export */   QC: () => (/* binding */ isShifted),
/* harmony export */   W_: () => (/* binding */ isRunning),
/* harmony export */   jL: () => (/* binding */ canRollBack),
/* harmony export */   s6: () => (/* binding */ isGoingBack)
/* harmony export */ });
/** Statuses of an ECS service deployment from which it does not move any more (developer guide, "service deployment"). */ const TERMINAL = new Set([
    "SUCCESSFUL",
    "STOPPED",
    "ROLLBACK_SUCCESSFUL",
    "ROLLBACK_FAILED"
]);
const isTerminal = (status)=>status !== undefined && TERMINAL.has(status);
const isRunning = (status)=>status !== undefined && !TERMINAL.has(status);
/** A rollback is asked for or under way, so asking again changes nothing. */ const isGoingBack = (status)=>status !== undefined && [
        "STOP_REQUESTED",
        "ROLLBACK_REQUESTED",
        "ROLLBACK_IN_PROGRESS"
    ].includes(status);
const ORDER = [
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
    "BAKE_TIME",
    "CLEAN_UP"
];
/** From `POST_PRODUCTION_TRAFFIC_SHIFT` on, all production traffic is on the new version. */ const isShifted = (stage)=>stage !== undefined && ORDER.indexOf(stage) >= ORDER.indexOf("POST_PRODUCTION_TRAFFIC_SHIFT");
/** In `CLEAN_UP` the old version is being stopped: there is nothing to roll back to any more. */ const canRollBack = (stage)=>stage !== "CLEAN_UP";


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
