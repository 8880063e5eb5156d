namespace BmadServer.Recovery.Tests.Clients;

/// <summary>What <c>SessionStarted</c> and <c>SessionRestored</c> say.</summary>
internal sealed record HubSession(
    Guid Id,
    IReadOnlyList<JoinedWorkflow> JoinedWorkflows,
    DateTimeOffset ExpiresAt,
    string? Recovery = null,
    Guid? RecoveredFrom = null,
    Guid? ActiveWorkflowId = null
);

internal sealed record JoinedWorkflow(Guid WorkflowId, long LastSequence);
