// @vitest-environment jsdom
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../../api/problem";
import { catalogues } from "../../app/i18n";
import { setPreference } from "../../app/preferences";
import { stubMatchMedia } from "../../app/testing/match-media";
import { TitleDialog } from "./TitleDialog";

// A form of real components takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => stubMatchMedia());

afterEach(() => {
  cleanup();
  setPreference("language", "en");
});

test.each([
  ["en", "Title is too odd."],
  ["de", catalogues.de["workflows.titleInvalid"]],
] as const)("what the server says of a title is told in the user's language: %s", async (language, text) => {
  setPreference("language", language);
  const onSubmit = () => Promise.reject(new Problem("validation.failed", "No.", 400, { title: ["Title is too odd."] }));
  render(<TitleDialog heading="Heading" initialTitle="Odd" submitText="Submit" onSubmit={onSubmit} onClose={() => {}} />);

  await userEvent.click(screen.getByRole("button", { name: "Submit" }));

  await waitFor(() => expect(screen.getByText(text)).toBeTruthy(), { timeout: 10_000 });
});
