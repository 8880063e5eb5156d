namespace BmadServer.Domain.Workflows;

public enum WorkflowStatus
{
    Active,

    /// <summary>Work rests; people may still talk.</summary>
    Paused,

    /// <summary>Done for good: no more messages, and no way back.</summary>
    Completed,

    /// <summary>Given up for good: no more messages, and no way back.</summary>
    Cancelled,
}
