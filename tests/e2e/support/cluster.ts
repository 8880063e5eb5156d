import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { clusterScript } from "./paths.ts";
import { freePort } from "./ports.ts";

/** Far longer than a start or an end takes on a busy machine; only a test that fails waits for it. */
const patience = 120_000;
const pollInterval = 50;

/** What the script ends with when this machine lacks a program. */
const missingPrograms = 2;

interface Node {
  readonly name: string;
  readonly port: number;
  process: number;
  /** Where its log began when it was last started, in bytes. */
  logStart: number;
}

/** `./cluster.sh`: three nodes with PostgreSQL, Redis and nginx, nodes of which can be killed and started again. */
export class Cluster {
  readonly #script: ChildProcess;
  readonly #port: number;
  #output = "";
  #ended = false;
  #folder = "";
  #nodes: readonly Node[] = [];

  private constructor(port: number) {
    this.#port = port;
    // Not the build: the server to test is what was built before.
    this.#script = spawn(clusterScript(), ["--no-build", "--port", String(port)], { stdio: ["ignore", "pipe", "pipe"] });
    const keep = (text: Buffer) => (this.#output += text.toString());
    this.#script.stdout?.on("data", keep);
    this.#script.stderr?.on("data", keep);
    this.#script.once("error", (failure) => {
      this.#output += failure.message;
      this.#ended = true;
    });
    this.#script.once("close", () => (this.#ended = true));
    // It ends what it has started.
    process.once("exit", () => this.#script.kill("SIGTERM"));
  }

  /** @returns One that is ready, or, where this machine lacks a program that it needs, what is to be installed. */
  static async start(): Promise<Cluster | string> {
    const cluster = new Cluster(await freePort());
    try {
      await cluster.#until("is ready", () => cluster.#output.includes("Ctrl+C ends everything."));
    } catch (failure) {
      await cluster.dispose();
      if (cluster.#script.exitCode === missingPrograms) {
        return cluster.#output.trim().replaceAll(/\s*\n\s*/g, " ");
      }
      throw failure;
    }
    cluster.#folder = /The logs are in (\S+)\. /.exec(cluster.#output)?.[1] ?? "";
    cluster.#nodes = [...cluster.#output.matchAll(/node (\d) +process (\d+) +http:\/\/127\.0\.0\.1:(\d+)/g)].map(([, number, id, address]) => ({
      name: `node${number}`,
      process: Number(id),
      port: Number(address),
      logStart: 0,
    }));
    return cluster;
  }

  /** Of nginx. Not `localhost`, under which a browser may try an address first at which nobody listens. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The node of each of somebody's connections that are open now. */
  nodesOf(userId: string): readonly string[] {
    return this.#nodes.flatMap((node) => Array<string>(this.#connections(node, userId)).fill(node.name));
  }

  /** SIGKILL: no farewell to anybody. Returns when the process is gone. */
  async kill(name: string): Promise<void> {
    const node = this.#node(name);
    const { process: id } = node;
    node.process = 0;
    process.kill(id, "SIGKILL");
    await this.#until(`says that ${name} has ended`, () => this.#lines(`Node ${name.slice(-1)} has ended`).length > 0);
  }

  /** Starts one that was killed on its port, and returns when it is ready. */
  async startAgain(name: string): Promise<void> {
    const node = this.#node(name);
    node.logStart = statSync(this.#log(node)).size;
    const started = new RegExp(`Node ${name.slice(-1)} starts again: process (\\d+)\\.`);
    this.#script.kill("SIGUSR1");
    await this.#until(`starts ${name} again`, () => started.test(this.#output));
    node.process = Number(started.exec(this.#output)?.[1]);
    await this.#until(`has ${name} ready`, async () => {
      try {
        return (await fetch(`http://127.0.0.1:${node.port}/health/ready`)).ok;
      } catch {
        return false;
      }
    });
  }

  async dispose(): Promise<void> {
    if (!this.#ended) {
      const closed = once(this.#script, "close");
      this.#script.kill("SIGTERM");
      await closed;
    }
  }

  /** How many there are, from what the node has logged. */
  #connections(node: Node, userId: string): number {
    const log = this.#log(node);
    if (node.process === 0 || !existsSync(log)) {
      return 0;
    }
    const text = readFileSync(log).subarray(node.logStart).toString();
    const closed = new Set([...text.matchAll(/Connection (\S+) closed by user/g)].map(([, connection]) => connection));
    return [...text.matchAll(/Connection (\S+) opened by user (\S+) on/g)].filter(
      ([, connection, user]) => user === userId && !closed.has(connection),
    ).length;
  }

  #log({ name }: Node): string {
    return join(this.#folder, `${name}.log`);
  }

  #node(name: string): Node {
    const node = this.#nodes.find((candidate) => candidate.name === name);
    if (!node) {
      throw new Error(`There is no ${name}.`);
    }
    return node;
  }

  #lines(start: string): readonly string[] {
    return this.#output.split("\n").filter((line) => line.startsWith(start));
  }

  async #until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + patience;
    while (!(await isSo())) {
      if (this.#ended || Date.now() > deadline) {
        throw new Error(`Nobody sees that ./cluster.sh ${what}. It says:\n${this.#output}`);
      }
      await pause(pollInterval);
    }
  }
}
