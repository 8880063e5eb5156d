import type { Browser, BrowserContext, Locator, Page } from "@playwright/test";
import { Complaints } from "../support/complaints.ts";
import { signIn } from "../support/person.ts";
import { textOf, type Language, type TextKey } from "../support/texts.ts";
import { pictureTime, pictureZone, StoryTime } from "./story-time.ts";
import { Story, type Told } from "./story.ts";
import { Wire } from "./wire.ts";

/** A click that takes longer than this many milliseconds says why, and not only that the test took too long. */
const patience = 15_000;

export interface StageOptions {
  /** Of the window, in CSS pixels. Below 768 it is a phone's, with touch. */
  readonly width: number;
  readonly height: number;
  readonly language: Language;
  /** Device pixels for a CSS pixel. */
  readonly sharpness?: number;
  /** Whether every clock stands still at the time of the pictures. */
  readonly isStill?: boolean;
}

/** Where scenes are brought up: two browsers, one of Sarah's and one of somebody's who is not signed in, and the story in the server. */
export class Stage {
  readonly isPhone: boolean;
  readonly language: Language;
  readonly #isStill: boolean;

  private constructor(
    readonly story: Story,
    /** The page that shows the scene: Sarah's, or the stranger's. */
    public page: Page,
    readonly wire: Wire,
    readonly complaints: Complaints,
    private readonly sarahs: Page,
    private readonly strangers: Page,
    { width, language, isStill = false }: StageOptions,
  ) {
    this.isPhone = width < 768;
    this.language = language;
    this.#isStill = isStill;
  }

  static async set(browser: Browser, url: string, options: StageOptions): Promise<Stage> {
    const time = options.isStill ? new StoryTime() : undefined;
    const story = await Story.tell(url, time);
    const complaints = new Complaints();
    const [sarahs, strangers] = [await openBrowser(browser, url, options, complaints), await openBrowser(browser, url, options, complaints)];
    await signIn(sarahs, story.sarah.account);
    const wire = await Wire.lay(sarahs, time);
    const [page, other] = [await sarahs.newPage(), await strangers.newPage()];
    return new Stage(story, page, wire, complaints, page, other, options);
  }

  async close(): Promise<void> {
    await Promise.all([this.sarahs.context().close(), this.strangers.context().close()]);
    await this.story.close();
  }

  /** As if nothing had been shown before. */
  async clear(): Promise<void> {
    await this.wire.cut();
    await this.wire.mend();
    await this.page.context().setOffline(false);
    await this.page.goto("/health/live");
    await this.page.evaluate(() => localStorage.clear());
    await this.#prepare(this.sarahs);
  }

  async #prepare(page: Page): Promise<void> {
    this.page = page;
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.clock.setFixedTime(this.#isStill ? pictureTime : new Date());
  }

  /** The scene is that of somebody who is not signed in. */
  async asStranger(): Promise<void> {
    await this.#prepare(this.strangers);
  }

  /** The scene is in another browser of Sarah's, whose sign-in may come to an end. */
  async inAnotherBrowser(): Promise<void> {
    await signIn(this.strangers.context(), this.story.sarah.account);
    await this.#prepare(this.strangers);
  }

  text(key: TextKey, params?: Readonly<Record<string, string | number>>): string {
    return textOf(this.language, key, params);
  }

  button(key: TextKey, within: Page | Locator = this.page): Locator {
    return within.getByRole("button", { name: this.text(key), exact: true });
  }

  field(key: TextKey): Locator {
    return this.page.getByRole("textbox", { name: this.text(key), exact: true });
  }

  get log(): Locator {
    return this.page.getByRole("log");
  }

  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }

  /** Opens an address. */
  async go(path: string): Promise<void> {
    await this.page.goto(path);
  }

  /** Opens a workflow and waits for its messages and for the list. */
  async open({ id, title }: Told): Promise<void> {
    await this.go(`/w/${id}`);
    // An assertion would look again only every half second or so.
    await this.page.getByRole("heading", { name: title, level: 1 }).waitFor();
    await this.log.waitFor();
    await this.button("workflows.actions").waitFor();
    if (!this.isPhone) {
      await this.listed(title).waitFor();
    }
  }

  /** An entry of the list of workflows. */
  listed(title: string): Locator {
    return this.page.getByRole("navigation", { name: this.text("workflows.title") }).getByRole("link", { name: title });
  }

  /** Where a phone has a drawer in front of the list, opens that. */
  async showList(): Promise<void> {
    if (this.isPhone) {
      await this.button("app.openNavigation").click();
    }
    await this.page.getByRole("searchbox", { name: this.text("workflows.search") }).waitFor();
    await this.listed(this.story.plan.title).waitFor();
  }

  /** Moves the clock, and the hand, which lets the app notice. */
  async pass(milliseconds: number): Promise<void> {
    const now = await this.page.evaluate(() => Date.now());
    await this.page.clock.setFixedTime(now + milliseconds);
    await this.page.mouse.move(200, 5);
    await this.page.mouse.move(201, 6);
  }
}

async function openBrowser(browser: Browser, url: string, options: StageOptions, complaints: Complaints): Promise<BrowserContext> {
  const isPhone = options.width < 768;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: options.width, height: options.height },
    deviceScaleFactor: options.sharpness ?? 1,
    isMobile: isPhone,
    hasTouch: isPhone,
    locale: options.language === "de" ? "de-DE" : "en-GB",
    // What it answers with does not pass by the wire.
    serviceWorkers: "block",
    ...(options.isStill ? { timezoneId: pictureZone } : {}),
  });
  context.setDefaultTimeout(patience);
  complaints.listenTo(context);
  return context;
}
