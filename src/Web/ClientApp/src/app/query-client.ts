import { QueryClient } from "@tanstack/react-query";
import { problemOf } from "../api/problem";

/** What the server said no to stays so; what did not arrive is asked again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 3 && /^(network|http|service\.|server\.|rate_limited)/.test(problemOf(error).code),
      staleTime: 10_000,
    },
  },
});
