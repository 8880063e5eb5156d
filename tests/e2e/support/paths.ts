import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/**
 * The server to test: the program that `BMADSERVER_E2E_SERVER` names, or what `dotnet build src/Web -c Release` made.
 * @throws It is not built, or has no web app beside it.
 */
export function serverProgram(): string {
  return checkServer(process.env.BMADSERVER_E2E_SERVER || built("src/Web", "BmadServer.Web.dll"));
}

function checkServer(program: string): string {
  const page = join(dirname(program), "wwwroot", "index.html");
  if (!existsSync(program) || !existsSync(page)) {
    throw new Error(`There is no server with the web app at ${program}: run \`dotnet build src/Web -c Release\`.`);
  }
  return program;
}

/**
 * The program that makes PostgreSQL databases for tests.
 * @throws It is not built.
 */
export function databaseProgram(): string {
  const program = built("tests/TestDatabase", "BmadServer.TestDatabase.dll");
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: run \`dotnet build tests/TestDatabase -c Release\`.`);
  }
  return program;
}

/**
 * What starts several nodes of the server that `dotnet build src/Web -c Release` made.
 * @throws That is not built, or has no web app beside it.
 */
export function clusterScript(): string {
  checkServer(built("src/Web", "BmadServer.Web.dll"));
  return join(repository, "cluster.sh");
}

function built(project: string, program: string): string {
  return join(repository, project, "bin/Release/net10.0", program);
}
