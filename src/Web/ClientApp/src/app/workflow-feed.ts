import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { dataOf } from "../api/problem";
import { api, authStore } from "./auth-store";
import { chat, connectionState } from "./chat-connection";
import { listed, toFollow, type ListedWorkflow, type Workflow } from "./listed-workflow";
import { closeNotifications, notifyOfMessage } from "./notifications";
import { queryClient } from "./query-client";
import { readMarks } from "./read-marks";
import { Store, useStore } from "./store";
import { ActivityWatch, type WorkflowActivity } from "./workflow-activity";
import { WORKFLOWS_KEY } from "./workflow-actions";

/**
 * So many workflows are kept open, to hear of their messages at once; the others are asked for from time to time. Each
 * costs the server a subscription.
 */
const FOLLOWED = 40;

/** How often to ask for workflows that somebody else has opened, in milliseconds; nothing announces them. */
const REFETCH_EVERY = 10_000;

/** Changes are shown together after so many milliseconds. */
const SHOW_AFTER = 50;

const activities = new Store<ReadonlyMap<string, WorkflowActivity>>(new Map());
let watch: ActivityWatch | undefined;

/** All workflows of the user, without the newest messages. */
export function useWorkflows() {
  return useQuery({ queryKey: WORKFLOWS_KEY, queryFn: allWorkflows, refetchInterval: REFETCH_EVERY, refetchIntervalInBackground: true, refetchOnWindowFocus: "always" });
}

/** The list as it is shown: the one with the newest message first. */
export function useListedWorkflows(): readonly ListedWorkflow[] | undefined {
  const { data } = useWorkflows();
  const known = useActivities();
  return useMemo(() => data && listed(data, known), [data, known]);
}

export function useActivities(): ReadonlyMap<string, WorkflowActivity> {
  return useStore(activities);
}

/** How many messages of others wait in all workflows together. */
export function useUnreadTotal(): number {
  const workflows = useListedWorkflows();
  return workflows?.reduce((sum, { unread }) => sum + unread, 0) ?? 0;
}

/** Follows the signed-in user's workflows. Call once. */
export function followWorkflows(): void {
  let followedUser: string | undefined;
  const follow = () => {
    const { user } = authStore.get();
    if (user?.id === followedUser) {
      return;
    }

    if (followedUser !== undefined) {
      closeNotifications();
    }

    followedUser = user?.id;
    watch?.watch([]);
    queryClient.clear();
    activities.set(new Map());
    watch = user && watchOf(user.id);
  };
  authStore.subscribe(follow);
  follow();

  queryClient.getQueryCache().subscribe(({ query }) => {
    const workflows = query.queryKey[0] === WORKFLOWS_KEY[0] && (query.state.data as readonly Workflow[] | undefined);
    if (workflows && authStore.get().status === "signedIn") {
      watch?.watch(toFollow(workflows, FOLLOWED));
      workflows.forEach(({ id, lastReadSequence }) => watch?.read(id, lastReadSequence));
    }
  });
  readMarks.subscribe(() => {
    const { userId, sequences } = readMarks.get();
    if (userId === followedUser) {
      sequences.forEach((sequence, workflowId) => watch?.read(workflowId, sequence));
    }
  });

  let wasConnected = false;
  connectionState.subscribe(() => {
    const isConnected = connectionState.get().status === "connected";
    if (isConnected && !wasConnected) {
      void queryClient.invalidateQueries({ queryKey: WORKFLOWS_KEY });
    }

    wasConnected = isConnected;
  });
}

function watchOf(userId: string): ActivityWatch {
  const made = new ActivityWatch({
    userId,
    join: (workflowId, observer) => chat().join(workflowId, observer),
    soon: (call) => void setTimeout(call, SHOW_AFTER),
    onMessage: (workflowId, line) => notifyOfMessage(workflowId, line, titleOf(workflowId)),
    onAllRead: closeNotifications,
    onListChange: () => void queryClient.invalidateQueries({ queryKey: WORKFLOWS_KEY }),
  });
  made.activities.subscribe(() => {
    if (made === watch) {
      activities.set(made.activities.get());
    }
  });
  return made;
}

async function allWorkflows(): Promise<readonly Workflow[]> {
  const all: Workflow[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
    const page = await dataOf(api.GET("/api/v1/workflows", { params: { query } }));
    all.push(...page.workflows);
    if (page.nextCursor === null) {
      return all;
    }

    cursor = page.nextCursor;
  }
}

function titleOf(workflowId: string): string {
  const workflows = queryClient.getQueryData<readonly Workflow[]>(WORKFLOWS_KEY);
  return workflows?.find(({ id }) => id === workflowId)?.title ?? "";
}
