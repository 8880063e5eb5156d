import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { serverProgram } from "./paths.ts";
import { freePort } from "./ports.ts";

/** Far longer than a start takes on a busy machine; only a test that fails waits for it. */
const patience = 60_000;
const pollInterval = 20;
const keptOutput = 10_000;

/** All the people of all the tests come from one address, and sign up faster than people do. */
const ofOneAddress = { RateLimits__SignInsPerMinute: "10000", RateLimits__RefreshesPerMinute: "10000", RateLimits__UserConnectsPerMinute: "10000" };

/** The real server as a process of its own on 127.0.0.1, which can be killed and started again on the same port and data. */
export class Server {
  #process: ChildProcess | undefined;
  #output = "";

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /**
   * A server with data of its own that is ready.
   * @param settings Environment variables as docs/operations.md lists them.
   */
  static async startNew(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
    const server = new Server(await freePort(), await mkdtemp(join(tmpdir(), "bmadserver-e2e-")), settings);
    try {
      await server.start();
      return server;
    } catch (failure) {
      await server.dispose();
      throw failure;
    }
  }

  /** Stays the same over restarts. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  /** Starts it on the same port and data, and returns when it is ready. */
  async start(): Promise<void> {
    if (this.isRunning) {
      throw new Error("The server is running already.");
    }
    // Not this folder: the server must find its files wherever it is started from.
    const child = spawn("dotnet", [serverProgram()], {
      cwd: tmpdir(),
      env: { ...process.env, ASPNETCORE_URLS: this.url, Data__Directory: this.folder, ...ofOneAddress, ...this.settings },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    const keep = (text: Buffer) => (this.#output = (this.#output + text.toString()).slice(-keptOutput));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    process.once("exit", () => child.kill("SIGKILL"));
    child.once("error", (failure) => (this.#output += failure.message));
    child.once("close", () => (this.#process = this.#process === child ? undefined : this.#process));
    const deadline = Date.now() + patience;
    while (!(await this.#isReady())) {
      if (!this.isRunning) {
        throw new Error(`The server ended at once:\n${this.#output}`);
      }
      if (Date.now() > deadline) {
        throw new Error(`The server was not ready within ${patience / 1000} s:\n${this.#output}`);
      }
      await pause(pollInterval);
    }
  }

  /** SIGKILL: no farewell, nothing written any more. Returns when the process is gone. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** SIGTERM, as a service manager sends it. Returns when the process has ended by itself. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** SIGSTOP: its connections stay open and nobody gets an answer, until `resume`. */
  suspend(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  async dispose(): Promise<void> {
    if (this.isRunning) {
      await this.kill();
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child) {
      throw new Error("The server is not running.");
    }
    const closed = once(child, "close");
    child.kill(signal);
    await closed;
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/ready`)).ok;
    } catch {
      return false;
    }
  }
}
