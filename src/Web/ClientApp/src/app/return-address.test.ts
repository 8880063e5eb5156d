import { expect, test } from "vitest";
import { addressAfterSignIn, stateAfterSignOut } from "./return-address";

test("whoever is signed out comes back to the page, and somebody else does not", () => {
  const state = stateAfterSignOut("idle", "/w/one", "sarah");

  expect(addressAfterSignIn(state, "sarah")).toBe("/w/one");
  expect(addressAfterSignIn(state, "marco")).toBe("/");
});

test("a link that was followed while nobody was signed in leads whoever signs in there", () => {
  expect(addressAfterSignIn(stateAfterSignOut(undefined, "/w/one", undefined), "marco")).toBe("/w/one");
});

test("whoever signs out is done with the page", () => {
  expect(addressAfterSignIn(stateAfterSignOut("loggedOut", "/w/one", "sarah"), "sarah")).toBe("/");
});

test("the page of a user who is not known any more is nobody's", () => {
  expect(addressAfterSignIn(stateAfterSignOut("idle", "/w/one", undefined), "marco")).toBe("/");
  expect(addressAfterSignIn(null, "marco")).toBe("/");
});
