import { Suspense, useState } from "react";
import { createBrowserRouter, Navigate, Outlet, useLocation } from "react-router";
import { useAuth } from "./auth-store";
import { ErrorPage } from "./ErrorPage";
import { AppShell, ConversationPage, HomePage, NotFoundPage, SessionsPage, SignInPage, SignUpPage } from "./pages";
import { addressAfterSignIn, stateAfterSignOut, type SignInState } from "./return-address";
import { SplashScreen } from "./SplashScreen";

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
  const [lastUserId, setLastUserId] = useState<string>();
  if (auth.user && auth.user.id !== lastUserId) {
    setLastUserId(auth.user.id);
  }

  if (auth.status === "signedOut") {
    return <Navigate to="/sign-in" replace state={stateAfterSignOut(auth.signedOutReason, pathname + search, lastUserId)} />;
  }

  return auth.status === "restoring" ? <SplashScreen unreachable={auth.unreachable ?? false} /> : <Page />;
}

function SignedOutOnly() {
  const auth = useAuth();
  const { state } = useLocation() as { state: SignInState | null };
  if (auth.status === "signedIn") {
    return <Navigate to={addressAfterSignIn(state, auth.user.id)} replace />;
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
