import type { BrowserContext, Page } from "@playwright/test";
import { rest } from "./rest.ts";

/** Somebody with an account. */
export interface Account {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

/** Somebody with an account, a browser of their own and a page in it. */
export interface Person extends Account {
  readonly context: BrowserContext;
  readonly page: Page;
}

let count = 0;

/** Details that nobody else has. */
export function newAccount(name: string): Account {
  count += 1;
  return { email: `${name.toLowerCase()}.${process.pid}.${count}@example.com`, password: "seven plums and a lantern", name };
}

/** Makes the account over REST, as quickly as it can be done. */
export function signUp(url: string, name: string): Promise<Account> {
  return register(url, newAccount(name));
}

export async function register(url: string, account: Account): Promise<Account> {
  await rest(url, "POST", "/auth/register", { email: account.email, password: account.password, displayName: account.name });
  return account;
}

/** Signs in over REST: from now on the pages of this browser are signed in by its cookie. */
export async function signIn(context: BrowserContext, { email, password }: Account): Promise<void> {
  const response = await context.request.post("/api/v1/auth/login", { data: { email, password } });
  if (!response.ok()) {
    throw new Error(`${email} cannot sign in: ${response.status()} ${await response.text()}`);
  }
}
