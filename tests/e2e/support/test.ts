import { test as base, expect, type Browser } from "@playwright/test";
import { Complaints } from "./complaints.ts";
import { signIn, signUp, type Account, type Person } from "./person.ts";
import { PostgresDatabase } from "./postgres.ts";
import { Server } from "./server.ts";

export interface ServerOptions {
  /** What the server keeps its data in. */
  readonly database: "sqlite" | "postgres";
}

interface WorkerFixtures extends ServerOptions {
  /** The worker's server. Its tests share it and keep apart by using people of their own; one that kills it starts it again. */
  readonly server: Server;
}

interface TestFixtures {
  /** What any browser of the test complained about so far; a test during which something came up fails. */
  readonly complaints: Complaints;

  /** Opens a browser in which this person is signed in, with a page that has not gone anywhere. */
  readonly newBrowser: (account: Account) => Promise<Person>;

  /** Makes somebody with an account, a browser of their own and an open page, which is signed in and has not gone anywhere. */
  readonly newPerson: (name: string) => Promise<Person>;

  readonly sarah: Person;
  readonly marco: Person;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  database: ["sqlite", { option: true, scope: "worker" }],

  server: [
    async ({ database }, use) => {
      const postgres = database === "postgres" ? await PostgresDatabase.create() : undefined;
      const settings = postgres && {
        ConnectionStrings__bmadserver: postgres.connectionString,
        Database__MigrateOnStart: "true",
      };
      const server = await Server.startNew(settings);
      await use(server);
      await server.dispose();
      await postgres?.dispose();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  baseURL: async ({ server }, use) => {
    if (!server.isRunning) {
      // The test before failed between killing it and starting it again.
      await server.start();
    }
    await use(server.url);
  },

  complaints: async ({}, use) => {
    const complaints = new Complaints();
    await use(complaints);
    expect(complaints.take(), "what the browsers complained about").toEqual([]);
  },

  context: async ({ context, complaints }, use) => {
    complaints.listenTo(context);
    await use(context);
  },

  newBrowser: async ({ browser, baseURL, complaints }, use) => {
    const closing: Array<() => Promise<void>> = [];
    await use(async (account) => {
      const context = await newContext(browser, addressOf(baseURL));
      closing.push(() => context.close());
      complaints.listenTo(context);
      await signIn(context, account);
      return { ...account, context, page: await context.newPage() };
    });
    await Promise.all(closing.map((close) => close()));
  },

  newPerson: async ({ newBrowser, baseURL }, use) => use(async (name) => newBrowser(await signUp(addressOf(baseURL), name))),

  sarah: async ({ newPerson }, use) => use(await newPerson("Sarah")),
  marco: async ({ newPerson }, use) => use(await newPerson("Marco")),
});

function addressOf(baseURL: string | undefined): string {
  if (baseURL === undefined) {
    throw new Error("The test has no server.");
  }
  return baseURL;
}

/**
 * The options of the project, such as the size of the window, hold for it too. Nothing moves: a click on a busy machine would
 * miss a button that flies in.
 */
function newContext(browser: Browser, baseURL: string) {
  return browser.newContext({ baseURL, reducedMotion: "reduce" });
}

export { expect };
