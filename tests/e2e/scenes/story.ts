import { HubClient } from "../support/hub.ts";
import { register } from "../support/person.ts";
import { planning, type Line } from "./planning.ts";
import type { StoryTime } from "./story-time.ts";

/** A workflow of the story. */
export interface Told {
  readonly id: string;
  readonly title: string;
}

const today = "2026-03-12";
const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1";
const oldLaptop = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:136.0) Gecko/20100101 Firefox/136.0";

/** A longer conversation than fits a screen, and no longer than what is loaded at once. */
const longLength = 40;

/** What the scenes show: Sarah, whose app it is, the people she works with, and their workflows. */
export class Story {
  private constructor(
    readonly sarah: HubClient,
    readonly marco: HubClient,
    readonly priya: HubClient,
    readonly olga: HubClient,
    private readonly time: StoryTime | undefined,
  ) {}

  /** A conversation that has everything in it. */
  plan!: Told;
  /** A conversation of many short messages. */
  standUp!: Told;
  /** Nothing written in it, and only Sarah. */
  empty!: Told;
  /** Sarah reads only. */
  observed!: Told;
  completed!: Told;
  paused!: Told;

  static async tell(url: string, time?: StoryTime): Promise<Story> {
    const [sarah, marco, priya, olga] = await Promise.all(
      ["Sarah Klein", "Marco Rossi", "Priya Nair", "Olga Novak"].map((name) => join(url, name)),
    );
    const story = new Story(sarah!, marco!, priya!, olga!, time);
    await story.#tell();
    return story;
  }

  async close(): Promise<void> {
    await Promise.all([this.sarah, this.marco, this.priya, this.olga].map((person) => person.dispose()));
  }

  /** A workflow of Marco's in which Sarah writes, for a scene that leaves something behind. */
  async newSpare(title: string): Promise<Told> {
    const workflow = await this.#workflow(this.marco, title, [this.sarah]);
    await this.#say(workflow, [
      { by: "marco", at: `${today}T09:02`, text: "Good morning! I moved the kick-off to eleven, so that everybody can be there." },
      { by: "sarah", at: `${today}T09:05`, text: "Perfect. I bring the notes of the first interviews." },
      { by: "marco", at: `${today}T09:06`, text: "Then we have all that we need." },
    ]);
    return workflow;
  }

  async #tell(): Promise<void> {
    const { sarah, marco, priya, olga } = this;
    this.empty = await this.#workflow(sarah, "Ideas for the autumn", []);
    await this.#devices(this.empty);
    this.completed = await this.#workflow(marco, "Retrospective of the first release", [sarah, priya]);
    await this.#say(this.completed, [{ by: "marco", at: "2026-03-06T15:40", text: "Thank you all. I close this one." }]);
    await marco.rest("PATCH", `/workflows/${this.completed.id}`, { status: "completed" });
    this.observed = await this.#workflow(olga, "Security review of everything that talks to the outside world", []);
    await olga.addParticipant(this.observed.id, sarah.account, "observer");
    await this.#say(this.observed, [
      { by: "olga", at: "2026-03-09T11:20", text: "I start with the sign-in, and go on with the **webhooks**." },
      { by: "olga", at: "2026-03-10T13:05", text: "Webhooks are done: nothing found. The report follows on Friday." },
    ]);
    this.paused = await this.#workflow(sarah, "Beta invitations", [priya]);
    await this.#say(this.paused, [{ by: "priya", at: "2026-03-11T18:12", text: "Paused until the texts are translated." }]);
    await sarah.rest("PATCH", `/workflows/${this.paused.id}`, { status: "paused" });
    this.standUp = await this.#workflow(sarah, "Daily stand-up", [marco, priya]);
    await this.#say(this.standUp, standUp());
    this.plan = await this.#workflow(sarah, "Plan the mobile app", [marco, priya, olga]);
    await this.#say(this.plan, planning);
    for (const workflow of [this.empty, this.completed, this.observed, this.paused, this.standUp, this.plan]) {
      await this.#read(workflow);
    }
    for (const workflow of [this.plan, this.standUp]) {
      await marco.invoke("JoinWorkflow", workflow.id);
    }
    await priya.invoke("JoinWorkflow", this.plan.id);
  }

  /** Sarah is signed in elsewhere, too. */
  async #devices({ id }: Told): Promise<void> {
    for (const device of [oldLaptop, phone]) {
      const connection = await this.sarah.connect(device);
      await connection.invoke("JoinWorkflow", id);
      await connection.stop();
    }
    const { sessions } = await this.sarah.rest<{ sessions: { device: string; createdAt: string; lastActivityAt: string }[] }>("GET", "/sessions");
    for (const { device, createdAt, lastActivityAt } of sessions) {
      const isPhone = device === phone;
      this.time?.tell(createdAt, isPhone ? `${today}T07:31+01:00` : "2026-03-11T08:50+01:00");
      this.time?.tell(lastActivityAt, isPhone ? `${today}T09:58+01:00` : "2026-03-11T18:14+01:00");
    }
  }

  async #workflow(owner: HubClient, title: string, others: readonly HubClient[]): Promise<Told> {
    const id = await owner.createWorkflow(title);
    for (const { account } of others) {
      await owner.addParticipant(id, account);
    }
    return { id, title };
  }

  async #say({ id }: Told, lines: readonly Line[]): Promise<void> {
    const said: string[] = [];
    for (const { by, text, replyTo, edited, isDeleted } of lines) {
      const { messageId } = await this[by].send(id, text, replyTo === undefined ? undefined : said[replyTo]);
      said.push(messageId);
      if (edited !== undefined) {
        await this[by].invoke("EditMessage", id, messageId, edited);
      }
      if (isDeleted) {
        await this[by].invoke("DeleteMessage", id, messageId);
      }
    }
    await this.#date(id, lines);
  }

  async #date(id: string, lines: readonly Line[]): Promise<void> {
    const { events } = await this.#eventsOf(id);
    let place = -1;
    for (const { kind, at } of events) {
      place += kind === "messagePosted" ? 1 : 0;
      this.time?.tell(at, `${lines[Math.max(0, place)]!.at}+01:00`);
    }
  }

  async #read({ id }: Told): Promise<void> {
    const { lastSequence } = await this.#eventsOf(id);
    await this.sarah.rest("PUT", `/workflows/${id}/read`, { sequence: lastSequence });
  }

  #eventsOf(id: string) {
    return this.sarah.rest<{ events: { kind: string; at: string }[]; lastSequence: number }>("GET", `/workflows/${id}/events?limit=500`);
  }
}

/** By REST and hub alone, without a browser. */
async function join(url: string, name: string): Promise<HubClient> {
  const email = `${name.toLowerCase().replace(" ", ".")}@example.com`;
  const account = await register(url, { email, password: "seven plums and a lantern", name });
  return HubClient.signIn(url, account);
}

function standUp(): readonly Line[] {
  const told = [
    "Sign-in is merged.",
    "I look at the push messages today.",
    "The texts for the store are ready.",
    "Two testers reported the same crash, I am on it.",
    "The crash is fixed; a new build is on its way.",
  ];
  return Array.from({ length: longLength }, (_, place) => ({
    by: (["marco", "priya", "sarah"] as const)[place % 3]!,
    at: `2026-03-${String(7 + Math.floor(place / 12)).padStart(2, "0")}T09:${String(10 + (place % 12)).padStart(2, "0")}`,
    text: told[place % told.length]!,
  }));
}
