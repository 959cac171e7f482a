import { type ChildProcess, spawn } from "node:child_process";

/**
 * A lost runner must take its steps with it. The watchdog is a shell that reads the runner's process groups from a
 * pipe; the pipe ends when the runner dies, however it dies, and the shell then kills what is left. On Linux it
 * also finds processes that left their group, by the tracking id in their environment.
 */
export class Watchdog {
  readonly trackingId: string;
  readonly #shell: ChildProcess;

  constructor(trackingId: string) {
    this.trackingId = trackingId;
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT, "watchdog", trackingId], {
      stdio: ["pipe", "ignore", "ignore"],
      // Its own session: a signal to the runner's group must not reach it.
      detached: true,
      env: { PATH: "/usr/bin:/bin" },
    });
    this.#shell.stdin?.on("error", () => {});
    this.#shell.unref();
  }

  add(group: number): void {
    this.#shell.stdin?.write(`+ ${group}\n`);
  }

  remove(group: number): void {
    this.#shell.stdin?.write(`- ${group}\n`);
  }

  /** Ends the watchdog; whatever is still registered is killed. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#shell.exitCode !== null || this.#shell.pid === undefined) return resolve();
      this.#shell.once("exit", () => resolve());
      // It was unreferenced, so that it never keeps a runner alive by itself.
      this.#shell.ref();
      this.#shell.stdin?.end();
    });
  }
}

// RUNNER_TRACKING_ID is what GitHub's own runner marks its processes with, for the same purpose.
const SCRIPT = `
groups=" "
while read -r operation group; do
  case $operation in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
  esac
done
for group in $groups; do kill -KILL -"$group" 2>/dev/null; done
for environ in $(grep -ls "RUNNER_TRACKING_ID=$1" /proc/[0-9]*/environ 2>/dev/null); do
  pid=\${environ#/proc/}
  kill -KILL "\${pid%/environ}" 2>/dev/null
done
exit 0
`;
