// The console's page: polls the state each second and changes what differs. Text becomes text nodes, never HTML.

const STAGES = [
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
  "CLEAN_UP",
];
const UNDER_WAY = ["PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"];
const EVERY_MILLISECONDS = 1000;

/** A service is mostly named after its cluster, which need not be read five times. */
const shortName = ({ name, cluster }) => (name.startsWith(`${cluster}-`) ? name.slice(cluster.length + 1) : name);

/** An element. `grow` sets how much of a split bar it takes. */
function element(tag, { grow, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : String(value));
  }
  if (grow !== undefined) node.style.flexGrow = String(grow);
  node.append(...children.flat().filter((child) => child !== undefined && child !== false && child !== ""));
  return node;
}

const pill = (text, tone) => element("span", { class: `pill ${tone}` }, text);
const words = (text) => text.toLowerCase().replaceAll("_", " ");
const clock = (iso) => (iso ? iso.slice(11, 19) : "");
const shortDigest = (digest) => digest.replace("sha256:", "").slice(0, 12);

function service(state) {
  const [latest] = state.deployments;
  const busy = latest && UNDER_WAY.includes(latest.status);
  const down = state.desired > 0 && state.running === 0;
  return element(
    "article",
    { class: `card${busy ? " busy" : ""}${down ? " down" : ""}`, "data-key": `${state.cluster}/${state.name}` },
    element("div", {}, heading(state, down), facts(state)),
    state.routes.length > 0 && element("div", {}, state.routes.map(route)),
    state.targets.length > 0 && element("div", { class: "targets" }, state.targets.map(target)),
    latest && deployment(latest),
    state.events.length > 0 &&
      folded(
        "Events",
        state.events.map(({ at, message }) => `${clock(at)}  ${message}`),
      ),
    state.logs.length > 0 && folded("Last log lines", state.logs, down),
  );
}

function heading(state, down) {
  const whole = state.running === state.desired;
  const tone = down ? "bad" : whole ? "good" : "warn";
  const pending = state.pending > 0 ? `, ${state.pending} starting` : "";
  return element(
    "div",
    { class: "top" },
    element("h3", { title: `${state.name} in cluster ${state.cluster}` }, shortName(state)),
    pill(`${state.running}/${state.desired} running${pending}`, tone),
  );
}

function facts({ image, ledger, routes }) {
  const url = routes.find(({ kind }) => kind === "production")?.url;
  const commit = ledger?.commit ?? image?.tags[0];
  return element(
    "div",
    { class: "facts" },
    commit && element("span", {}, "commit ", element("code", { class: "value", title: commit }, commit.slice(0, 10))),
    image &&
      element(
        "span",
        {},
        "image ",
        element("code", { class: "value", title: image.digest }, shortDigest(image.digest)),
      ),
    ledger?.actor && element("span", {}, "by ", element("code", { class: "value" }, ledger.actor)),
    url && element("a", { class: "url mono", href: `${url}/health` }, url.replace("http://", "")),
  );
}

const colour = (group) => (/blue/i.test(group) ? "blue" : /green/i.test(group) ? "green" : "violet");

function route({ kind, shares }) {
  const parts = shares
    .filter(({ percent }) => percent > 0)
    .map(({ group, percent }) =>
      element(
        "div",
        { class: `share ${colour(group)}`, grow: percent, title: `${group} ${percent} %` },
        label(group, percent),
      ),
    );
  return element("div", { class: "route" }, element("span", {}, kind), element("div", { class: "split" }, parts));
}

const label = (group, percent) =>
  percent < 12 ? `${percent}` : `${/blue|green/i.exec(group)?.[0] ?? group} ${percent} %`;

function target({ group, address, state, reason }) {
  const why = reason && state !== "draining" ? ` ${reason.replace("Target.", "").replace("Elb.", "")}` : "";
  const side = /blue|green/i.exec(group)?.[0] ?? group;
  return element(
    "span",
    { class: `target ${state}`, title: `${group} ${address}` },
    element("span", { class: "mono" }, address),
    `${side} ${state}${why}`,
  );
}

function deployment(state) {
  const under = UNDER_WAY.includes(state.status);
  const failed = /ROLLBACK|STOP/.test(state.status);
  const tone = failed ? "bad" : under ? "info" : "good";
  return element(
    "div",
    { class: "deployment" },
    element(
      "div",
      { class: "head" },
      pill(words(state.status), tone),
      under && state.stage && element("b", {}, words(state.stage)),
      element("time", { datetime: state.startedAt }, clock(state.finishedAt ?? state.startedAt)),
    ),
    stages(state, { under, failed }),
    revisions(state, under),
    state.hooks.filter(({ status }) => status === "AWAITING_ACTION" || status === "IN_PROGRESS").map(hook),
    state.failedTasks > 0 && element("p", { class: "reason" }, `${state.failedTasks} failed tasks`),
    state.reason && element("p", { class: failed ? "reason" : "small" }, state.reason),
  );
}

function stages({ stage, status }, { under, failed }) {
  const at = status === "SUCCESSFUL" ? STAGES.length : STAGES.indexOf(stage);
  return element(
    "ol",
    { class: "stages", "aria-label": `stage ${words(stage ?? status)}` },
    STAGES.map((name, i) => {
      const kind = i < at ? "done" : i > at ? "" : failed ? "failed" : under ? "now" : "done";
      return element("li", { class: kind, title: words(name) });
    }),
  );
}

