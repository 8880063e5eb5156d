// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { act, createRef } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./testing/browser";
import { setPreference } from "../../app/preferences";
import { Composer, type ComposerHandle } from "./Composer";

const props = () => ({
  ref: null,
  userId: "sarah",
  workflowId: "w",
  obstacle: undefined,
  reply: undefined,
  onEndReply: vi.fn(),
  onSend: vi.fn(),
  onCommand: vi.fn(),
  onEditLast: vi.fn(),
  setTyping: vi.fn(),
});

function composer(more: Partial<ReturnType<typeof props>> | { obstacle: string } = {}) {
  const given = { ...props(), ...more };
  const { rerender } = render(<Composer {...given} />);
  return { ...given, user: userEvent.setup(), box: screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message" }), send: screen.getByRole("button", { name: "Send" }), rerender };
}

beforeEach(() => {
  localStorage.clear();
  setPreference("language", "en");
  setPreference("sendWithEnter", true);
});
afterEach(cleanup);

test("a beginning is put in front of what is written, and the cursor behind it", async () => {
  const ref = createRef<ComposerHandle>();
  const given = props();
  render(<Composer {...given} ref={ref} />);
  const box = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
  await userEvent.type(box, "an app");

  act(() => ref.current!.begin("Our idea: "));

  expect(box.value).toBe("Our idea: an app");
  expect([document.activeElement, box.selectionStart]).toEqual([box, box.value.length]);
});

test("Tab completes a command, runs nothing, and then goes on", async () => {
  const { user, box, onCommand } = composer();

  await user.type(box, "/pa{Tab}");
  expect(box.value).toBe("/pause");
  expect(document.activeElement).toBe(box);

  await user.keyboard("{Tab}");
  expect(document.activeElement).not.toBe(box);
  expect(onCommand).not.toHaveBeenCalled();
});

describe("a message", () => {
  test("is sent with Enter, and the box is empty again", async () => {
    const { user, box, onSend } = composer();

    await user.type(box, "Hello{Shift>}{Enter}{/Shift}there{Enter}");

    expect(onSend).toHaveBeenCalledExactlyOnceWith("Hello\nthere");
    expect(box.value).toBe("");
  });

  test("is sent with Ctrl+Enter only, if the user prefers it", async () => {
    setPreference("sendWithEnter", false);
    const { user, box, onSend } = composer();

    await user.type(box, "Hello{Enter}there");
    expect(onSend).not.toHaveBeenCalled();

    await user.type(box, "{Control>}{Enter}{/Control}");
    expect(onSend).toHaveBeenCalledExactlyOnceWith("Hello\nthere");
  });

  test("is not sent by the Enter that ends an input method's composition", () => {
    const { box, onSend } = composer();
    fireEvent.change(box, { target: { value: "日本" } });

    fireEvent.compositionStart(box);
    fireEvent.keyDown(box, { key: "Enter", isComposing: true });
    fireEvent.keyDown(box, { key: "Enter", keyCode: 229 });
    fireEvent.compositionEnd(box);
    expect(onSend).not.toHaveBeenCalled();

    fireEvent.keyDown(box, { key: "Enter" });
    expect(onSend).toHaveBeenCalledExactlyOnceWith("日本");
  });

  test("is sent with the button, which needs something to send", async () => {
    const { user, box, send, onSend } = composer();
    expect(send).toHaveProperty("disabled", true);

    await user.type(box, "Hi");
    await user.click(send);

    expect(onSend).toHaveBeenCalledExactlyOnceWith("Hi");
  });

  test("of 16,001 characters says so and is not sent", () => {
    const { box, send, onSend } = composer();

    fireEvent.change(box, { target: { value: "a".repeat(16_000) } });
    expect(screen.getByText("16000 of 16000 characters")).toBeTruthy();
    expect(send).toHaveProperty("disabled", false);

    fireEvent.change(box, { target: { value: "a".repeat(16_001) } });
    expect(screen.getByText("16001 of 16000 characters: 1 too many")).toBeTruthy();
    expect(send).toHaveProperty("disabled", true);
    fireEvent.keyDown(box, { key: "Enter" });
    expect(onSend).not.toHaveBeenCalled();
  });

  test("that is not finished is there again later", () => {
    const { box } = composer();
    fireEvent.change(box, { target: { value: "half" } });
    cleanup();

    expect(composer().box.value).toBe("half");
    cleanup();
    expect(composer({ workflowId: "other" }).box.value).toBe("");
  });
});

describe("the command palette", () => {
  test("begins with the first command each time, whatever was chosen before", async () => {
    const { user, box, onCommand } = composer();

    await user.type(box, "/");
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    await user.type(box, "/");
    await user.keyboard("{Enter}");

    expect(onCommand.mock.calls).toEqual([[{ name: "pause" }], [{ name: "help" }]]);
  });

  const options = () => screen.queryAllByRole("option").map((option) => option.textContent?.split("S")[0]);

  test("opens with a slash, is gone through with the arrow keys, and runs what is chosen", async () => {
    const { user, box, onCommand, onSend } = composer();

    await user.type(box, "/");
    expect(screen.getAllByRole("option")).toHaveLength(6);
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}{ArrowUp}");
    const chosen = screen.getByRole("option", { selected: true });
    expect(chosen.textContent).toContain("/pause");
    expect(box.getAttribute("aria-activedescendant")).toBe(chosen.id);
    await user.keyboard("{Enter}");

    expect(onCommand).toHaveBeenCalledExactlyOnceWith({ name: "pause" });
    expect(onSend).not.toHaveBeenCalled();
    expect(box.value).toBe("");
  });

  test("shows what fits, and closes with Escape", async () => {
    const { user, box } = composer();

    await user.type(box, "/st");
    expect(options()).toEqual(["/status"]);
    await user.keyboard("{Escape}");

    expect(options()).toEqual([]);
    expect(box.value).toBe("/st");
  });

  test("lets an invitation be written", async () => {
    const { user, box, onCommand } = composer();

    await user.type(box, "/inv{Enter}");
    expect(box.value).toBe("/invite ");
    await user.type(box, "ada@example.com{Enter}");

    expect(onCommand).toHaveBeenCalledExactlyOnceWith({ name: "invite", email: "ada@example.com", role: "contributor" });
  });

  test("does not send a command that there is not", async () => {
    const { user, box, onSend } = composer();

    await user.type(box, "/halp{Enter}");

    expect(onSend).not.toHaveBeenCalled();
    expect(screen.getByRole("alert").textContent).toContain("/halp");
    expect(box.value).toBe("/halp");
  });
});

