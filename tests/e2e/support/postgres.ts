import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { databaseProgram } from "./paths.ts";

/** An empty PostgreSQL database, found or made in the way of the other suites; it goes with `dispose`. */
export class PostgresDatabase {
  private constructor(
    readonly connectionString: string,
    readonly dispose: () => Promise<void>,
  ) {}

  /** @throws There is no PostgreSQL on this machine; the text says what to install. */
  static async create(): Promise<PostgresDatabase> {
    // It ends, and the database with it, when this process does, however that comes about.
    const child = spawn("dotnet", [databaseProgram()], { stdio: ["pipe", "pipe", "pipe"] });
    let errors = "";
    child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
    const closed = once(child, "close");
    const line = once(createInterface(child.stdout), "line").then(([text]) => String(text));
    const first = await Promise.race([line, closed.then(() => undefined)]);
    if (first === undefined) {
      throw new Error(errors);
    }
    return new PostgresDatabase(first, async () => {
      child.stdin.end();
      await closed;
    });
  }
}
