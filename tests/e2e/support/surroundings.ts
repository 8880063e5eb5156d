import { HubClient } from "./hub.ts";
import type { Account } from "./person.ts";
import { Proxy } from "./proxy.ts";
import { expect, test as base } from "./test.ts";

interface Surroundings {
  /** Between the browser and the server, for whoever opens pages at its address. */
  readonly network: Proxy;

  /** Signs somebody in by program. */
  readonly programOf: (account: Account) => Promise<HubClient>;
}

/** What stands around the browsers of a test. */
export const test = base.extend<Surroundings>({
  network: async ({ server }, use) => {
    const proxy = await Proxy.startNew(server.port);
    await use(proxy);
    await proxy.dispose();
  },

  programOf: async ({ server }, use) => {
    const made: HubClient[] = [];
    await use(async (account) => {
      const program = await HubClient.signIn(server.url, account);
      made.push(program);
      return program;
    });
    await Promise.all(made.map((program) => program.dispose()));
  },
});

export { expect };
