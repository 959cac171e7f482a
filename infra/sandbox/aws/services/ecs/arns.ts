import type { ServiceContext } from "../../kernel.ts";

const DIGITS = "0123456789";
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** ARNs and ids in the shapes that ECS gives them. */
export class Arns {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  #arn(resource: string): string {
    return `arn:aws:ecs:${this.#context.region}:${this.#context.account}:${resource}`;
  }

  cluster(name: string): string {
    return this.#arn(`cluster/${name}`);
  }

  capacityProvider(name: string): string {
    return this.#arn(`capacity-provider/${name}`);
  }

  taskDefinition(family: string, revision: number): string {
    return this.#arn(`task-definition/${family}:${revision}`);
  }

  service(cluster: string, name: string): string {
    return this.#arn(`service/${cluster}/${name}`);
  }

  newServiceDeployment(cluster: string, service: string): string {
    return this.#arn(`service-deployment/${cluster}/${service}/${this.#context.id(21, BASE64URL)}`);
  }

  newServiceRevision(cluster: string, service: string): string {
    return this.#arn(`service-revision/${cluster}/${service}/${this.newNumber()}`);
  }

  newTask(cluster: string): { id: string; arn: string } {
    const id = this.#context.id(32);
    return { id, arn: this.task(cluster, id) };
  }

  task(cluster: string, id: string): string {
    return this.#arn(`task/${cluster}/${id}`);
  }

  container(cluster: string, taskId: string): string {
    return this.#arn(`container/${cluster}/${taskId}/${this.newUuid()}`);
  }

  newUuid(): string {
    return this.#context.id(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /** 19 digits without a leading zero: the number of a classic deployment or a revision. */
  newNumber(): string {
    return this.#context.id(1, "123456789") + this.#context.id(18, DIGITS);
  }

  newHookId(type: "pause" | "lambda"): string {
    return `ecs-${type}-${this.#context.id(43, BASE64URL)}`;
  }
}

/** The last part of an ARN, or the name itself where a client gave a name. */
export const nameOf = (arnOrName: string): string => arnOrName.slice(arnOrName.lastIndexOf("/") + 1);
