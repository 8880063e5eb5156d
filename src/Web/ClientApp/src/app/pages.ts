import { lazy } from "react";

// Loaded when they are first shown: whoever is signed out loads nothing of what comes after.
const loadShell = () => import("./AppShell");
const loadSignIn = () => import("../features/auth/SignInPage");

export const AppShell = lazy(loadShell);
export const SignInPage = lazy(loadSignIn);
export const SignUpPage = lazy(() => import("../features/auth/SignUpPage"));
export const HomePage = lazy(() => import("../features/workflows/HomePage"));
export const ConversationPage = lazy(() => import("../features/chat/ConversationPage"));
export const SessionsPage = lazy(() => import("../features/sessions/SessionsPage"));
export const NotFoundPage = lazy(() => import("./NotFoundPage"));

/** Begins to load what will probably be shown when it is known who is signed in. */
export function preloadFirstPage(wasSignedIn: boolean): void {
  // A failure that a reload does not mend is met again, and shown, when the page is wanted.
  (wasSignedIn ? loadShell() : loadSignIn()).catch(() => {});
}
