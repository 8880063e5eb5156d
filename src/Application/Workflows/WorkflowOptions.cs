namespace BmadServer.Application.Workflows;

/// <summary>Configuration section <c>Limits</c>.</summary>
public sealed class WorkflowOptions
{
    public const string Section = "Limits";

    /// <summary>How many of the workflows that a user has made, and owns, may be active or paused. The personal one is not counted.</summary>
    public int OpenWorkflows { get; init; } = 1_000;

    /// <summary>How many people a workflow may have. Each of them costs every message a push, and every list of people a row.</summary>
    public int Participants { get; init; } = 500;
}
