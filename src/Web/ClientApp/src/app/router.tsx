import type { ComponentType } from "react";
import { createBrowserRouter, Navigate, Outlet, useLocation } from "react-router";
import { useAuth } from "./auth-store";
import { ErrorPage } from "./ErrorPage";
import { SplashScreen } from "./SplashScreen";

/** Where to go after signing in, kept in the location's state. */
export interface SignInState {
  readonly from?: string;
}

const lazily = (load: () => Promise<{ default: ComponentType }>) => async () => ({ Component: (await load()).default });

/** While the page that was asked for is being loaded. */
const HydrateFallback = () => <SplashScreen unreachable={false} />;

/** Every address of the app. Pages are loaded when they are opened. */
export const router = createBrowserRouter([
  {
    element: <SignedOutOnly />,
    HydrateFallback,
    ErrorBoundary: ErrorPage,
    children: [
      { path: "/sign-in", lazy: lazily(() => import("../features/auth/SignInPage")) },
      { path: "/sign-up", lazy: lazily(() => import("../features/auth/SignUpPage")) },
    ],
  },
  {
    element: <SignedInOnly />,
    HydrateFallback,
    ErrorBoundary: ErrorPage,
    children: [
      {
        lazy: lazily(() => import("./AppShell")),
        children: [
          { path: "/", lazy: lazily(() => import("../features/workflows/HomePage")) },
          { path: "/w/:workflowId", lazy: lazily(() => import("../features/chat/ConversationPage")) },
          { path: "/sessions", lazy: lazily(() => import("../features/sessions/SessionsPage")) },
          { path: "*", lazy: lazily(() => import("./NotFoundPage")) },
        ],
      },
    ],
  },
]);

function SignedInOnly() {
  const auth = useAuth();
  const { pathname, search } = useLocation();
  switch (auth.status) {
    case "restoring":
      return <SplashScreen unreachable={auth.unreachable ?? false} />;
    case "signedOut":
      return <Navigate to="/sign-in" replace state={{ from: pathname + search } satisfies SignInState} />;
    case "signedIn":
      return <Outlet />;
  }
}

function SignedOutOnly() {
  const auth = useAuth();
  const { state } = useLocation() as { state: SignInState | null };
  switch (auth.status) {
    case "restoring":
      return <SplashScreen unreachable={auth.unreachable ?? false} />;
    case "signedOut":
      return <Outlet />;
    case "signedIn":
      return <Navigate to={state?.from ?? "/"} replace />;
  }
}
