// @vitest-environment jsdom
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setPreference } from "../../app/preferences";
import { stubMatchMedia } from "../../app/testing/match-media";
import SignUpPage from "./SignUpPage";

// A form of real components takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const bodies: unknown[] = [];
let answer: () => Response = () => new Response();

beforeEach(() => {
  stubMatchMedia();
  bodies.length = 0;
  setPreference("language", "en");
  vi.stubGlobal("fetch", async (request: Request) => {
    bodies.push(await request.json());
    return answer();
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function submit(values: Partial<Record<"Display name" | "Email" | "Password", string>>) {
  const user = userEvent.setup();
  render(
    <MemoryRouter>
      <SignUpPage />
    </MemoryRouter>,
  );
  for (const [label, value] of Object.entries(values)) {
    await user.click(screen.getByLabelText(label));
    await user.paste(value);
  }

  await user.click(screen.getByRole("button", { name: "Create account" }));
}

const eventually = (check: () => void) => waitFor(check, { timeout: 10_000 });

const filled = { "Display name": "Sarah", Email: "sarah@example.com", Password: "correct horse battery" };

/** The text that belongs to a field for screen readers, too. */
const descriptionOf = (label: string) =>
  (screen.getByLabelText(label).getAttribute("aria-describedby") ?? "")
    .split(" ")
    .map((id) => document.getElementById(id)?.textContent ?? "")
    .join(" ");

test("what is missing is said at its field, and the server is not asked", async () => {
  await submit({ Email: "sarah@example.com" });

  await eventually(() => expect(screen.getByText("Enter your password.")).toBeTruthy());
  expect(screen.getByText("Enter the name that others see.")).toBeTruthy();
  expect(bodies).toEqual([]);
});

test("the server's sentences stand at the fields that they are about", async () => {
  answer = () =>
    Response.json(
      { code: "validation.failed", detail: "No.", errors: { email: ["Email must be an email address."], password: ["Too short."] } },
      { status: 400 },
    );

  await submit(filled);

  await eventually(() => expect(descriptionOf("Email")).toContain("Email must be an email address."));
  await eventually(() => expect(descriptionOf("Password")).toContain("Too short."));
  expect(document.activeElement).toBe(screen.getByLabelText("Email"));
});

test("an address that is taken is said at the address", async () => {
  answer = () => Response.json({ code: "user.exists", detail: "No." }, { status: 409 });

  await submit(filled);

  await eventually(() => expect(descriptionOf("Email")).toContain("There is an account with this address already."));
  expect(bodies).toEqual([{ email: "sarah@example.com", password: "correct horse battery", displayName: "Sarah" }]);
});

test.each([
  [429, "That was too much at once."],
  [503, "The server is not ready right now."],
])("an answer %i is explained above the form", async (status, text) => {
  answer = () => new Response("", { status });

  await submit(filled);

  await eventually(() => expect(screen.getAllByRole("alert")[0]?.textContent).toContain(text));
});
