import { Suspense } from "react";
import { createBrowserRouter, Navigate, Outlet, useLocation } from "react-router";
import { useAuth } from "./auth-store";
import { ErrorPage } from "./ErrorPage";
import { AppShell, ConversationPage, HomePage, NotFoundPage, SessionsPage, SignInPage, SignUpPage } from "./pages";
import { SplashScreen } from "./SplashScreen";

/** Where to go after signing in, kept in the location's state. */
export interface SignInState {
  readonly from?: string;
}

/** Every address of the app. */
export const router = createBrowserRouter([
  {
    element: <SignedOutOnly />,
    ErrorBoundary: ErrorPage,
    children: [
      { path: "/sign-in", element: <SignInPage /> },
      { path: "/sign-up", element: <SignUpPage /> },
    ],
  },
  {
    element: <SignedInOnly />,
    ErrorBoundary: ErrorPage,
    children: [
      {
        element: <AppShell />,
        children: [
          { path: "/", element: <HomePage /> },
          { path: "/w/:workflowId", element: <ConversationPage /> },
          { path: "/sessions", element: <SessionsPage /> },
          { path: "*", element: <NotFoundPage /> },
        ],
      },
    ],
  },
]);

function SignedInOnly() {
  const auth = useAuth();
  const { pathname, search } = useLocation();
  if (auth.status === "signedOut") {
    // Whoever signs out is done with the page; whoever is signed out comes back to it.
    const state: SignInState = auth.signedOutReason === "loggedOut" ? {} : { from: pathname + search };
    return <Navigate to="/sign-in" replace state={state} />;
  }

  return auth.status === "restoring" ? <SplashScreen unreachable={auth.unreachable ?? false} /> : <Page />;
}

function SignedOutOnly() {
  const auth = useAuth();
  const { state } = useLocation() as { state: SignInState | null };
  if (auth.status === "signedIn") {
    return <Navigate to={state?.from ?? "/"} replace />;
  }

  return auth.status === "restoring" ? <SplashScreen unreachable={auth.unreachable ?? false} /> : <Page />;
}

function Page() {
  return (
    <Suspense fallback={<SplashScreen unreachable={false} />}>
      <Outlet />
    </Suspense>
  );
}
