// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Message, OutgoingMessage } from "../../lib/index";
import "./testing/browser";
import { setPreference } from "../../app/preferences";
import { MessageRow } from "./MessageRow";
import { actionsFor, type RowActions } from "./row-actions";
import { me, message, outgoing } from "./testing/fake-client";
import { emptyTimeline, outgoingRows, updateTimeline, type Row } from "./timeline";

const rowOf = (more: Partial<Message> = {}) => updateTimeline(emptyTimeline, [message(1, more)], me.id).rows[0]!;
const outRow = (more: Partial<OutgoingMessage> = {}) => outgoingRows([outgoing("a", more)], undefined, [])[0]!;

function shown(row: Row, more: Partial<Parameters<typeof MessageRow>[0]> = {}) {
  const actions = Object.fromEntries(
    ["reply", "startEdit", "endEdit", "saveEdit", "askDelete", "copy", "jump", "retry", "discard", "retryChange", "dropChange", "openMenu"].map((name) => [name, vi.fn()]),
  ) as unknown as { [Name in keyof RowActions]: ReturnType<typeof vi.fn> };
  const props = { row, actions: actions as unknown as RowActions, allowed: actionsFor(row, "owner", "active"), hasDivider: false, showsDay: true, isEditing: false, isActive: false, isHighlighted: false, isConnected: true, change: undefined, quoted: undefined };
  render(<MessageRow {...props} {...more} />);
  return { actions, article: screen.getByRole("article") };
}

beforeEach(() => setPreference("language", "en"));
afterEach(cleanup);

describe("a message on its way", () => {
  test.each([
    ["is being sent while there is a connection", "queued", true, "Sending"],
    ["waits while there is none", "queued", false, "Queued"],
    ["is sent when the server says so", "sent", true, "Sent"],
  ] as const)("%s", (_, state, isConnected, text) => {
    shown(outRow({ state }), { isConnected });

    expect(screen.getByText(text)).toBeTruthy();
  });

  test("that was refused says why and offers to try again or to give up", () => {
    const { actions } = shown(outRow({ state: "failed", failure: { code: "workflow.closed", message: "" } }));

    expect(screen.getByRole("alert").textContent).toContain("Not sent: the workflow is closed.");
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    fireEvent.click(screen.getByRole("button", { name: "Discard" }));

    expect(actions.retry).toHaveBeenCalledWith("a");
    expect(actions.discard).toHaveBeenCalledWith("a");
  });
});

describe("a message", () => {
  test("says whose it is and when it was written", () => {
    const { article } = shown(rowOf());

    expect(article.getAttribute("aria-label")).toMatch(/^Marco, .*2026/);
    expect(screen.getByText("Marco")).toBeTruthy();
  });

  test("that was deleted leaves a tombstone without actions", () => {
    const { article } = shown(rowOf({ content: "", deletedAt: "2026-03-02T10:00:00Z" }));

    expect(article.textContent).toContain("This message was deleted.");
    expect(screen.queryByRole("button", { name: "Message actions" })).toBeNull();
  });

  test("that was edited says so", () => {
    shown(rowOf({ editedAt: "2026-03-02T10:00:00Z" }));

    expect(screen.getByText("edited")).toBeTruthy();
  });

  test("shows a change of it while it is saved, and why it was refused", () => {
    const row = rowOf({ author: me });
    shown(row, { change: { kind: "edit", content: "better", state: "saving" } });
    expect(screen.getByText("better")).toBeTruthy();
    expect(screen.getByText("Saving")).toBeTruthy();
    cleanup();

    shown(row, { change: { kind: "edit", content: "better", state: "failed", code: "message.deleted" } });
    expect(screen.getByText("better"), "what was typed stays to be seen").toBeTruthy();
    expect(screen.getByRole("alert").textContent).toContain("the message has been deleted.");
  });

  test("that answers another leads to it, loaded or not", () => {
    const { actions } = shown(rowOf({ replyTo: "m0" }), { quoted: null });

    fireEvent.click(screen.getByRole("button", { name: "An earlier message" }));
    expect(actions.jump).toHaveBeenCalledWith("m0");
    cleanup();

    shown(rowOf({ replyTo: "m0" }), { quoted: message(0, { content: "**What** is it?" }) });
    expect(screen.getByRole("button", { name: /^Marco\s*What is it\?$/ })).toBeTruthy();
  });
});

describe("the keyboard at a message", () => {
  test("replies, edits, deletes, copies and opens the menu", () => {
    const { actions, article } = shown(rowOf({ author: me }));

    for (const key of ["r", "e", "Delete", "c", "Enter"]) {
      fireEvent.keyDown(article, { key });
    }

    expect(actions.reply).toHaveBeenCalledWith("m1");
    expect(actions.startEdit).toHaveBeenCalledWith("m1");
    expect(actions.askDelete).toHaveBeenCalledWith("m1");
    expect(actions.copy).toHaveBeenCalledWith("text 1");
    expect(actions.openMenu).toHaveBeenCalledOnce();
  });

  test("does nothing that is not allowed, and leaves Ctrl+C to the browser", () => {
    const { actions, article } = shown(rowOf());

    fireEvent.keyDown(article, { key: "e" });
    fireEvent.keyDown(article, { key: "c", ctrlKey: true });

    expect(actions.startEdit).not.toHaveBeenCalled();
    expect(actions.copy).not.toHaveBeenCalled();
  });
});
