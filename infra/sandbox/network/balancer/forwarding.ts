import { createHash } from "node:crypto";
import type { TargetGroup } from "./groups.ts";
import type { Target } from "./targets.ts";

export interface WeightedGroup {
  readonly group: TargetGroup;
  /** 0-999. */
  readonly weight: number;
}

export interface Choice {
  readonly group: TargetGroup;
  /** `undefined` when the group has none to offer: a weighted forward does not fail over to another group. */
  readonly target: Target | undefined;
  /** Set-Cookie values for stickiness; mostly none. */
  readonly cookies: readonly string[];
}

const NO_COOKIES: readonly string[] = [];

/**
 * Distributes requests over groups by weight with the smooth weighted round robin, which is exact over every cycle
 * and never sends the heavy group's whole share in one run. A cookie keeps a client at its group where the rule asks
 * for it (AWSALBTG) and at its target where the group does (AWSALB).
 */
export class Forward {
  readonly groups: readonly WeightedGroup[];
  readonly #credits: number[];
  readonly #total: number;
  readonly #stickySeconds: number;

  constructor(groups: readonly WeightedGroup[], stickySeconds: number) {
    this.groups = groups.filter(({ weight }) => weight > 0);
    this.#credits = this.groups.map(() => 0);
    this.#total = this.groups.reduce((sum, { weight }) => sum + weight, 0);
    this.#stickySeconds = stickySeconds;
  }

  /** `undefined` when every weight is 0. */
  choose(cookie: string | undefined): Choice | undefined {
    const kept = this.#stickySeconds > 0 ? this.#kept(cookie) : undefined;
    const group = kept ?? this.#next();
    if (!group) return undefined;
    if (this.#stickySeconds === 0 && group.settings.stickySeconds === 0) {
      return { group, target: group.pick(), cookies: NO_COOKIES };
    }
    const target = stickyTarget(group, cookie) ?? group.pick();
    return { group, target, cookies: this.#cookies(group, target) };
  }

  #next(): TargetGroup | undefined {
    const [first] = this.groups;
    if (this.groups.length < 2) return first?.group;
    let best = 0;
    for (let i = 0; i < this.groups.length; i++) {
      const credit = (this.#credits[i] ?? 0) + (this.groups[i]?.weight ?? 0);
      this.#credits[i] = credit;
      if (credit > (this.#credits[best] ?? 0)) best = i;
    }
    this.#credits[best] = (this.#credits[best] ?? 0) - this.#total;
    return this.groups[best]?.group;
  }

  #kept(cookie: string | undefined): TargetGroup | undefined {
    const token = cookieValue(cookie, "AWSALBTG");
    return token === undefined ? undefined : this.groups.find(({ group }) => tokenOf(group.arn) === token)?.group;
  }

  #cookies(group: TargetGroup, target: Target | undefined): readonly string[] {
    const sticky = group.settings.stickySeconds;
    return [
      ...(this.#stickySeconds > 0 ? [setCookie("AWSALBTG", group.arn, this.#stickySeconds)] : []),
      ...(sticky > 0 && target ? [setCookie("AWSALB", target.key, sticky)] : []),
    ];
  }
}

function stickyTarget(group: TargetGroup, cookie: string | undefined): Target | undefined {
  if (group.settings.stickySeconds === 0) return undefined;
  const token = cookieValue(cookie, "AWSALB");
  return token === undefined ? undefined : group.usable.find(({ key }) => tokenOf(key) === token);
}

const setCookie = (name: string, subject: string, seconds: number): string =>
  `${name}=${tokenOf(subject)}; Max-Age=${seconds}; Path=/`;

/** Clients learn nothing about groups and addresses from a cookie. */
const tokenOf = (subject: string): string => createHash("sha256").update(subject).digest("hex").slice(0, 32);

function cookieValue(header: string | undefined, name: string): string | undefined {
  return header
    ?.split(";")
    .map((pair) => pair.trim().split("="))
    .find(([key]) => key === name)?.[1];
}
