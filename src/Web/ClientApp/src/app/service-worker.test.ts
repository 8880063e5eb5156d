// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { reloadOnce } from "./service-worker";

afterEach(() => {
  vi.restoreAllMocks();
  sessionStorage.clear();
});

test("a file that is missing reloads the page once for each version", () => {
  const reload = vi.fn<() => void>();

  reloadOnce("one", reload);
  reloadOnce("one", reload);
  expect(reload).toHaveBeenCalledTimes(1);
  reloadOnce("two", reload);
  expect(reload).toHaveBeenCalledTimes(2);
});

test("without a network the page stays, and is reloaded for a file that is missing later", () => {
  const reload = vi.fn<() => void>();
  const isOnline = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);

  reloadOnce("one", reload);
  expect(reload).not.toHaveBeenCalled();
  isOnline.mockReturnValue(true);
  reloadOnce("one", reload);
  expect(reload).toHaveBeenCalledOnce();
});

test("where nothing can be kept, nothing is reloaded, as it would be for ever", () => {
  const reload = vi.fn<() => void>();
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });

  reloadOnce("one", reload);

  expect(reload).not.toHaveBeenCalled();
});