function revisions({ revisions, strategy }, under) {
  if (!under) return false;
  const parts = revisions.map(({ role, requested, running, production }) => {
    const weight = production === undefined ? "" : `, ${production} % of production`;
    return `${role === "source" ? "old" : "new"} ${running}/${requested} tasks${weight}`;
  });
  return element("p", { class: "small" }, [words(strategy ?? ""), ...parts].filter(Boolean).join(" · "));
}

function hook({ kind, status, expiresAt, onTimeout }) {
  const until = expiresAt ? ` until ${clock(expiresAt)}` : "";
  const then = onTimeout ? `, then ${words(onTimeout)}` : "";
  const who = kind === "PAUSE" ? "Paused, waiting for an answer" : `Hook ${words(kind)} is ${words(status)}`;
  return element("p", { class: "hook" }, `${who}${until}${then}`);
}

const folded = (title, lines, open = false) =>
  element("details", { open }, element("summary", {}, title), element("pre", {}, lines.join("\n")));

const ALARM_TONES = { OK: "good", ALARM: "bad" };
const alarm = ({ name, state, reason }) =>
  element(
    "div",
    { class: "row" },
    element("b", { class: "row-name" }, name),
    pill(words(state), ALARM_TONES[state] ?? "none"),
    state === "ALARM" && reason && element("span", { class: "small" }, reason),
  );

function stack({ name, status, updatedAt }) {
  const tone = /ROLLBACK|FAILED/.test(status) ? "bad" : status.endsWith("_IN_PROGRESS") ? "info" : "good";
  return element(
    "div",
    { class: "row" },
    element("b", { class: "row-name", title: updatedAt }, name),
    pill(words(status), tone),
  );
}

function list(title, items, row, none) {
  const body =
    items.length > 0
      ? element("div", { class: "card rows" }, items.map(row))
      : element("p", { class: "empty slim" }, none);
  return element("section", {}, element("h2", {}, title), body);
}

function content({ services, alarms, stacks, problems }) {
  return element(
    "main",
    { id: "content" },
    problems.length > 0 &&
      element(
        "div",
        { class: "card problems" },
        problems.map((text) => element("p", { class: "reason" }, text)),
      ),
    services.length > 0
      ? element("section", {}, element("h2", {}, "Fleet"), element("div", { class: "grid" }, services.map(service)))
      : element("p", { class: "empty" }, "No service yet. The deploy workflow creates them."),
    element(
      "div",
      { class: "lists" },
      list("Stacks", stacks, stack, "No stack yet."),
      list("Alarms", alarms, alarm, "No alarm is defined."),
    ),
  );
}

function summary({ services, alarms, stacks }) {
  const up = services.filter(({ running, desired }) => running === desired && desired > 0).length;
  const busy = services.filter(({ deployments: [latest] }) => latest && UNDER_WAY.includes(latest.status)).length;
  const ringing = alarms.filter(({ state }) => state === "ALARM").length;
  const facts = [
    [`${up}/${services.length}`, " services up"],
    [busy, busy === 1 ? " deployment running" : " deployments running"],
    [ringing, ringing === 1 ? " alarm" : " alarms"],
    [stacks.length, stacks.length === 1 ? " stack" : " stacks"],
  ];
  return element(
    "ul",
    { id: "summary", "aria-live": "polite" },
    facts.map(([n, what]) => element("li", {}, element("b", {}, String(n)), what)),
  );
}

/** Changes `before` into `after` in place: what is open stays open, what is selected stays selected. */
function morph(before, after) {
  if (before.nodeType !== after.nodeType || before.nodeName !== after.nodeName) return before.replaceWith(after);
  if (before.nodeType === Node.TEXT_NODE) {
    if (before.data !== after.data) before.data = after.data;
    return;
  }
  for (const { name } of [...before.attributes]) {
    if (!after.hasAttribute(name) && name !== "open" && name !== "style") before.removeAttribute(name);
  }
  for (const { name, value } of after.attributes) {
    if (name !== "style" && name !== "open" && before.getAttribute(name) !== value) before.setAttribute(name, value);
  }
  if (before.style.flexGrow !== after.style.flexGrow) before.style.flexGrow = after.style.flexGrow;
  const news = [...after.childNodes];
  const olds = [...before.childNodes];
  for (const [i, child] of news.entries()) {
    if (olds[i]) morph(olds[i], child);
    else before.append(child);
  }
  for (const old of olds.slice(news.length)) old.remove();
}

const link = document.getElementById("link");

async function poll() {
  try {
    const response = await fetch("/_console/state.json");
    if (!response.ok) throw new Error(`status ${response.status}`);
    const state = await response.json();
    morph(document.getElementById("content"), content(state));
    morph(document.getElementById("summary"), summary(state));
    link.dataset.state = "live";
    link.textContent = `sandbox time ${clock(state.at)}`;
  } catch (error) {
    link.dataset.state = "lost";
    link.textContent = `the sandbox does not answer (${error.message})`;
  }
  setTimeout(poll, EVERY_MILLISECONDS);
}

poll();
