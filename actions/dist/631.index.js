export const id = 631;
export const ids = [631];
export const modules = {

/***/ 1213:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  g: () => (/* binding */ connectCloud)
});

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-elastic-load-balancing-v2/dist-cjs/index.js
var dist_cjs = __webpack_require__(9353);
// EXTERNAL MODULE: ./actions/lib/aws/failures.js
var failures = __webpack_require__(1543);
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
var client_ecs_dist_cjs = __webpack_require__(3483);
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
var client_cloudwatch_logs_dist_cjs = __webpack_require__(8076);
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
var client_ssm_dist_cjs = __webpack_require__(9535);
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
var client_ecr_dist_cjs = __webpack_require__(2206);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(7651);
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
var client_secrets_manager_dist_cjs = __webpack_require__(8461);
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

/***/ 1543:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   GZ: () => (/* binding */ isDenied),
/* harmony export */   m_: () => (/* binding */ isAwsError),
/* harmony export */   vt: () => (/* binding */ explainAwsFailure)
/* harmony export */ });
/* harmony import */ var _action_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7860);

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

/***/ 7913:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   T: () => (/* binding */ awsSettings)
/* harmony export */ });
/* harmony import */ var _action_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7860);

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

/***/ 3771:
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
