import { Cluster } from "../support/cluster.ts";
import { HubClient } from "../support/hub.ts";
import type { Account, Person } from "../support/person.ts";
import { send } from "../support/steps.ts";
import { expect, test as base } from "../support/test.ts";

/** How often a device connects anew until nginx has given it the node that it is to have. */
const tries = 10;

const test = base.extend<{ readonly cluster: Cluster }>({
  cluster: [
    async ({}, use, testInfo) => {
      const cluster = await Cluster.start();
      if (typeof cluster === "string") {
        // The list of tests says only that it was skipped.
        console.warn(cluster);
        return testInfo.skip(true, cluster);
      }
      await use(cluster);
      await cluster.dispose();
    },
    // Initialising PostgreSQL, and four starts of the server.
    { timeout: 180_000 },
  ],

  baseURL: async ({ cluster }, use) => use(cluster.url),
});

/** So high that the whole conversation stands on the page, which otherwise has only what can be seen. */
test.use({ viewport: { width: 1280, height: 2600 } });

/** The messages of the test in the open conversation, in their order. */
const shownPoints = ({ page }: Person) => page.getByRole("log").getByText(/^Point /);

const everybodyIsHere = ({ page }: Person) => page.getByRole("img", { name: "3 people, 3 here" });

async function userIdOf(url: string, account: Account): Promise<string> {
  return (await (await HubClient.signIn(url, account)).rest<{ id: string }>("GET", "/users/me")).id;
}

test("Three people on three nodes write on while one node is killed, and when it is back", async ({ cluster, newPerson, newBrowser }) => {
  test.setTimeout(180_000);
  const people = [await newPerson("Sarah"), await newPerson("Marco"), await newPerson("Lena")] as const;
  const [sarah, marco, lena] = people;
  const program = await HubClient.signIn(cluster.url, sarah);
  const workflowId = await program.createWorkflow("More than one machine");
  await program.addParticipant(workflowId, marco);
  await program.addParticipant(workflowId, lena);

  /** Opens the conversation, and again until nginx has given this device a node that will do. */
  const open = async ({ name, page }: Person, userId: string, willDo: (node: string) => boolean): Promise<string> => {
    const others = cluster.nodesOf(userId);
    for (let attempt = 0; attempt < tries; attempt++) {
      await page.goto(`/w/${workflowId}`);
      await expect(page.getByRole("textbox", { name: "Message" })).toBeEditable();
      await expect.poll(() => cluster.nodesOf(userId)).toHaveLength(others.length + 1);
      const after = [...cluster.nodesOf(userId)];
      others.forEach((node) => after.splice(after.indexOf(node), 1));
      const [node = ""] = after;
      if (willDo(node)) {
        return node;
      }
      await page.goto("about:blank");
      await expect.poll(() => cluster.nodesOf(userId)).toHaveLength(others.length);
    }
    throw new Error(`${name} does not come to the node to be on.`);
  };
  const ids = new Map<Person, string>();
  const nodes = new Map<Person, string>();
  for (const person of people) {
    const id = await userIdOf(cluster.url, person);
    ids.set(person, id);
    nodes.set(person, await open(person, id, (node) => ![...nodes.values()].includes(node)));
  }
  let reloads = 0;
  people.forEach(({ page }) => page.on("load", () => reloads++));

  const points: string[] = [];
  /** Everybody writes at the same time; then everybody has everything, once, and in the same order, which is the server's. */
  const everybodyWrites = async (part: string) => {
    await Promise.all(
      people.map(async ({ name, page }) => {
        for (const number of ["one", "two"]) {
          const point = `Point ${number} of ${name}, ${part}`;
          points.push(point);
          await send(page, point);
        }
      }),
    );
  };
  const everybodyHasAll = async (readers: readonly Person[] = people) => {
    for (const reader of readers) {
      await expect(shownPoints(reader)).toHaveCount(points.length, { timeout: 45_000 });
    }
    const inOrder = (await program.messages(workflowId)).map(({ content }) => content);
    expect(inOrder.toSorted()).toEqual(points.toSorted());
    for (const reader of readers) {
      await expect(shownPoints(reader)).toHaveText(inOrder);
      await expect(everybodyIsHere(reader)).toBeVisible({ timeout: 45_000 });
    }
  };

  await everybodyWrites("on three nodes");
  await everybodyHasAll();

  const dead = nodes.get(marco)!;
  const killed = cluster.kill(dead);
  await everybodyWrites("as one node dies");
  await killed;
  await expect.poll(() => cluster.nodesOf(ids.get(marco)!).length, { timeout: 45_000 }).toBe(1);
  await everybodyHasAll();
  for (const person of [sarah, lena]) {
    expect(cluster.nodesOf(ids.get(person)!)).toEqual([nodes.get(person)]);
  }

  await cluster.startAgain(dead);
  // Nobody moves to it by itself: whoever connects anew does.
  const device = await newBrowser(lena);
  await open(device, ids.get(lena)!, (node) => node === dead);
  await everybodyWrites("as the node is back");
  await everybodyHasAll([...people, device]);
  expect(reloads, "pages that were loaded anew").toBe(0);
});
