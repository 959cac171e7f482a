import type { TargetGroup } from "./groups.ts";
import { appCookie, cookieValue, keptToken, stickyCookies, tokenOf } from "./stickiness.ts";
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
  /** To be set as well, if the target's answer sets the application's cookie or the client has it. */
  readonly appCookie?: AppCookie | undefined;
}

export interface AppCookie {
  /** Of the application's cookie. */
  readonly name: string;
  /** The client sent it along and is kept by it: the load balancer's cookie is renewed. */
  readonly isKept: boolean;
  /** Set-Cookie value. */
  readonly cookie: string;
}

const NO_COOKIES: readonly string[] = [];
const GROUP_COOKIE = "AWSALBTG";
const TARGET_COOKIE = "AWSALB";
const APP_COOKIE = "AWSALBAPP-0";

/**
 * Distributes requests over groups by weight with the smooth weighted round robin, which is exact over every cycle
 * and never sends the heavy group's whole share in one run. A cookie keeps a client at its group where the rule asks
 * for it (AWSALBTG) and at its target where the group does (AWSALB, AWSALBAPP-0).
 */
export class Forward {
  readonly groups: readonly WeightedGroup[];
  readonly #credits: number[];
  readonly #total: number;
  readonly #stickySeconds: number;
  readonly #now: () => number;

  /** @param now sandbox time in ms since 1970; only stickiness asks for it. */
  constructor(groups: readonly WeightedGroup[], stickySeconds: number, now: () => number) {
    this.groups = groups.filter(({ weight }) => weight > 0);
    this.#credits = this.groups.map(() => 0);
    this.#total = this.groups.reduce((sum, { weight }) => sum + weight, 0);
    this.#stickySeconds = stickySeconds;
    this.#now = now;
  }

  /** `undefined` when every weight is 0. */
  choose(cookie: string | undefined): Choice | undefined {
    const kept = this.#stickySeconds > 0 ? this.#kept(cookie) : undefined;
    const group = kept ?? this.#next();
    if (!group) return undefined;
    const { stickiness } = group.settings;
    if (this.#stickySeconds === 0 && !stickiness) return { group, target: group.pick(), cookies: NO_COOKIES };
    if (stickiness?.appCookie !== undefined) return this.#byApplication(group, stickiness.appCookie, cookie);
    const target = (stickiness && this.#stickyTarget(group, TARGET_COOKIE, cookie)) ?? group.pick();
    const own = stickiness && target ? this.#cookies(TARGET_COOKIE, target.key, stickiness.seconds) : NO_COOKIES;
    return { group, target, cookies: [...this.#groupCookies(group), ...own] };
  }

  /** Both cookies keep a client. With several groups AWS does not follow an application's cookie. */
  #byApplication(group: TargetGroup, name: string, cookie: string | undefined): Choice {
    const isKept = cookieValue(cookie, name) !== undefined;
    const follows = this.groups.length === 1;
    const kept = follows && isKept ? this.#stickyTarget(group, APP_COOKIE, cookie) : undefined;
    const target = kept ?? group.pick();
    const { seconds = 0 } = group.settings.stickiness ?? {};
    const own = target && follows && appCookie(APP_COOKIE, target.key, { seconds, now: this.#now() });
    const cookies = this.#groupCookies(group);
    return { group, target, cookies, appCookie: own ? { name, isKept: kept !== undefined, cookie: own } : undefined };
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
    const token = this.#token(cookie, GROUP_COOKIE);
    return token === undefined ? undefined : this.groups.find(({ group }) => tokenOf(group.arn) === token)?.group;
  }

  #stickyTarget(group: TargetGroup, name: string, cookie: string | undefined): Target | undefined {
    const token = this.#token(cookie, name);
    return token === undefined ? undefined : group.usable.find(({ key }) => tokenOf(key) === token);
  }

  /** The CORS twin comes first. */
  #token(cookie: string | undefined, name: string): string | undefined {
    if (cookie === undefined) return undefined;
    return keptToken(cookie, `${name}CORS`, this.#now()) ?? keptToken(cookie, name, this.#now());
  }

  #groupCookies(group: TargetGroup): readonly string[] {
    return this.#stickySeconds > 0 ? this.#cookies(GROUP_COOKIE, group.arn, this.#stickySeconds) : NO_COOKIES;
  }

  #cookies(name: string, subject: string, seconds: number): readonly string[] {
    return stickyCookies(name, subject, { seconds, now: this.#now() });
  }
}