describe("the up-arrow", () => {
  test("edits the last message from an empty box only", async () => {
    const { user, box, onEditLast } = composer();

    await user.type(box, "x{ArrowUp}");
    expect(onEditLast).not.toHaveBeenCalled();
    await user.type(box, "{Backspace}{ArrowUp}");
    expect(onEditLast).toHaveBeenCalledOnce();
  });

  test("with Alt is left to the page, which goes to another workflow", async () => {
    const { user, box, onEditLast } = composer();
    const onPage = vi.fn((event: KeyboardEvent) => event.key === "ArrowUp" && !event.defaultPrevented);
    window.addEventListener("keydown", onPage);

    await user.type(box, "{Alt>}{ArrowUp}{/Alt}");

    window.removeEventListener("keydown", onPage);
    expect(onPage).toHaveLastReturnedWith(true);
    expect(onEditLast).not.toHaveBeenCalled();
  });
});

describe("a paste of many lines", () => {
  test("can be made a code block", async () => {
    const { user, box } = composer();
    await user.type(box, "See:");

    await user.paste("a\nb\nc\nd\ne");
    expect(box.value).toBe("See:a\nb\nc\nd\ne");
    await user.click(await screen.findByRole("button", { name: "Make it a code block" }));

    expect(box.value).toBe("See:\n```\na\nb\nc\nd\ne\n```\n");
  });
});

describe("typing", () => {
  test("is told, and ended by sending", async () => {
    const { user, box, setTyping } = composer();

    await user.type(box, "Hi");
    expect(setTyping.mock.calls).toEqual([[true]]);
    await user.keyboard("{Enter}");
    expect(setTyping.mock.calls).toEqual([[true], [false]]);
  });

  test("of a command is not told", async () => {
    const { user, box, setTyping } = composer();

    await user.type(box, "/pa");

    expect(setTyping).not.toHaveBeenCalled();
  });
});

test("who may not write is told why", () => {
  const { box, send } = composer({ obstacle: "You are an observer." });

  expect(box).toHaveProperty("disabled", true);
  expect(send).toHaveProperty("disabled", true);
  expect(screen.getByText("You are an observer.")).toBeTruthy();
});
