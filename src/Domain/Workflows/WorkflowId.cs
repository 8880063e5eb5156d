namespace BmadServer.Domain.Workflows;

public readonly record struct WorkflowId(Guid Value)
{
    public static WorkflowId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    public override string ToString() => Value.ToString();
}
